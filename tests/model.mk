# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/models
check_PROGRAMS += tests/fuzz_config
TESTS += tests/fuzz_config
tests_fuzz_config_SOURCES = %D%/fuzz_config.c
tests_fuzz_config_LDADD = libamf-check.la libamf-model.la libbase.la

TESTS += tests/cli_amf_check.sh
EXTRA_DIST += %D%/cli_amf_check.sh

if WITH_TESTS
check_LTLIBRARIES += libtest-model.la
libtest_model_la_SOURCES = %D%/fixture_model.h %D%/fixture_model.c
libtest_model_la_CPPFLAGS = $(TEST_CPPFLAGS)

check_PROGRAMS += tests/test_amf_model tests/test_amf_model_errors \
	tests/test_amf_model_memory tests/test_amf_plan
TESTS += tests/test_amf_model tests/test_amf_model_errors \
	tests/test_amf_model_memory tests/test_amf_plan
tests_test_amf_model_SOURCES = %D%/test_amf_model.c
tests_test_amf_model_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_amf_model_LDADD = libtest-model.la libamf-model.la $(CRITERION_LIBS)
tests_test_amf_model_errors_SOURCES = %D%/test_amf_model_errors.c
tests_test_amf_model_errors_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_amf_model_errors_LDADD = libtest-model.la libamf-model.la $(CRITERION_LIBS)
tests_test_amf_plan_SOURCES = %D%/test_amf_plan.c
tests_test_amf_plan_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_amf_plan_LDADD = libtest-model.la libamf-check.la libamf-model.la $(CRITERION_LIBS)
tests_test_amf_model_memory_SOURCES = %D%/test_amf_model_memory.c
tests_test_amf_model_memory_CPPFLAGS = $(TEST_CPPFLAGS) $(XML2_CFLAGS)
tests_test_amf_model_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=realloc -Wl,--wrap=strdup -Wl,--wrap=strndup
tests_test_amf_model_memory_LDADD = libtest-model.la libamf-model.la $(XML2_LIBS) $(CRITERION_LIBS)
endif
