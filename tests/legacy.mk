# SPDX-License-Identifier: Apache-2.0
# The installed tree, as programs of the legacy platform use it.
if !WITH_SANITIZER
LONG_TESTS += tests/legacy.sh
endif
EXTRA_DIST += %D%/legacy.sh %D%/data/foreign_ckpt.c %D%/data/foreign_user.c %D%/data/eo_61.c

if WITH_TESTS
check_PROGRAMS += tests/test_ckpt_library
TESTS += tests/test_ckpt_library
tests_test_ckpt_library_SOURCES = %D%/test_ckpt_library.c
tests_test_ckpt_library_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_ckpt_library_LDADD = libckptlib.la libplat.la libshim.la libamf-client.la \
	libbackend-redis.la libtest.la $(SQLITE_LIBS) $(JANSSON_LIBS) $(CRITERION_LIBS) \
	$(HIREDIS_LIBS) $(OPENSSL_LIBS)
endif
