# SPDX-License-Identifier: Apache-2.0
dist_check_SCRIPTS += tests/amf-rows.sh
EXTRA_DIST += doc/amf-rows.tsv

if WITH_TESTS
check_PROGRAMS += tests/test_amf_engine
TESTS += tests/test_amf_engine
tests_test_amf_engine_SOURCES = %D%/amf_story.h %D%/test_amf_engine.c
tests_test_amf_engine_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_faults
TESTS += tests/test_amf_engine_faults
tests_test_amf_engine_faults_SOURCES = %D%/test_amf_engine_faults.c
tests_test_amf_engine_faults_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_faults_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_filters
TESTS += tests/test_amf_engine_filters
tests_test_amf_engine_filters_SOURCES = %D%/test_amf_engine_filters.c
tests_test_amf_engine_filters_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_filters_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_limits
TESTS += tests/test_amf_engine_limits
tests_test_amf_engine_limits_SOURCES = %D%/test_amf_engine_limits.c
tests_test_amf_engine_limits_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_limits_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_admin
TESTS += tests/test_amf_engine_admin
tests_test_amf_engine_admin_SOURCES = %D%/test_amf_engine_admin.c
tests_test_amf_engine_admin_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_admin_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_adjust
TESTS += tests/test_amf_engine_adjust
tests_test_amf_engine_adjust_SOURCES = %D%/test_amf_engine_adjust.c
tests_test_amf_engine_adjust_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_adjust_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_models
TESTS += tests/test_amf_engine_models
tests_test_amf_engine_models_SOURCES = %D%/test_amf_engine_models.c
tests_test_amf_engine_models_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_models_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_sim
LONG_TESTS += tests/test_amf_engine_sim
tests_test_amf_engine_sim_SOURCES = %D%/test_amf_engine_sim.c
tests_test_amf_engine_sim_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_sim_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_custom
TESTS += tests/test_amf_engine_custom
tests_test_amf_engine_custom_SOURCES = %D%/test_amf_engine_custom.c
tests_test_amf_engine_custom_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_custom_LDADD = libamf-sim.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_change
TESTS += tests/test_amf_change
tests_test_amf_change_SOURCES = %D%/test_amf_change.c
tests_test_amf_change_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_change_LDADD = libamf-sim.la libamf-record.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_traps
TESTS += tests/test_amf_traps
tests_test_amf_traps_SOURCES = %D%/test_amf_traps.c
tests_test_amf_traps_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS) $(UV_CFLAGS)
tests_test_amf_traps_LDADD = libamf-sim.la libtest-model.la libamfd.la libamf-model.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS)
endif
