# SPDX-License-Identifier: Apache-2.0
# The public headers: they compile, they hold what the binary interface says, and the
# code in them works. The scripts need a compiler only.
# A sanitizer changes nothing about what these see.
if !WITH_SANITIZER
LONG_TESTS += tests/headers.sh
TESTS += tests/abi-report.sh tests/links.sh
endif
EXTRA_DIST += \
	%D%/headers.sh %D%/links.sh %D%/compilers.sh %D%/abi-report.sh %D%/abi.awk %D%/identifiers.awk \
	%D%/data/README.md %D%/data/abi-x86_64.tsv %D%/data/constants.tsv \
	%D%/data/abi-uncovered.txt %D%/data/t1-identifiers.txt \
	%D%/data/shapes/gen1_5x.c %D%/data/shapes/saf_6x.c %D%/data/shapes/names_61.c

if WITH_TESTS
check_PROGRAMS += tests/test_headers
TESTS += tests/test_headers
tests_test_headers_SOURCES = %D%/test_headers.c
tests_test_headers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_headers_LDADD = $(CRITERION_LIBS)
endif
