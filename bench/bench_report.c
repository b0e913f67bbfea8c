/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"

bool bench_samples_init(struct bench_samples *s, size_t cap)
{
    s->at = malloc(cap * sizeof(*s->at));
    s->n = 0;
    s->cap = cap;
    return s->at != NULL;
}

void bench_samples_free(struct bench_samples *s)
{
    free(s->at);
    s->at = NULL;
}

void bench_samples_add(struct bench_samples *s, int64_t ns)
{
    if (s->n < s->cap)
        s->at[s->n++] = ns;
}

static int by_value(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t bench_percentile(struct bench_samples *s, double p)
{
    size_t i;

    if (!s->n)
        return 0;
    qsort(s->at, s->n, sizeof(*s->at), by_value);
    i = (size_t)(p * (double)(s->n - 1) + 0.5);
    return s->at[i];
}

static int by_double(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *v, size_t n)
{
    qsort(v, n, sizeof(*v), by_double);
    return v[n / 2];
}

static double us(int64_t ns)
{
    return (double)ns / 1000.0;
}

static bool is_met(const struct bench_line *l)
{
    if (l->raw_p50_ns && l->target_ratio > 0)
        return (double)l->ours_p50_ns <= l->target_ratio * (double)l->raw_p50_ns;
    return (!l->target_p50_ns || l->ours_p50_ns <= l->target_p50_ns) &&
           (!l->target_p99_ns || l->ours_p99_ns <= l->target_p99_ns);
}

void bench_begin(struct bench_report *r)
{
    r->begin_ns = clv_now_ns();
    if (r->json)
        printf("[");
    else
        printf("%-7s %-28s %8s %3s  %10s %10s  %10s %10s  %6s  %-22s %s\n", "store",
               "measurement", "bytes", "thr", "p50 us", "p99 us", "raw p50", "raw p99",
               "ratio", "baseline", "target");
    fflush(stdout);
}

void bench_progress(const struct bench_report *r, const char *name, size_t size)
{
    const long long s = (long long)((clv_now_ns() - r->begin_ns) / CLV_NS_PER_S);

    if (!r->progress)
        return;
    fprintf(stderr, "%s%4lld s, %u done: %s, %s", r->terminal ? "\r\033[K" : "", s,
            r->lines, r->store, name);
    if (size)
        fprintf(stderr, ", %zu bytes", size);
    fputs(r->terminal ? " ..." : "\n", stderr);
    fflush(stderr);
}

/* A line of the report is due: the one about the progress goes. */
static void progress_clear(const struct bench_report *r)
{
    if (r->progress && r->terminal)
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

static void print_json(const struct bench_report *r, const struct bench_line *l)
{
    printf("%s\n {\"store\":\"%s\",\"name\":\"%s\",\"bytes\":%zu,\"threads\":%u,"
           "\"p50_ns\":%" PRId64 ",\"p99_ns\":%" PRId64,
           r->lines ? "," : "", r->store, l->name, l->size, l->threads, l->ours_p50_ns,
           l->ours_p99_ns);
    if (l->raw_p50_ns)
        printf(",\"baseline\":\"%s\",\"raw_p50_ns\":%" PRId64 ",\"raw_p99_ns\":%" PRId64
               ",\"ratio\":%.3f",
               l->raw, l->raw_p50_ns, l->raw_p99_ns,
               (double)l->ours_p50_ns / (double)l->raw_p50_ns);
    if (l->raw_p50_ns && l->target_ratio > 0)
        printf(",\"target_ratio\":%.2f,\"met\":%s", l->target_ratio,
               is_met(l) ? "true" : "false");
    if (l->target_p50_ns)
        printf(",\"target_p50_ns\":%" PRId64, l->target_p50_ns);
    if (l->target_p99_ns)
        printf(",\"target_p99_ns\":%" PRId64, l->target_p99_ns);
    if (l->target_p50_ns || l->target_p99_ns)
        printf(",\"met\":%s", is_met(l) ? "true" : "false");
    printf("}");
}

static void print_text(const struct bench_report *r, const struct bench_line *l)
{
    printf("%-7s %-28s %8zu %3u  %10.1f %10.1f  ", r->store, l->name, l->size, l->threads,
           us(l->ours_p50_ns), us(l->ours_p99_ns));
    if (l->raw_p50_ns)
        printf("%10.1f %10.1f  %6.2f  %-22s ", us(l->raw_p50_ns), us(l->raw_p99_ns),
               (double)l->ours_p50_ns / (double)l->raw_p50_ns, l->raw);
    else
        printf("%10s %10s  %6s  %-22s ", "-", "-", "-", "-");
    if (l->raw_p50_ns && l->target_ratio > 0)
        printf("ratio <= %.2f %s\n", l->target_ratio, is_met(l) ? "met" : "MISSED");
    else if (l->target_p50_ns && l->target_p99_ns)
        printf("p50 <= %.0f, p99 <= %.0f us %s\n", us(l->target_p50_ns),
               us(l->target_p99_ns), is_met(l) ? "met" : "MISSED");
    else if (l->target_p50_ns)
        printf("p50 <= %.0f us %s\n", us(l->target_p50_ns), is_met(l) ? "met" : "MISSED");
    else if (l->target_p99_ns)
        printf("p99 <= %.0f us %s\n", us(l->target_p99_ns), is_met(l) ? "met" : "MISSED");
    else
        printf("-\n");
}

void bench_add(struct bench_report *r, const struct bench_line *l)
{
    progress_clear(r);
    if (r->json)
        print_json(r, l);
    else
        print_text(r, l);
    fflush(stdout);
    r->lines++;
    if (!is_met(l))
        r->missed++;
}

void bench_add_samples(struct bench_report *r, struct bench_line *line,
                       struct bench_samples *ours, struct bench_samples *raw)
{
    line->ours_p50_ns = bench_percentile(ours, 0.50);
    line->ours_p99_ns = bench_percentile(ours, 0.99);
    if (raw) {
        line->raw_p50_ns = bench_percentile(raw, 0.50);
        line->raw_p99_ns = bench_percentile(raw, 0.99);
    }
    bench_add(r, line);
}

static bool is_value_met(const struct bench_value *v)
{
    const double ratio = v->raw > 0 ? v->ours / v->raw : 0;

    return (v->at_most <= 0 || ratio <= v->at_most) && ratio >= v->at_least;
}

static void print_value_json(const struct bench_report *r, const struct bench_value *v)
{
    const double target = v->at_most > 0 ? v->at_most : v->at_least;

    printf("%s\n {\"store\":\"%s\",\"name\":\"%s\",\"bytes\":%zu,\"threads\":%u,"
           "\"unit\":\"%s\",\"value\":%.1f",
           r->lines ? "," : "", r->store, v->name, v->size, v->threads, v->unit, v->ours);
    if (v->raw > 0)
        printf(",\"baseline\":\"%s\",\"raw\":%.1f,\"ratio\":%.3f", v->raw_name, v->raw,
               v->ours / v->raw);
    if (target > 0)
        printf(",\"target_ratio\":%.2f,\"met\":%s", target,
               is_value_met(v) ? "true" : "false");
    printf("}");
}

static void print_value_text(const struct bench_report *r, const struct bench_value *v)
{
    printf("%-7s %-28s %8zu %3u  %10.1f %-10s  ", r->store, v->name, v->size, v->threads,
           v->ours, v->unit);
    if (v->raw > 0)
        printf("%10.1f %10s  %6.2f  %-22s ", v->raw, "", v->ours / v->raw, v->raw_name);
    else
        printf("%10s %10s  %6s  %-22s ", "-", "", "-", "-");
    if (v->at_most > 0)
        printf("ratio <= %.2f %s\n", v->at_most, is_value_met(v) ? "met" : "MISSED");
    else if (v->at_least > 0)
        printf("ratio >= %.2f %s\n", v->at_least, is_value_met(v) ? "met" : "MISSED");
    else
        printf("-\n");
}

void bench_add_value(struct bench_report *r, const struct bench_value *v)
{
    progress_clear(r);
    if (r->json)
        print_value_json(r, v);
    else
        print_value_text(r, v);
    fflush(stdout);
    r->lines++;
    if (!is_value_met(v))
        r->missed++;
}

void bench_end(struct bench_report *r)
{
    const double s = (double)(clv_now_ns() - r->begin_ns) / (double)CLV_NS_PER_S;

    progress_clear(r);
    if (r->json)
        printf("\n]\n");
    else
        printf("%u measurements in %.0f s, %u missed their target\n", r->lines, s,
               r->missed);
}
