/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmarks: every measurement runs against a raw baseline on the same server in
 * the same loop, call by call in turn, so that the ratio holds on a noisy machine.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A set of timings in nanoseconds. */
struct bench_samples {
    int64_t *at; /* owned */
    size_t n, cap;
};

bool bench_samples_init(struct bench_samples *s, size_t cap);
void bench_samples_free(struct bench_samples *s);
void bench_samples_add(struct bench_samples *s, int64_t ns); /* beyond cap: dropped */
int64_t bench_percentile(struct bench_samples *s, double p); /* sorts; 0 when empty */

double bench_median(double *v, size_t n); /* sorts */

/* One line of the report. raw_p50_ns 0: there is no baseline, the target is on
 * ours (target_ns); else it is on the ratio of the two medians. */
struct bench_line {
    const char *name;
    size_t size; /* payload bytes, 0: none */
    unsigned threads;
    int64_t ours_p50_ns, ours_p99_ns, raw_p50_ns, raw_p99_ns;
    const char *raw; /* what the baseline is */
    double target_ratio;
    int64_t target_p50_ns, target_p99_ns;
};

/* One line about something that is not a time. */
struct bench_value {
    const char *name;
    size_t size;
    unsigned threads;
    double ours, raw; /* raw 0: there is no baseline */
    const char *unit, *raw_name;
    double at_most, at_least; /* target for ours/raw, or 0 */
};

struct bench_report {
    bool json;
    bool progress;     /* tell on standard error what is under way */
    bool terminal;     /* standard error is one: the line may be overwritten */
    const char *store; /* how the server of the next lines is reached, "unix" */
    int64_t begin_ns;
    unsigned lines, missed;
};

void bench_begin(struct bench_report *r);

/* What is measured now, before its line. */
void bench_progress(const struct bench_report *r, const char *name, size_t size);

void bench_add(struct bench_report *r, const struct bench_line *line);
/* The same with the percentiles of these; raw NULL: there is no baseline. */
void bench_add_samples(struct bench_report *r, struct bench_line *line,
                       struct bench_samples *ours, struct bench_samples *raw);
void bench_add_value(struct bench_report *r, const struct bench_value *v);
void bench_end(struct bench_report *r);

struct bench_options {
    bool quick;
    bool brief; /* quick, and not the first store */
    unsigned kills;
    const char *daemon; /* clovis-amfd to start */
};

/* The workloads; false after an error line on stderr. */
bool bench_ckpt(const struct bench_options *o, struct bench_report *r);
bool bench_scale(const struct bench_options *o, struct bench_report *r);
bool bench_vector(const struct bench_options *o, struct bench_report *r);
bool bench_threads(const struct bench_options *o, struct bench_report *r);
bool bench_sync(const struct bench_options *o, struct bench_report *r);
bool bench_amf_scale(const struct bench_options *o, struct bench_report *r);
bool bench_notify(const struct bench_options *o, struct bench_report *r);
bool bench_start(const struct bench_options *o, struct bench_report *r);
bool bench_big(const struct bench_options *o, struct bench_report *r);
bool bench_procs(const struct bench_options *o, struct bench_report *r);
bool bench_cache(const struct bench_options *o, struct bench_report *r);
bool bench_amf(const struct bench_options *o, struct bench_report *r);

/* What `clovis bench-component` is: the component that bench_amf kills. */
int bench_amf_component(void);

#endif
