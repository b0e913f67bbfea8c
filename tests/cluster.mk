# SPDX-License-Identifier: Apache-2.0
# The store on a Redis Cluster: masters that share the slots, and their replicas.
if WITH_TESTS

check_PROGRAMS += tests/it_cluster_refused
TESTS += tests/it_cluster_refused
tests_it_cluster_refused_SOURCES = %D%/it_cluster_refused.c
tests_it_cluster_refused_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_cluster_refused_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_cluster
LONG_TESTS += tests/it_cluster
tests_it_cluster_SOURCES = %D%/it_cluster.c
tests_it_cluster_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_cluster_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_cluster_settle
TESTS += tests/it_cluster_settle
tests_it_cluster_settle_SOURCES = %D%/it_cluster_settle.c
tests_it_cluster_settle_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_cluster_settle_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_cluster_rows
LONG_TESTS += tests/it_cluster_rows
tests_it_cluster_rows_SOURCES = $(CKPT_ROWS) %D%/ckpt_case.c %D%/ckpt_world_cluster.c \
	%D%/ckpt_drain.c
tests_it_cluster_rows_CPPFLAGS = $(TEST_CPPFLAGS) -DCKPT_ROWS_SHARED
tests_it_cluster_rows_LDADD = libtest-store.la $(SHIM_IT_LIBS)

check_PROGRAMS += tests/it_cluster_tls
TESTS += tests/it_cluster_tls
tests_it_cluster_tls_SOURCES = %D%/it_cluster_tls.c
tests_it_cluster_tls_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_cluster_tls_LDADD = $(BACKEND_TEST_LIBS)

# threads; plain, for ThreadSanitizer
check_PROGRAMS += tests/stress_cluster
TESTS += tests/stress_cluster
STRESS_TESTS += tests/stress_cluster
tests_stress_cluster_SOURCES = %D%/stress_cluster.c
tests_stress_cluster_CPPFLAGS = $(TEST_CPPFLAGS)
tests_stress_cluster_LDADD = libtest-store.la libbackend-redis.la libtest.la libbase.la $(HIREDIS_LIBS) $(OPENSSL_LIBS)
endif
