# SPDX-License-Identifier: Apache-2.0
# The store on Redis: units of it, and all of it against real servers.
if WITH_TESTS
BACKEND_TEST_LIBS = libbackend-redis.la libtest.la libbase.la \
	$(CRITERION_LIBS) $(HIREDIS_LIBS) $(OPENSSL_LIBS)

check_PROGRAMS += tests/it_store_basic
TESTS += tests/it_store_basic
tests_it_store_basic_SOURCES = %D%/it_store_basic.c %D%/fixture_store.c %D%/fixture_store.h
tests_it_store_basic_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_basic_LDADD = $(BACKEND_TEST_LIBS)
endif
