# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
check_LTLIBRARIES += libfake-amfd.la
libfake_amfd_la_SOURCES = %D%/fake_amfd.h %D%/fake_amfd.c %D%/cpm_app.h %D%/cpm_app.c
libfake_amfd_la_CPPFLAGS = $(TEST_CPPFLAGS)
libfake_amfd_la_LIBADD = libamf-proto.la libbase.la $(JANSSON_LIBS) $(CRITERION_LIBS)

check_LTLIBRARIES += libno-store.la
libno_store_la_SOURCES = %D%/no_store.c

CLIENT_TESTS = tests/test_cpm_session tests/test_cpm_api tests/test_cpm_work tests/test_cpm_traps \
	tests/it_cpm_gen1 tests/test_cpm_saf tests/test_plat_log tests/test_plat_time \
	tests/test_plat_common tests/test_plat_rest
check_PROGRAMS += $(CLIENT_TESTS) tests/gen1_app
TESTS += $(CLIENT_TESTS)

CLIENT_LIBS = libfake-amfd.la libplat.la libshim.la libno-store.la libamf-client.la libtest.la libbase.la \
	$(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

tests_test_cpm_session_SOURCES = %D%/test_cpm_session.c
tests_test_cpm_session_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_cpm_session_LDADD = libfake-amfd.la libamf-client.la libtest.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

tests_test_cpm_api_SOURCES = %D%/test_cpm_api.c
tests_test_cpm_api_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_cpm_api_LDADD = $(CLIENT_LIBS)

tests_test_cpm_work_SOURCES = %D%/test_cpm_work.c
tests_test_cpm_work_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_cpm_work_LDADD = $(CLIENT_LIBS)

tests_it_cpm_gen1_SOURCES = %D%/it_cpm_gen1.c
tests_it_cpm_gen1_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_cpm_gen1_LDADD = libfake-amfd.la libtest.la libbase.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)

# a program without main()
tests_gen1_app_SOURCES = %D%/gen1_app.c
tests_gen1_app_LDADD = libclovis-main.a libplat.la libshim.la libno-store.la libamf-client.la libbase.la $(JANSSON_LIBS)

tests_test_cpm_saf_SOURCES = %D%/test_cpm_saf.c
tests_test_cpm_saf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_cpm_saf_LDADD = $(CLIENT_LIBS)

tests_test_plat_log_SOURCES = %D%/test_plat_log.c
tests_test_plat_log_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_plat_log_LDADD = $(CLIENT_LIBS)

tests_test_plat_time_SOURCES = %D%/test_plat_time.c
tests_test_plat_time_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_plat_time_LDADD = $(CLIENT_LIBS)

tests_test_plat_common_SOURCES = %D%/test_plat_common.c
tests_test_plat_common_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_plat_common_LDADD = $(CLIENT_LIBS)

tests_test_cpm_traps_SOURCES = %D%/test_cpm_traps.c
tests_test_cpm_traps_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_cpm_traps_LDADD = $(CLIENT_LIBS)
tests_test_plat_rest_SOURCES = %D%/test_plat_rest.c
tests_test_plat_rest_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_plat_rest_LDADD = $(CLIENT_LIBS)
endif
