# SPDX-License-Identifier: Apache-2.0
TESTS += tests/completion.sh
EXTRA_DIST += %D%/completion.sh

dist_check_SCRIPTS += %D%/acl.sh

if WITH_TESTS
# Runs other tests' programs under the rights that doc/users.acl gives.
TESTS += tests/acl.sh

DOCTOR_FIXTURE = %D%/fixture_doctor.c %D%/fixture_doctor.h %D%/fixture_sentinel.c \
	%D%/fixture_sentinel.h %D%/fixture_store.c %D%/fixture_store.h

check_PROGRAMS += tests/it_doctor
TESTS += tests/it_doctor
tests_it_doctor_SOURCES = %D%/it_doctor.c $(DOCTOR_FIXTURE)
tests_it_doctor_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_doctor_LDADD = $(BACKEND_TEST_LIBS) $(JANSSON_LIBS)
endif
