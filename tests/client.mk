# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
check_LTLIBRARIES += libfake-amfd.la
libfake_amfd_la_SOURCES = %D%/fake_amfd.h %D%/fake_amfd.c
libfake_amfd_la_CPPFLAGS = $(TEST_CPPFLAGS)
libfake_amfd_la_LIBADD = libamf-proto.la libbase.la $(JANSSON_LIBS) $(CRITERION_LIBS)

check_PROGRAMS += tests/test_cpm_session
TESTS += tests/test_cpm_session
tests_test_cpm_session_SOURCES = %D%/test_cpm_session.c
tests_test_cpm_session_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_cpm_session_LDADD = libfake-amfd.la libamf-client.la libtest.la $(CRITERION_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS)
endif
