# SPDX-License-Identifier: Apache-2.0
# The store on Redis: units of it, and all of it against real servers.
if WITH_TESTS
# What the programs share is compiled once; each takes what it needs.
check_LTLIBRARIES += libtest-store.la
libtest_store_la_SOURCES = %D%/fault_proxy.c %D%/fault_proxy.h %D%/fixture_cached.c \
	%D%/fixture_cached.h %D%/fixture_cli.c %D%/fixture_cli.h %D%/fixture_doctor.c \
	%D%/fixture_doctor.h %D%/fixture_netns.c %D%/fixture_netns.h %D%/fixture_peer.c \
	%D%/fixture_peer.h %D%/fixture_replicas.c %D%/fixture_replicas.h %D%/fixture_seal.c \
	%D%/fixture_seal.h %D%/fixture_sentinel.c %D%/fixture_sentinel.h %D%/fixture_shards.c \
	%D%/fixture_shards.h %D%/fixture_store.c %D%/fixture_store.h %D%/fixture_tls.c \
	%D%/fixture_tls.h %D%/history.c %D%/history.h %D%/sentinel_load.c %D%/sentinel_load.h
libtest_store_la_CPPFLAGS = $(TEST_CPPFLAGS)
BACKEND_TEST_LIBS = libtest-store.la libbackend-redis.la libtest.la libbase.la \
	$(CRITERION_LIBS) $(HIREDIS_LIBS) $(OPENSSL_LIBS)

check_PROGRAMS += tests/it_store_basic
TESTS += tests/it_store_basic
tests_it_store_basic_SOURCES = %D%/it_store_basic.c
tests_it_store_basic_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_basic_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_cut
TESTS += tests/it_store_cut
tests_it_store_cut_SOURCES = %D%/it_store_cut.c
tests_it_store_cut_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_cut_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_fault
TESTS += tests/it_store_fault
tests_it_store_fault_SOURCES = %D%/it_store_fault.c
tests_it_store_fault_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_fault_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_peers
TESTS += tests/it_store_peers
tests_it_store_peers_SOURCES = %D%/it_store_peers.c
tests_it_store_peers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_peers_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_fence
TESTS += tests/it_store_fence
tests_it_store_fence_SOURCES = %D%/it_store_fence.c
tests_it_store_fence_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_fence_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_format
TESTS += tests/it_store_format
tests_it_store_format_SOURCES = %D%/it_store_format.c
tests_it_store_format_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_format_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_large
TESTS += tests/it_store_large
tests_it_store_large_SOURCES = %D%/it_store_large.c
tests_it_store_large_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_large_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_vector
TESTS += tests/it_store_vector
tests_it_store_vector_SOURCES = %D%/it_store_vector.c
tests_it_store_vector_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_vector_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/test_reply_tree
TESTS += tests/test_reply_tree
tests_test_reply_tree_SOURCES = %D%/test_reply_tree.c
tests_test_reply_tree_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_reply_tree_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/test_transport
TESTS += tests/test_transport
tests_test_transport_SOURCES = %D%/test_transport.c
tests_test_transport_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_transport_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_sentinel_failover
LONG_TESTS += tests/it_sentinel_failover
tests_it_sentinel_failover_SOURCES = %D%/it_sentinel_failover.c
tests_it_sentinel_failover_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_sentinel_failover_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_tls
TESTS += tests/it_store_tls
tests_it_store_tls_SOURCES = %D%/it_store_tls.c
tests_it_store_tls_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_tls_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_acl
TESTS += tests/it_acl
tests_it_acl_SOURCES = %D%/it_acl.c
tests_it_acl_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_acl_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_tls_rotate
TESTS += tests/it_tls_rotate
tests_it_tls_rotate_SOURCES = %D%/it_tls_rotate.c
tests_it_tls_rotate_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_tls_rotate_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_sentinel_watch
TESTS += tests/it_sentinel_watch
tests_it_sentinel_watch_SOURCES = %D%/it_sentinel_watch.c
tests_it_sentinel_watch_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_sentinel_watch_LDADD = $(BACKEND_TEST_LIBS)

# Long, and not part of make check: FAULTS=200 SEED=7 MODE=available make failover-soak
EXTRA_PROGRAMS += tests/failover_soak
tests_failover_soak_SOURCES = %D%/failover_soak.c
tests_failover_soak_CPPFLAGS = $(TEST_CPPFLAGS)
tests_failover_soak_LDADD = $(BACKEND_TEST_LIBS)

EXTRA_PROGRAMS += tests/failover_bench
tests_failover_bench_SOURCES = %D%/failover_bench.c
tests_failover_bench_CPPFLAGS = $(TEST_CPPFLAGS)
tests_failover_bench_LDADD = $(BACKEND_TEST_LIBS)
endif

.PHONY: failover-soak
failover-soak: tests/failover_soak
	$(AM_TESTS_ENVIRONMENT) TEST_LIMIT=86400 $(SHELL) $(top_srcdir)/tests/run-test.sh tests/failover_soak

.PHONY: bench-failover
bench-failover: tests/failover_bench
	$(AM_TESTS_ENVIRONMENT) TEST_LIMIT=3600 $(SHELL) $(top_srcdir)/tests/run-test.sh tests/failover_bench
