/* SPDX-License-Identifier: Apache-2.0 */
#include "exclusion.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void excl_free(struct exclusion *x)
{
    free(x->writes);
    free(x->reads);
    free(x->tenures);
    *x = (struct exclusion){0};
}

static bool wrong(struct exclusion *x, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct exclusion *x, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (!x->wrong[0])
        vsnprintf(x->wrong, sizeof(x->wrong), fmt, ap);
    va_end(ap);
    return false;
}

/* ---- the logs -------------------------------------------------------------------- */

static void *room(void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    *cap = *cap ? 2 * *cap : 256;
    list = realloc(list, *cap * size);
    if (!list)
        abort();
    return list;
}

/* One component's log, line by line. */
struct reading {
    long pid;
    int tenure;          /* -1: has none now */
    long long look_us;   /* -1: does not look */
    struct excl_write w; /* under way while it has a number */
};

struct line {
    long long us;
    char word[12];
    unsigned long long number;
    long long value;
};

static void write_end(struct exclusion *x, struct reading *r, enum excl_outcome outcome,
                      long long us)
{
    if (!r->w.number)
        return;
    r->w.outcome = outcome;
    r->w.done_us = us;
    x->writes = room(x->writes, x->n_writes, &x->cap_writes, sizeof(*x->writes));
    x->writes[x->n_writes++] = r->w;
    x->n_ok += outcome == EXCL_OK;
    x->n_fail += outcome == EXCL_FAIL;
    x->n_unknown += outcome == EXCL_OPEN || outcome == EXCL_UNKNOWN;
    r->w.number = 0;
}

static void tenure_begin(struct exclusion *x, struct reading *r, long long us)
{
    const struct excl_tenure t = {.who = x->n_logs, .pid = r->pid, .active_us = us};

    x->tenures = room(x->tenures, x->n_tenures, &x->cap_tenures, sizeof(*x->tenures));
    r->tenure = (int)x->n_tenures;
    x->tenures[x->n_tenures++] = t;
}

static void found(struct exclusion *x, struct reading *r, const struct line *l)
{
    const struct excl_read read = {l->number, r->look_us, l->us, (long)l->value};

    x->reads = room(x->reads, x->n_reads, &x->cap_reads, sizeof(*x->reads));
    x->reads[x->n_reads++] = read;
    r->look_us = -1;
}

static void start(struct exclusion *x, struct reading *r, const struct line *l)
{
    write_end(x, r, EXCL_OPEN, l->us); /* the process before was killed */
    *r = (struct reading){.pid = (long)l->number, .tenure = -1, .look_us = -1};
}

static bool line_take(struct exclusion *x, struct reading *r, const struct line *l)
{
    const bool is_end =
        !strcmp(l->word, "ok") || !strcmp(l->word, "fail") || !strcmp(l->word, "unknown");

    if (is_end && r->w.number != l->number)
        return false;
    if (!strcmp(l->word, "start"))
        start(x, r, l);
    else if (!strcmp(l->word, "active"))
        tenure_begin(x, r, l->us);
    else if (!strcmp(l->word, "look"))
        r->look_us = l->us;
    else if (!strcmp(l->word, "found") && r->look_us >= 0)
        found(x, r, l);
    else if (!strcmp(l->word, "invoke") && l->number && !r->w.number)
        r->w = (struct excl_write){.number = l->number,
                                   .begun_us = l->us,
                                   .pid = r->pid,
                                   .tenure = r->tenure,
                                   .ha = (int)l->value};
    else if (is_end)
        write_end(x, r,
                  l->word[0] == 'o'   ? EXCL_OK
                  : l->word[0] == 'f' ? EXCL_FAIL
                                      : EXCL_UNKNOWN,
                  l->us);
    else
        return !strcmp(l->word, "ha") || !strcmp(l->word, "blind");
    return true;
}

/* A library's own line, or one that a kill has cut off, is passed over. */
static bool line_parse(const char *at, size_t size, struct line *l)
{
    char text[100], *word;

    if (size >= sizeof(text))
        return false;
    memcpy(text, at, size);
    text[size] = '\0';
    *l = (struct line){.us = strtoll(text, &word, 10)};
    return word > text && *word == ' ' &&
           sscanf(word, "%11s %llu %lld", l->word, &l->number, &l->value) >= 1;
}

bool excl_log_add(struct exclusion *x, const char *log)
{
    struct reading r = {.tenure = -1, .look_us = -1};
    const char *end;
    struct line l = {0};

    for (; (end = strchr(log, '\n')); log = end + 1)
        if (line_parse(log, (size_t)(end - log), &l) && !line_take(x, &r, &l))
            return wrong(x, "not expected in log %d: %.*s", x->n_logs, (int)(end - log),
                         log);
    write_end(x, &r, EXCL_OPEN, l.us);
    x->n_logs++;
    return true;
}

/* ---- the order of the counter ---------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const struct excl_write *v = a, *w = b;

    if (v->number != w->number)
        return v->number < w->number ? -1 : 1;
    if (v->outcome != w->outcome) /* acknowledged ones first */
        return (v->outcome == EXCL_OK) < (w->outcome == EXCL_OK) ? 1 : -1;
    return (v->pid > w->pid) - (v->pid < w->pid);
}

static bool may_be_there(const struct excl_write *w)
{
    return w->outcome != EXCL_FAIL;
}

/* Between two acknowledged numbers each is one whose fate is not known. */
static bool gap_check(struct exclusion *x, const struct excl_write *from,
                      const struct excl_write *to)
{
    unsigned long long next = from ? from->number + 1 : 1;
    const struct excl_write *w = from ? from + 1 : x->writes;

    for (; next < to->number; next++) {
        while (w < to && (w->number < next || !may_be_there(w)))
            w++;
        if (w == to || w->number != next)
            return wrong(x, "%llu follows %llu, but nobody may have written %llu",
                         to->number, from ? from->number : 0, next);
    }
    return true;
}

static bool pair_check(struct exclusion *x, const struct excl_write *before,
                       const struct excl_write *w, long long begun_us)
{
    if (w->ha != 1 || w->tenure < 0)
        return wrong(x, "process %ld wrote %llu in HA state %d%s", w->pid, w->number,
                     w->ha, w->tenure < 0 ? " without the role" : "");
    if (before && before->number == w->number)
        return wrong(x, "%llu was acknowledged to %ld and to %ld: one of them is lost",
                     w->number, before->pid, w->pid);
    if (w->done_us < begun_us)
        return wrong(x, "%llu was acknowledged before a lower number was begun",
                     w->number);
    return gap_check(x, before, w);
}

static bool tenure_check(struct exclusion *x, const struct excl_write *before,
                         const struct excl_write *w)
{
    struct excl_tenure *t = &x->tenures[w->tenure];

    if (before && before->tenure != w->tenure) {
        x->n_handovers++;
        if (t->n_ok)
            return wrong(x, "process %ld wrote %llu after %ld had taken over with %llu",
                         w->pid, w->number, before->pid, before->number);
    }
    t->n_ok++;
    return true;
}

static bool order_check(struct exclusion *x)
{
    const struct excl_write *before = NULL, *w;
    long long begun_us = -1;
    size_t i;

    for (i = 0; i < x->n_writes; i++) {
        w = &x->writes[i];
        if (w->outcome != EXCL_OK)
            continue;
        if (!pair_check(x, before, w, begun_us) || !tenure_check(x, before, w))
            return false;
        if (w->begun_us > begun_us)
            begun_us = w->begun_us;
        before = w;
    }
    return true;
}

/* ---- what was read --------------------------------------------------------------- */

static int by_begin(const void *a, const void *b)
{
    const struct excl_read *v = a, *w = b;

    return (v->begun_us > w->begun_us) - (v->begun_us < w->begun_us);
}

static int by_end(const void *a, const void *b)
{
    const struct excl_write *v = a, *w = b;

    return (v->done_us > w->done_us) - (v->done_us < w->done_us);
}

static bool is_written(const struct exclusion *x, const struct excl_read *r)
{
    size_t low = 0, high = x->n_writes, at;

    if (!r->number)
        return true;
    while (low < high) { /* the first with this number */
        at = low + (high - low) / 2;
        if (x->writes[at].number < r->number)
            low = at + 1;
        else
            high = at;
    }
    for (at = low; at < x->n_writes && x->writes[at].number == r->number; at++)
        if (x->writes[at].pid == r->pid && may_be_there(&x->writes[at]) &&
            x->writes[at].begun_us <= r->done_us)
            return true;
    return false;
}

static bool origin_check(struct exclusion *x)
{
    size_t i;

    for (i = 0; i < x->n_reads; i++)
        if (!is_written(x, &x->reads[i]))
            return wrong(x, "found %llu of process %ld, which did not write it",
                         x->reads[i].number, x->reads[i].pid);
    return true;
}

static bool back_check(struct exclusion *x)
{
    unsigned long long least = 0;
    size_t i, k = 0;

    qsort(x->writes, x->n_writes, sizeof(*x->writes), by_end);
    qsort(x->reads, x->n_reads, sizeof(*x->reads), by_begin);
    for (i = 0; i < x->n_reads; i++) {
        for (; k < x->n_writes && x->writes[k].done_us < x->reads[i].begun_us; k++)
            if (x->writes[k].outcome == EXCL_OK && x->writes[k].number > least)
                least = x->writes[k].number;
        if (x->reads[i].number < least)
            return wrong(x, "found %llu after %llu was acknowledged", x->reads[i].number,
                         least);
    }
    return true;
}

bool excl_check(struct exclusion *x)
{
    if (x->wrong[0])
        return false;
    if (x->n_writes)
        qsort(x->writes, x->n_writes, sizeof(*x->writes), by_number);
    return order_check(x) && origin_check(x) &&
           (!x->n_reads || !x->n_writes || back_check(x));
}
