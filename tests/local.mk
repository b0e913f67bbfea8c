# SPDX-License-Identifier: Apache-2.0
# Each part lists its tests in its own .mk file. Programs named test_* and it_*
# are Criterion, stress_* are plain (they run under ThreadSanitizer too), *.sh
# are scripts. All run under run-test.sh: a time limit, a private directory, and
# sanitizer reports that count as failures.
TEST_EXTENSIONS = .sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-test.sh
SH_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-test.sh $(SHELL)
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	REDIS_SERVER='$(REDIS_SERVER)' REDIS_SENTINEL='$(REDIS_SENTINEL)' \
	CC='$(CC)' CXX='$(CXX)' NM='$(NM)' LINK_FLAGS='$(CLV_LDFLAGS)' \
	; export top_srcdir top_builddir REDIS_SERVER REDIS_SENTINEL CC CXX NM LINK_FLAGS;
EXTRA_DIST += %D%/run-test.sh
TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CRITERION_CFLAGS) $(CLV_LIB_CFLAGS)

if WITH_TESTS
check_LTLIBRARIES = libtest.la
libtest_la_SOURCES = %D%/fixture_redis.h %D%/fixture_redis.c %D%/fixture_acl.h %D%/fixture_acl.c \
	%D%/fixture_fork.h %D%/fixture_fork.c
libtest_la_CPPFLAGS = $(TEST_CPPFLAGS)
libtest_la_LIBADD = libbase.la $(HIREDIS_LIBS)
endif

# What runs under ThreadSanitizer, where Criterion does not start.
STRESS_TESTS =
.PHONY: check-stress
check-stress: $(STRESS_TESTS)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(STRESS_TESTS)'

dist_check_SCRIPTS += %D%/compat.sh
# Texts and lists against each other, what bash offers: a sanitizer sees nothing there.
if !WITH_SANITIZER
TESTS += %D%/compat.sh %D%/exports.sh %D%/contract-rows.sh %D%/man.sh %D%/amf-rows.sh \
	%D%/completion.sh
endif

include %D%/base.mk
include %D%/headers.mk
include %D%/backend.mk
include %D%/cache.mk
include %D%/seal.mk
include %D%/durable.mk
include %D%/shim.mk
include %D%/cluster.mk
include %D%/model.mk
include %D%/engine.mk
include %D%/daemon.mk
include %D%/client.mk
include %D%/cli.mk
include %D%/legacy.mk
