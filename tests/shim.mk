# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
SHIM_TESTS = tests/test_handle tests/test_dispatch
check_PROGRAMS += $(SHIM_TESTS)
TESTS += $(SHIM_TESTS)

tests_test_handle_SOURCES = %D%/test_handle.c
tests_test_handle_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_handle_LDADD = libshim.la libbase.la $(CRITERION_LIBS)

tests_test_dispatch_SOURCES = %D%/test_dispatch.c
tests_test_dispatch_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_dispatch_LDADD = libshim.la libbase.la $(CRITERION_LIBS)
endif
