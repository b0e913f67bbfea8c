# SPDX-License-Identifier: Apache-2.0
# Sealed contents.
if WITH_TESTS

check_PROGRAMS += tests/it_seal
TESTS += tests/it_seal
tests_it_seal_SOURCES = %D%/it_seal.c
tests_it_seal_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_seal_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_seal_keys
TESTS += tests/it_seal_keys
tests_it_seal_keys_SOURCES = %D%/it_seal_keys.c
tests_it_seal_keys_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_seal_keys_LDADD = $(BACKEND_TEST_LIBS)

check_PROGRAMS += tests/it_seal_peers
TESTS += tests/it_seal_peers
tests_it_seal_peers_SOURCES = %D%/it_seal_peers.c
tests_it_seal_peers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_seal_peers_LDADD = $(BACKEND_TEST_LIBS)

# others' tests, with keys
SEALED_RUNS = %D%/ckpt_model_sealed.sh %D%/sealed_stress.sh %D%/sealed_suites.sh
dist_check_SCRIPTS += $(SEALED_RUNS)
TESTS += $(SEALED_RUNS)
STRESS_TESTS += %D%/sealed_stress.sh
endif
