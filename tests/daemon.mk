# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
AMFD_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(UV_CFLAGS)

check_PROGRAMS += tests/test_amfd_parts
TESTS += tests/test_amfd_parts
tests_test_amfd_parts_SOURCES = %D%/test_amfd_parts.c
tests_test_amfd_parts_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_test_amfd_parts_LDADD = libamfd.la $(CRITERION_LIBS)

check_PROGRAMS += tests/test_amf_ahead
TESTS += tests/test_amf_ahead
tests_test_amf_ahead_SOURCES = %D%/amf_story.h %D%/test_amf_ahead.c
tests_test_amf_ahead_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_test_amf_ahead_LDADD = libamf-sim.la libamfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/amf_puppet
tests_amf_puppet_SOURCES = %D%/amf_puppet.c
tests_amf_puppet_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_amf_puppet_LDADD = libamf-proto.la libbase.la $(JANSSON_LIBS)

check_LTLIBRARIES += libtest-amfd.la
libtest_amfd_la_SOURCES = %D%/fixture_amfd.h %D%/fixture_amfd.c \
	%D%/fixture_amf_rows.h %D%/fixture_amf_rows.c
libtest_amfd_la_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
libtest_amfd_la_LIBADD = libtest.la libamf-proto.la libbase.la $(JANSSON_LIBS)
check_PROGRAMS += tests/it_amfd_life
TESTS += tests/it_amfd_life
tests_it_amfd_life_SOURCES = %D%/it_amfd_life.c
tests_it_amfd_life_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_it_amfd_life_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_amfd_socket
TESTS += tests/it_amfd_socket
tests_it_amfd_socket_SOURCES = %D%/it_amfd_socket.c
tests_it_amfd_socket_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_it_amfd_socket_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_amfd_restart
TESTS += tests/it_amfd_restart
tests_it_amfd_restart_SOURCES = %D%/it_amfd_restart.c
tests_it_amfd_restart_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_it_amfd_restart_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_amfd_bad
TESTS += tests/it_amfd_bad
tests_it_amfd_bad_SOURCES = %D%/it_amfd_bad.c
tests_it_amfd_bad_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_bad_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_counter
TESTS += tests/it_counter
tests_it_counter_SOURCES = %D%/it_counter.c
tests_it_counter_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_counter_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amf_verbs
TESTS += tests/it_amf_verbs
tests_it_amf_verbs_SOURCES = %D%/it_amf_verbs.c
tests_it_amf_verbs_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_it_amf_verbs_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_amf_cli
TESTS += tests/it_amf_cli
tests_it_amf_cli_SOURCES = %D%/it_amf_cli.c
tests_it_amf_cli_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_it_amf_cli_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_amfd_cluster
LONG_TESTS += tests/it_amfd_cluster
tests_it_amfd_cluster_SOURCES = %D%/it_amfd_cluster.c %D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_cluster_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_cluster_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_proxy
TESTS += tests/it_amfd_proxy
tests_it_amfd_proxy_SOURCES = %D%/it_amfd_proxy.c %D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_proxy_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_proxy_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_away
TESTS += tests/it_amfd_away
tests_it_amfd_away_SOURCES = %D%/it_amfd_away.c %D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_away_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_away_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_netns
TESTS += tests/it_amfd_netns
tests_it_amfd_netns_SOURCES = %D%/it_amfd_netns.c \
	%D%/fixture_sides.c %D%/fixture_sides.h %D%/fixture_netns.c %D%/fixture_netns.h
tests_it_amfd_netns_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_netns_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_mgmt
TESTS += tests/it_amfd_mgmt
tests_it_amfd_mgmt_SOURCES = %D%/fixture_mgmt.h %D%/it_amfd_mgmt.c %D%/no_store.c
tests_it_amfd_mgmt_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_mgmt_LDADD = libtest-amfd.la libplat.la libshim.la libamf-client.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_lists
TESTS += tests/it_amfd_lists
tests_it_amfd_lists_SOURCES = %D%/fixture_mgmt.h %D%/it_amfd_lists.c %D%/no_store.c
tests_it_amfd_lists_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_lists_LDADD = libtest-amfd.la libplat.la libshim.la libamf-client.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_ccb
TESTS += tests/it_amfd_ccb
tests_it_amfd_ccb_SOURCES = %D%/fixture_mgmt.h %D%/it_amfd_ccb.c %D%/no_store.c
tests_it_amfd_ccb_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_ccb_LDADD = libtest-amfd.la libplat.la libshim.la libamf-client.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_ccb_cluster
TESTS += tests/it_amfd_ccb_cluster
tests_it_amfd_ccb_cluster_SOURCES = %D%/fixture_mgmt.h %D%/it_amfd_ccb_cluster.c %D%/no_store.c \
	%D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_ccb_cluster_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_ccb_cluster_LDADD = libtest-amfd.la libplat.la libshim.la libamf-client.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_custom
TESTS += tests/it_amfd_custom
tests_it_amfd_custom_SOURCES = %D%/fixture_mgmt.h %D%/it_amfd_custom.c %D%/no_store.c \
	%D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_custom_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_custom_LDADD = libtest-amfd.la libplat.la libshim.la libamf-client.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_user_data
TESTS += tests/it_amfd_user_data
tests_it_amfd_user_data_SOURCES = %D%/fixture_mgmt.h %D%/it_amfd_user_data.c %D%/no_store.c
tests_it_amfd_user_data_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_user_data_LDADD = libtest-amfd.la libplat.la libshim.la libamf-client.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/it_amfd_faults
LONG_TESTS += tests/it_amfd_faults
tests_it_amfd_faults_SOURCES = %D%/it_amfd_faults.c
tests_it_amfd_faults_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_it_amfd_faults_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_amfd_sentinel
TESTS += tests/it_amfd_sentinel
tests_it_amfd_sentinel_SOURCES = %D%/it_amfd_sentinel.c %D%/fixture_sentinel.c %D%/fixture_sentinel.h %D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_sentinel_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_sentinel_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

check_PROGRAMS += tests/stress_amf_log
TESTS += tests/stress_amf_log
STRESS_TESTS += tests/stress_amf_log
tests_stress_amf_log_SOURCES = %D%/stress_amf_log.c
tests_stress_amf_log_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_stress_amf_log_LDADD = libtest.la libamfd.la $(HIREDIS_LIBS) $(UV_LIBS)

check_PROGRAMS += tests/test_exclusion
TESTS += tests/test_exclusion
tests_test_exclusion_SOURCES = %D%/test_exclusion.c %D%/exclusion.c %D%/exclusion.h
tests_test_exclusion_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_exclusion_LDADD = $(CRITERION_LIBS)

check_PROGRAMS += tests/it_amfd_fence
TESTS += tests/it_amfd_fence
tests_it_amfd_fence_SOURCES = %D%/it_amfd_fence.c %D%/exclusion.c %D%/exclusion.h \
	%D%/fixture_sides.c %D%/fixture_sides.h %D%/fixture_netns.c %D%/fixture_netns.h
tests_it_amfd_fence_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_fence_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

dist_check_SCRIPTS += %D%/unit.sh
TESTS += %D%/unit.sh

# a component that counts while it is active
check_PROGRAMS += tests/fence_app
tests_fence_app_SOURCES = %D%/fence_app.c
tests_fence_app_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fence_app_LDADD = libplat.la libshim.la libbackend-redis.la libamf-client.la \
	libbase.la $(JANSSON_LIBS) $(HIREDIS_LIBS)
endif

check_PROGRAMS += tests/it_amfd_ack
TESTS += tests/it_amfd_ack
tests_it_amfd_ack_SOURCES = %D%/it_amfd_ack.c %D%/fixture_amfd_cluster.c %D%/fixture_amfd_cluster.h
tests_it_amfd_ack_CPPFLAGS = $(AMFD_TEST_CPPFLAGS) $(HIREDIS_CFLAGS)
tests_it_amfd_ack_LDADD = libtest-amfd.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)
