/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_replicas.h"

#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_stats.h"
#include "base/clock.h"
#include "base/logline.h"

/* How old the proof of ownership may get while somebody has dropped out. */
#define OWNER_RENEW_NS (500 * CLV_NS_PER_MS)
#define OWNER_VALID_NS (1500 * CLV_NS_PER_MS)

static bool is_self(const struct rds_replicas *r, const char *address)
{
    return strcmp(r->self[0], address) == 0 || strcmp(r->self[1], address) == 0 ||
           strcmp(r->self[2], address) == 0;
}

/* The entry of address, made if need be; NULL: the table is full. */
static struct rds_replica *entry(struct rds_replicas *r, const char *address)
{
    struct rds_replica *x;
    size_t i;

    for (i = 0; i < r->n; i++)
        if (strcmp(r->at[i].address, address) == 0)
            return &r->at[i];
    if (r->n == RDS_REPLICAS_MAX)
        return NULL;
    x = &r->at[r->n++];
    memset(x, 0, sizeof(*x));
    snprintf(x->address, sizeof(x->address), "%s", address);
    x->expected = true;
    x->offset = -1;
    return x;
}

/* Does anything depend on it? */
static bool counts(const struct rds_replicas *r, const struct rds_replica *x)
{
    return !x->excluded && !is_self(r, x->address);
}

void rds_replicas_reset(struct rds_replicas *r)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        r->at[i].listed = false;
        r->at[i].expected = true;
        r->at[i].offset = -1;
        r->at[i].missing_ns = 0;
    }
    r->owner_ns = 0;
    r->owner_wanted = false;
}

void rds_replicas_members_begin(struct rds_replicas *r)
{
    size_t i;

    /* who is connected is a member, whether the list knows already or not */
    for (i = 0; i < r->n; i++) {
        r->at[i].member = r->at[i].listed;
        r->at[i].excluded = false;
    }
}

void rds_replicas_member(struct rds_replicas *r, const char *address, bool excluded)
{
    struct rds_replica *x = entry(r, address);

    if (!x) {
        clv_log(CLV_LOG_ERROR, "redis: more than %d members, %s is not waited for",
                RDS_REPLICAS_MAX, address);
        return;
    }
    x->member = true;
    x->excluded = excluded;
}

void rds_replicas_members_end(struct rds_replicas *r)
{
    size_t i = 0;

    /* what is neither a member nor there is forgotten */
    while (i < r->n) {
        if (r->at[i].member)
            i++;
        else
            r->at[i] = r->at[--r->n];
    }
}

/* One element of ROLE: {host, port, offset}. */
static void look_one(struct rds_replicas *r, const redisReply *one)
{
    const struct clv_bytes host = rds_reply_bytes(rds_reply_at(one, 0));
    struct rds_place place = {.tls = false};
    char address[RDS_PLACE_TEXT];
    struct rds_replica *x;
    int64_t port, offset;

    if (!host.base || host.size == 0 || host.size >= sizeof(place.host) ||
        !rds_reply_int(rds_reply_at(one, 1), &port) || port < 1 || port > 65535 ||
        !rds_reply_int(rds_reply_at(one, 2), &offset))
        return;
    memcpy(place.host, host.base, host.size);
    place.port = (uint16_t)port;
    x = entry(r, rds_place_text(&place, address));
    if (!x)
        return;
    r->changed = r->changed || !x->was_listed;
    r->n_listed += !x->listed;
    x->listed = true;
    x->offset = offset;
    r->strangers = r->strangers || !x->member;
    x->member = true;
}

bool rds_replicas_look(struct rds_replicas *r, const redisReply *role, int64_t *offset)
{
    const redisReply *list = rds_reply_at(role, 2);
    size_t i;

    if (!rds_reply_is(rds_reply_at(role, 0), "master") ||
        !rds_reply_int(rds_reply_at(role, 1), offset) || !list ||
        list->type != REDIS_REPLY_ARRAY)
        return false;
    r->changed = false;
    r->n_listed = 0;
    for (i = 0; i < r->n; i++) {
        r->at[i].was_listed = r->at[i].listed;
        r->at[i].listed = false;
        r->at[i].offset = -1;
    }
    for (i = 0; i < list->elements; i++)
        look_one(r, list->element[i]);
    for (i = 0; i < r->n; i++)
        r->changed = r->changed || (r->at[i].was_listed && !r->at[i].listed);
    return true;
}

static bool has(const struct rds_replica *x, int64_t offset)
{
    return x->listed && x->offset >= offset;
}

static void returned(struct rds_replica *x)
{
    if (!x->expected)
        clv_log(CLV_LOG_WARNING, "redis: replica %s is in step again", x->address);
    x->expected = true;
    x->missing_ns = 0;
}

/* Is anybody missing who must never be? */
static bool strict_settled(struct rds_replicas *r, int64_t offset)
{
    bool settled = true;
    size_t i;

    for (i = 0; i < r->n; i++)
        settled = settled && (!counts(r, &r->at[i]) || has(&r->at[i], offset));
    return settled;
}

/* Those who are missing for long enough go, if the master was confirmed since. */
static bool drop_out(struct rds_replicas *r, int64_t latest_ns)
{
    size_t i;

    if (r->owner_ns <= latest_ns) {
        r->owner_wanted = true;
        return false;
    }
    for (i = 0; i < r->n; i++) {
        struct rds_replica *x = &r->at[i];

        if (!counts(r, x) || !x->expected || !x->missing_ns)
            continue;
        x->expected = false;
        x->missing_ns = 0;
        rds_stat_add(RDS_STAT_dropouts, 1);
        clv_log(CLV_LOG_WARNING,
                "redis: replica %s does not acknowledge, writes go on without it",
                x->address);
    }
    return true;
}

static bool proof_is_fresh(struct rds_replicas *r, int64_t now_ns)
{
    if (now_ns - r->owner_ns > OWNER_RENEW_NS)
        r->owner_wanted = true;
    return now_ns - r->owner_ns <= OWNER_VALID_NS;
}

static bool available_settled(struct rds_replicas *r, int64_t offset, int64_t now_ns)
{
    bool missing = false, overdue = true, degraded = false;
    int64_t latest_ns = 0;
    size_t i;

    for (i = 0; i < r->n; i++) {
        struct rds_replica *x = &r->at[i];

        if (!counts(r, x))
            continue;
        if (has(x, offset)) {
            returned(x);
            continue;
        }
        if (!x->expected) {
            degraded = true;
            continue;
        }
        if (!x->missing_ns)
            x->missing_ns = now_ns;
        missing = true;
        overdue = overdue && now_ns - x->missing_ns >= r->hold_ns;
        if (x->missing_ns + r->hold_ns > latest_ns)
            latest_ns = x->missing_ns + r->hold_ns;
    }
    if (missing)
        return overdue && drop_out(r, latest_ns);
    return !degraded || proof_is_fresh(r, now_ns);
}

bool rds_replicas_settled(struct rds_replicas *r, int64_t offset, int64_t now_ns)
{
    return r->strict ? strict_settled(r, offset) : available_settled(r, offset, now_ns);
}

size_t rds_replicas_wanted(const struct rds_replicas *r)
{
    size_t i, n = 0;

    for (i = 0; i < r->n; i++)
        n += counts(r, &r->at[i]) && (r->strict || r->at[i].expected);
    return n;
}

size_t rds_replicas_reached(const struct rds_replicas *r, int64_t offset)
{
    size_t i, n = 0;

    for (i = 0; i < r->n; i++)
        n += has(&r->at[i], offset);
    return n;
}

const char *rds_replicas_absent(const struct rds_replicas *r)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        if (counts(r, &r->at[i]) && !r->at[i].listed)
            return r->at[i].address;
    return NULL;
}
