# SPDX-License-Identifier: Apache-2.0
# Synchronous writes, repair, the guard: against a master and replicas.
if WITH_TESTS

check_PROGRAMS += tests/it_durable
LONG_TESTS += tests/it_durable
tests_it_durable_SOURCES = %D%/it_durable.c
tests_it_durable_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_durable_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_repair
TESTS += tests/it_repair
tests_it_repair_SOURCES = %D%/it_repair.c
tests_it_repair_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_repair_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_store_cli
TESTS += tests/it_store_cli
tests_it_store_cli_SOURCES = %D%/it_store_cli.c
tests_it_store_cli_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_store_cli_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/test_clovis_ext
TESTS += tests/test_clovis_ext
tests_test_clovis_ext_SOURCES = %D%/test_clovis_ext.c
tests_test_clovis_ext_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_clovis_ext_LDADD = $(SHIM_LIBS)

check_PROGRAMS += tests/it_durable_failover
LONG_TESTS += tests/it_durable_failover
tests_it_durable_failover_SOURCES = %D%/it_durable_failover.c
tests_it_durable_failover_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_durable_failover_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/stress_sync
TESTS += tests/stress_sync
STRESS_TESTS += tests/stress_sync
tests_stress_sync_SOURCES = %D%/stress_sync.c
tests_stress_sync_CPPFLAGS = $(TEST_CPPFLAGS)
tests_stress_sync_LDADD = libtest-store.la libbackend-redis.la libtest.la libbase.la $(HIREDIS_LIBS) $(OPENSSL_LIBS)

check_PROGRAMS += tests/it_guard
TESTS += tests/it_guard
tests_it_guard_SOURCES = %D%/it_guard.c
tests_it_guard_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_guard_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_partition
LONG_TESTS += tests/it_partition
tests_it_partition_SOURCES = %D%/it_partition.c
tests_it_partition_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_partition_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/test_lineage
TESTS += tests/test_lineage
tests_test_lineage_SOURCES = %D%/test_lineage.c
tests_test_lineage_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_lineage_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/test_replicas
TESTS += tests/test_replicas
tests_test_replicas_SOURCES = %D%/test_replicas.c
tests_test_replicas_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_replicas_LDADD = $(BACKEND_TEST_LIBS)
endif
