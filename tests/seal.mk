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
dist_check_SCRIPTS += %D%/ckpt_model_sealed.sh %D%/sealed_stress.sh %D%/sealed_suites.sh \
	%D%/sealed_durable.sh
EXTRA_DIST += %D%/sealed_env.sh
TESTS += %D%/ckpt_model_sealed.sh
STRESS_TESTS += %D%/sealed_stress.sh
# Under AddressSanitizer the same programs run without keys, and random operations with
# them: each line of the sealing code is passed there.
if !WITH_SANITIZER
LONG_TESTS += %D%/sealed_suites.sh %D%/sealed_durable.sh
TESTS += %D%/sealed_stress.sh
endif
endif
