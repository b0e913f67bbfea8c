# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/models
if WITH_TESTS
check_LTLIBRARIES += libtest-model.la
libtest_model_la_SOURCES = %D%/fixture_model.h %D%/fixture_model.c
libtest_model_la_CPPFLAGS = $(TEST_CPPFLAGS)

check_PROGRAMS += tests/test_amf_model tests/test_amf_model_errors
TESTS += tests/test_amf_model tests/test_amf_model_errors
tests_test_amf_model_SOURCES = %D%/test_amf_model.c
tests_test_amf_model_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_amf_model_LDADD = libtest-model.la libamf-model.la $(CRITERION_LIBS)
tests_test_amf_model_errors_SOURCES = %D%/test_amf_model_errors.c
tests_test_amf_model_errors_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_amf_model_errors_LDADD = libtest-model.la libamf-model.la $(CRITERION_LIBS)
endif
