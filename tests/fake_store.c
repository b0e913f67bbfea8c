/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

_Thread_local int fault_paused;

struct fake fake = {.lock = PTHREAD_MUTEX_INITIALIZER,
                    .work_cond = PTHREAD_COND_INITIALIZER,
                    .idle_cond = PTHREAD_COND_INITIALIZER};

void fake_lock(void)
{
    fault_paused++;
    pthread_mutex_lock(&fake.lock);
}

void fake_unlock(void)
{
    pthread_mutex_unlock(&fake.lock);
    fault_paused--;
}

void fake_judge(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "fake store: %s\n", what);
        abort();
    }
}

void *fake_need(void *p)
{
    fake_judge(p != NULL, "no memory");
    return p;
}

char *fake_copy(const void *from, size_t n)
{
    char *to = fake_need(malloc(n + 1));

    if (n)
        memcpy(to, from, n);
    to[n] = '\0';
    return to;
}

/* Lock held. Count the call; the status that was ordered for it. */
enum store_status fake_called(const char *fn, int64_t deadline_ns)
{
    size_t i;

    for (i = 0; fake.calls[i].fn[0] && strcmp(fake.calls[i].fn, fn) != 0; i++)
        ;
    snprintf(fake.calls[i].fn, sizeof(fake.calls[i].fn), "%s", fn);
    fake.calls[i].n++;
    fake.last_deadline_ns = deadline_ns;
    if (strcmp(fake.fail_fn, fn) != 0)
        return STORE_OK;
    fake.fail_fn[0] = '\0';
    return fake.fail_st;
}

void fake_fail(const char *fn, enum store_status st)
{
    fake_lock();
    snprintf(fake.fail_fn, sizeof(fake.fail_fn), "%s", fn);
    fake.fail_st = st;
    fake_unlock();
}

int fake_calls(const char *fn)
{
    int n = 0;
    size_t i;

    fake_lock();
    for (i = 0; fake.calls[i].fn[0]; i++)
        if (strcmp(fake.calls[i].fn, fn) == 0)
            n = fake.calls[i].n;
    fake_unlock();
    return n;
}

int fake_started(void)
{
    return fake.started;
}

int fake_open(void)
{
    return fake.n_open;
}

int fake_iterators(void)
{
    return fake.n_iterators;
}

void fake_other_process(bool other)
{
    fake.other = other;
}

int fake_last_left_ms(void)
{
    return clv_deadline_left_ms(fake.last_deadline_ns);
}

/* Lock held. */
enum store_status fake_begin(struct store_ckpt *c, const char *fn, int64_t deadline_ns)
{
    const enum store_status st = fake_called(fn, deadline_ns);

    fake_judge(c->magic == MAGIC, "used after close");
    if (st != STORE_OK)
        return st;
    return c->of->flushed ? STORE_GONE : STORE_OK;
}

int64_t store_op_timeout_ns(void)
{
    return 14 * CLV_NS_PER_S;
}

const char *store_status_text(enum store_status st)
{
    return st == STORE_OK ? "ok" : "failed";
}

void store_stats_get(struct store_stats *out)
{
    memset(out, 0, sizeof(*out));
    out->failovers = 3;
    out->dropouts = 4;
}
