# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/ckpt_case.h %D%/fake_store.h %D%/fault.h

if WITH_TESTS
SHIM_TESTS = tests/test_handle tests/test_dispatch tests/test_ckpt_rows
check_PROGRAMS += $(SHIM_TESTS)
TESTS += $(SHIM_TESTS)

# the API over a store in memory
check_LTLIBRARIES += libfakestore.la
libfakestore_la_SOURCES = %D%/fake_store.h %D%/fake_store.c %D%/ckpt_case.h %D%/ckpt_case.c \
	%D%/ckpt_world_fake.c
libfakestore_la_CPPFLAGS = $(TEST_CPPFLAGS)
SHIM_LIBS = libshim.la libfakestore.la libbase.la $(CRITERION_LIBS)

tests_test_handle_SOURCES = %D%/test_handle.c
tests_test_handle_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_handle_LDADD = libshim.la libbase.la $(CRITERION_LIBS)

tests_test_dispatch_SOURCES = %D%/test_dispatch.c
tests_test_dispatch_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_dispatch_LDADD = libshim.la libbase.la $(CRITERION_LIBS)

tests_test_ckpt_rows_SOURCES = %D%/ckpt_rows.c
tests_test_ckpt_rows_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_ckpt_rows_LDADD = $(SHIM_LIBS)
endif
