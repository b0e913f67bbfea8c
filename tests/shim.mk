# SPDX-License-Identifier: Apache-2.0
dist_check_SCRIPTS += tests/exports.sh tests/contract-rows.sh tests/man.sh
EXTRA_DIST += %D%/ckpt_case.h %D%/fake_store.h %D%/fault.h doc/contract-rows.tsv

if WITH_TESTS
SHIM_TESTS = tests/test_handle tests/test_dispatch tests/test_errmap tests/test_ckpt_rows \
	tests/test_ckpt_async tests/test_ckpt_notify tests/test_ckpt_faults
check_PROGRAMS += $(SHIM_TESTS)
TESTS += $(SHIM_TESTS)

# the API over a store in memory
check_LTLIBRARIES += libfakestore.la
libfakestore_la_SOURCES = %D%/fake_store.h %D%/fake_store_parts.h %D%/fake_store.c \
	%D%/fake_store_work.c %D%/fake_store_ckpt.c %D%/fake_store_section.c \
	%D%/fake_store_iter.c %D%/ckpt_case.h %D%/ckpt_case.c \
	%D%/ckpt_world_fake.c
libfakestore_la_CPPFLAGS = $(TEST_CPPFLAGS)
libfakestore_la_LIBADD = libshim.la
SHIM_LIBS = libfakestore.la libbase.la $(CRITERION_LIBS)

tests_test_handle_SOURCES = %D%/test_handle.c
tests_test_handle_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_handle_LDADD = libshim.la libbase.la $(CRITERION_LIBS)

tests_test_errmap_SOURCES = %D%/test_errmap.c
tests_test_errmap_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_errmap_LDADD = libshim.la libbase.la $(CRITERION_LIBS)

tests_test_dispatch_SOURCES = %D%/test_dispatch.c
tests_test_dispatch_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_dispatch_LDADD = libshim.la libbase.la $(CRITERION_LIBS)

CKPT_ROWS = %D%/ckpt_rows_service.c %D%/ckpt_rows_access.c %D%/ckpt_rows_open.c \
	%D%/ckpt_rows_section.c %D%/ckpt_rows_iter.c %D%/ckpt_rows_io.c %D%/ckpt_rows_ext.c \
	%D%/ckpt_rows_async.c %D%/ckpt_rows_trap.c
tests_test_ckpt_rows_SOURCES = $(CKPT_ROWS)
tests_test_ckpt_rows_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_ckpt_rows_LDADD = libtest.la $(SHIM_LIBS)

tests_test_ckpt_async_SOURCES = %D%/test_ckpt_async.c
tests_test_ckpt_async_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_ckpt_async_LDADD = $(SHIM_LIBS)

tests_test_ckpt_notify_SOURCES = %D%/test_ckpt_notify.c
tests_test_ckpt_notify_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_ckpt_notify_LDADD = $(SHIM_LIBS)

tests_test_ckpt_faults_SOURCES = %D%/test_ckpt_faults.c %D%/fault_alloc.c %D%/ckpt_calls.h \
	%D%/ckpt_calls.c
tests_test_ckpt_faults_CPPFLAGS = $(TEST_CPPFLAGS)
WRAP_ALLOC = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
tests_test_ckpt_faults_LDFLAGS = $(AM_LDFLAGS) $(WRAP_ALLOC)
tests_test_ckpt_faults_LDADD = $(SHIM_LIBS)

# the same rows, and what needs several processes, over a real server
SHIM_ITS = tests/it_ckpt_rows tests/it_ckpt_peers tests/it_ckpt_model tests/it_ckpt_memory \
	tests/it_ckpt_limits tests/it_ckpt_away
check_PROGRAMS += $(SHIM_ITS)
TESTS += $(SHIM_ITS)
check_LTLIBRARIES += libckpt-redis.la
libckpt_redis_la_SOURCES = %D%/ckpt_case.c %D%/ckpt_world_redis.c %D%/ckpt_drain.c \
	%D%/ckpt_calls.h %D%/ckpt_calls.c
libckpt_redis_la_CPPFLAGS = $(TEST_CPPFLAGS)
SHIM_IT_LIBS = libshim.la libbackend-redis.la libtest.la libbase.la \
	$(CRITERION_LIBS) $(HIREDIS_LIBS) $(OPENSSL_LIBS)

tests_it_ckpt_rows_SOURCES = $(CKPT_ROWS)
tests_it_ckpt_rows_CPPFLAGS = $(TEST_CPPFLAGS) -DCKPT_ROWS_SHARED
tests_it_ckpt_rows_LDADD = libckpt-redis.la $(SHIM_IT_LIBS)

# a program as others write them, linked as they link; -no-install: run from here
check_PROGRAMS += tests/ckpt_app
tests_ckpt_app_SOURCES = %D%/ckpt_app.c %D%/fixture_fork.h %D%/fixture_fork.c
tests_ckpt_app_LDADD = libclovis.la
tests_ckpt_app_LDFLAGS = $(AM_LDFLAGS) -no-install

tests_it_ckpt_peers_SOURCES = %D%/it_ckpt_peers.c %D%/fixture_app.h %D%/fixture_app.c
tests_it_ckpt_peers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_ckpt_peers_LDADD = libtest.la libbase.la $(CRITERION_LIBS) $(HIREDIS_LIBS)

tests_it_ckpt_model_SOURCES = %D%/it_ckpt_model.c %D%/ckpt_model.h %D%/ckpt_model.c %D%/ckpt_model_run.h %D%/ckpt_model_ops.c
tests_it_ckpt_model_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_ckpt_model_LDADD = libckpt-redis.la $(SHIM_IT_LIBS)

tests_it_ckpt_memory_SOURCES = %D%/it_ckpt_memory.c %D%/fault.h %D%/fault_alloc.c
tests_it_ckpt_memory_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_ckpt_memory_LDFLAGS = $(AM_LDFLAGS) $(WRAP_ALLOC)
tests_it_ckpt_memory_LDADD = libckpt-redis.la $(SHIM_IT_LIBS)

tests_it_ckpt_limits_SOURCES = %D%/it_ckpt_limits.c
tests_it_ckpt_limits_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_ckpt_limits_LDADD = libckpt-redis.la $(SHIM_IT_LIBS)

tests_it_ckpt_away_SOURCES = %D%/it_ckpt_away.c
tests_it_ckpt_away_CPPFLAGS = $(TEST_CPPFLAGS)
tests_it_ckpt_away_LDADD = libckpt-redis.la $(SHIM_IT_LIBS)

# threads; plain, for ThreadSanitizer
check_PROGRAMS += tests/stress_ckpt
TESTS += tests/stress_ckpt
STRESS_TESTS += tests/stress_ckpt
tests_stress_ckpt_SOURCES = %D%/stress_ckpt.c
tests_stress_ckpt_CPPFLAGS = $(TEST_CPPFLAGS)
tests_stress_ckpt_LDADD = libshim.la libbackend-redis.la libtest.la libbase.la \
	$(HIREDIS_LIBS) $(OPENSSL_LIBS)
endif
