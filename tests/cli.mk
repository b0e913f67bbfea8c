# SPDX-License-Identifier: Apache-2.0
TESTS += tests/bench.sh
EXTRA_DIST += %D%/completion.sh %D%/bench.sh

dist_check_SCRIPTS += %D%/acl.sh

if WITH_TESTS
# Runs other tests' programs under the rights that doc/users.acl gives. What the server
# allows does not depend on how they are compiled: the plain build is enough.
if !WITH_SANITIZER
LONG_TESTS += tests/acl.sh
endif

check_PROGRAMS += tests/it_doctor
TESTS += tests/it_doctor
tests_it_doctor_SOURCES = %D%/it_doctor.c
tests_it_doctor_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_doctor_LDADD = $(BACKEND_TEST_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/it_doctor_odd
TESTS += tests/it_doctor_odd
tests_it_doctor_odd_SOURCES = %D%/it_doctor_odd.c
tests_it_doctor_odd_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_doctor_odd_LDADD = $(BACKEND_TEST_LIBS) $(JANSSON_LIBS)
EXTRA_DIST += %D%/data/clock_skew.c

check_PROGRAMS += tests/it_doctor_tls
LONG_TESTS += tests/it_doctor_tls
tests_it_doctor_tls_SOURCES = %D%/it_doctor_tls.c
tests_it_doctor_tls_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_doctor_tls_LDADD = $(BACKEND_TEST_LIBS) $(JANSSON_LIBS)
endif
