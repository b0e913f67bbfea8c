# SPDX-License-Identifier: Apache-2.0
# The read cache, against real servers and under many threads.
if WITH_TESTS
check_PROGRAMS += tests/it_read_cache
TESTS += tests/it_read_cache
tests_it_read_cache_SOURCES = %D%/it_read_cache.c
tests_it_read_cache_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_read_cache_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_read_cache_ways
TESTS += tests/it_read_cache_ways
tests_it_read_cache_ways_SOURCES = %D%/it_read_cache_ways.c
tests_it_read_cache_ways_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_read_cache_ways_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/stress_read_cache
TESTS += tests/stress_read_cache
STRESS_TESTS += tests/stress_read_cache
tests_stress_read_cache_SOURCES = %D%/stress_read_cache.c
tests_stress_read_cache_CPPFLAGS = $(TEST_CPPFLAGS)
tests_stress_read_cache_LDADD = libtest-store.la libbackend-redis.la libtest.la libbase.la $(HIREDIS_LIBS) $(OPENSSL_LIBS)
endif

if WITH_TESTS
dist_check_SCRIPTS += %D%/ckpt_model_cached.sh %D%/ckpt_model_crowd.sh
TESTS += %D%/ckpt_model_cached.sh
# what many threads do to a connection is shown to the sanitizers by the stress programs
if !WITH_SANITIZER
TESTS += %D%/ckpt_model_crowd.sh
endif
endif

# What a call costs, against a table.
if WITH_TESTS
check_PROGRAMS += tests/cost_probe
tests_cost_probe_SOURCES = %D%/cost_probe.c
tests_cost_probe_CPPFLAGS = $(AM_CPPFLAGS)
tests_cost_probe_LDFLAGS = -no-install
tests_cost_probe_LDADD = libclovis.la
dist_check_SCRIPTS += %D%/costs.sh
TESTS += %D%/costs.sh
EXTRA_DIST += %D%/data/costs.tsv
endif
