# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
AMFD_TEST_CPPFLAGS = $(TEST_CPPFLAGS) $(UV_CFLAGS)

check_PROGRAMS += tests/test_amfd_parts
TESTS += tests/test_amfd_parts
tests_test_amfd_parts_SOURCES = %D%/test_amfd_parts.c
tests_test_amfd_parts_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_test_amfd_parts_LDADD = libamfd.la $(CRITERION_LIBS)

check_PROGRAMS += tests/amf_puppet
tests_amf_puppet_SOURCES = %D%/amf_puppet.c
tests_amf_puppet_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
tests_amf_puppet_LDADD = libamf-proto.la libbase.la $(JANSSON_LIBS)

check_LTLIBRARIES += libtest-amfd.la
libtest_amfd_la_SOURCES = %D%/fixture_amfd.h %D%/fixture_amfd.c
libtest_amfd_la_CPPFLAGS = $(AMFD_TEST_CPPFLAGS)
libtest_amfd_la_LIBADD = libtest.la libamf-proto.la libbase.la $(JANSSON_LIBS)
endif
