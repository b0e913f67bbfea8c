# SPDX-License-Identifier: Apache-2.0
# Workloads of clovis bench; they use the public API, like any program.
noinst_LTLIBRARIES += libbench.la
libbench_la_SOURCES = %D%/bench.h %D%/bench_report.c %D%/bench_link.h %D%/bench_link.c \
	%D%/bench_raw.h %D%/bench_raw.c %D%/bench_big.c %D%/bench_notify.c %D%/bench_procs.c \
	%D%/bench_start.c \
	%D%/bench_cache.c %D%/bench_ckpt.c %D%/bench_scale.c %D%/bench_sync.c %D%/bench_threads.c \
	%D%/bench_vector.c %D%/bench_cluster.h %D%/bench_cluster.c %D%/bench_amf.c \
	%D%/bench_amf_scale.c \
	%D%/bench_amf_component.c %D%/cmd_bench.h %D%/cmd_bench.c
libbench_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(HIREDIS_CFLAGS) $(OPENSSL_CFLAGS)
libbench_la_LIBADD = libbackend-redis.la libbase.la $(HIREDIS_LIBS) $(OPENSSL_LIBS)
EXTRA_DIST += %D%/run %D%/run-all %D%/run-replicas

.PHONY: bench
bench: clovis clovis-amfd
	$(SHELL) $(top_srcdir)/bench/run-all ./clovis $(BENCH_ARGS)

.PHONY: bench-sync
bench-sync: clovis
	$(SHELL) $(top_srcdir)/bench/run-replicas ./clovis bench sync $(BENCH_ARGS)
