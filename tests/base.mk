# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
check_PROGRAMS += tests/test_base
TESTS += tests/test_base
tests_test_base_SOURCES = %D%/test_base.c
tests_test_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_base_LDADD = libtest.la libamf-proto.la libbase.la $(CRITERION_LIBS) $(HIREDIS_LIBS) $(JANSSON_LIBS)
endif
