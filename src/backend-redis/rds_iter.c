/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Iteration: a list of ids, taken in the order of (end, id) when it begins, and what each
 * of them is like when it is asked for. The list of a checkpoint with up to IDS_PAGE
 * sections is one atomic look; longer ones are taken page by page, each from the place of
 * the last id. Descriptions are fetched some at a time, and again once they are stale:
 * when this process changed something, or after FRESH_NS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_seal.h"
#include "base/clock.h"

enum { IDS_PAGE = 4096, DESCRIBE_MAX = 64, DESCRIBE_BYTES = 256 * 1024 };
#define FRESH_NS (2 * CLV_NS_PER_MS)

struct store_iter {
    struct store_ckpt *ckpt; /* borrowed */
    enum store_chosen chosen;
    char lowest[32], highest[32]; /* ends, as scores */
    redisReply *ids;              /* owned: id, end, id, end...; NULL: at the end */
    size_t n_ids, next;           /* ids in this page; the next to return */
    bool last_page;
    redisReply *about; /* owned: descriptions, from id about_first on, or NULL */
    size_t about_first, n_about;
    int64_t about_ns;
    unsigned about_changes;
    uint64_t mean_bytes; /* of the values described last */
};

static void about_drop(struct store_iter *it)
{
    if (it->about)
        rds_reply_free(it->about);
    it->about = NULL;
    it->n_about = 0;
}

/* ---- which ids ----------------------------------------------------------- */

static int64_t when_us(struct store_when when)
{
    if (when.ns == STORE_TIME_END)
        return INT64_MAX;
    return when.relative ? rds_now_us() + when.ns / 1000 : when.ns / 1000;
}

static void bounds_set(struct store_iter *it, struct store_when when)
{
    const int64_t us = when_us(when);
    const bool forever =
        it->chosen == STORE_FOREVER || (it->chosen == STORE_ENDS_FROM && us == INT64_MAX);

    snprintf(it->lowest, sizeof(it->lowest), "%s", forever ? "+inf" : "-inf");
    snprintf(it->highest, sizeof(it->highest), "+inf");
    if (it->chosen == STORE_ENDS_FROM && us != INT64_MAX)
        snprintf(it->lowest, sizeof(it->lowest), "%lld", (long long)us);
    if (it->chosen == STORE_ENDS_UNTIL && us != INT64_MAX)
        snprintf(it->highest, sizeof(it->highest), "%lld", (long long)us);
}

static void first_page_request(struct rds_req *req, const struct store_iter *it)
{
    rds_req_command(req, 8);
    rds_req_text(req, "ZRANGEBYSCORE");
    rds_req_wire(req, rds_ckpt_key(it->ckpt, RDS_KEY_INDEX));
    rds_req_text(req, it->lowest);
    rds_req_text(req, it->highest);
    rds_req_text(req, "WITHSCORES");
    rds_req_text(req, "LIMIT");
    rds_req_int(req, 0);
    rds_req_int(req, IDS_PAGE);
}

static void next_page_request(struct rds_req *req, const struct store_iter *it)
{
    const redisReply *last_id = rds_reply_at(it->ids, 2 * (it->n_ids - 1));
    const redisReply *last_end = rds_reply_at(it->ids, 2 * (it->n_ids - 1) + 1);

    rds_ckpt_script(req, it->ckpt, script_section_page, 5);
    rds_req_text(req, it->lowest);
    rds_req_text(req, it->highest);
    rds_req_int(req, IDS_PAGE);
    rds_req_arg(req, rds_reply_bytes(last_end));
    rds_req_arg(req, rds_reply_bytes(last_id));
}

/* Replace the page by the next one. */
static enum store_status page_fetch(struct store_iter *it, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, false);
    if (it->ids)
        next_page_request(&call.req, it);
    else
        first_page_request(&call.req, it);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK && call.last->type != REDIS_REPLY_ARRAY)
        st = STORE_DAMAGED;
    if (st == STORE_OK) {
        about_drop(it);
        if (it->ids)
            rds_reply_free(it->ids);
        it->ids = call.last;
        call.last = NULL;
        it->n_ids = it->ids->elements / 2;
        it->next = 0;
        it->last_page = it->n_ids < IDS_PAGE;
    }
    rds_call_free(&call);
    return st;
}

enum store_status store_iter_begin(struct store_ckpt *ckpt, enum store_chosen chosen,
                                   struct store_when when, int64_t deadline_ns,
                                   struct store_iter **out)
{
    struct store_iter *it = calloc(1, sizeof(*it));
    enum store_status st;

    if (!it)
        return STORE_NO_MEM;
    it->ckpt = ckpt;
    it->chosen = chosen;
    bounds_set(it, when);
    st = page_fetch(it, deadline_ns);
    if (st != STORE_OK) {
        store_iter_end(it);
        return st;
    }
    *out = it;
    return STORE_OK;
}

void store_iter_end(struct store_iter *it)
{
    about_drop(it);
    if (it->ids)
        rds_reply_free(it->ids);
    free(it);
}

/* ---- what they are like -------------------------------------------------- */

static struct clv_bytes id_at(const struct store_iter *it, size_t i)
{
    return rds_reply_bytes(rds_reply_at(it->ids, 2 * i));
}

static bool about_fresh(const struct store_iter *it)
{
    return it->about && it->next < it->about_first + it->n_about &&
           it->about_changes == atomic_load(&it->ckpt->changes) &&
           clv_now_ns() - it->about_ns < FRESH_NS;
}

/* Large values are looked at inside the store, so fewer of them at a time; sealed ones
 * come here, as many as the script will. */
static size_t about_count(const struct store_iter *it)
{
    const size_t left = it->n_ids - it->next;
    size_t n = it->about_ns == 0 ? 4 : DESCRIBE_MAX;

    if (it->mean_bytes && DESCRIBE_BYTES / it->mean_bytes < n)
        n = DESCRIBE_BYTES / it->mean_bytes + 1;
    return n < left ? n : left;
}

static enum store_status about_fetch(struct store_iter *it, int64_t deadline_ns)
{
    const unsigned changes = atomic_load(&it->ckpt->changes);
    const size_t n = about_count(it);
    size_t n_told = 0;
    struct rds_call call;
    enum store_status st;
    size_t i;

    rds_call_init(&call, false);
    rds_ckpt_script(&call.req, it->ckpt, script_section_describe, 1 + n);
    rds_req_int(&call.req, rds_seal_on);
    for (i = 0; i < n; i++)
        rds_req_arg(&call.req, id_at(it, it->next + i));
    st = rds_ckpt_run(it->ckpt, &call, deadline_ns);
    if (st == STORE_OK)
        n_told = (call.last->elements - 1) / 3;
    if (st == STORE_OK && (n_told == 0 || n_told > n))
        st = STORE_DAMAGED;
    if (st == STORE_OK) {
        about_drop(it);
        it->about = call.last;
        call.last = NULL;
        it->about_first = it->next;
        it->n_about = n_told;
        it->about_changes = changes;
        it->about_ns = clv_now_ns();
    }
    rds_call_free(&call);
    return st;
}

/* What came of a value is ours; a sealed one came as a whole, if we have keys. */
static bool is_usable(const struct store_iter *it, struct clv_bytes id,
                      struct clv_bytes head)
{
    const struct rds_seal_place place = rds_seal_at(it->ckpt, id);
    const char *why = NULL;
    const enum store_status st = rds_seal_open(&place, head, &why);

    rds_seal_complain(it->ckpt, id, why);
    return st == STORE_OK;
}

/* What lies in the store may be any number. */
static int64_t ns_of(int64_t us)
{
    const int64_t most = INT64_MAX / 1000;

    return (us > most ? most : us < -most ? -most : us) * 1000;
}

/* False: it is not there any more. */
static bool describe(struct store_iter *it, size_t i, struct store_section_info *out)
{
    const size_t at = 1 + 3 * (i - it->about_first);
    const struct clv_bytes end = rds_reply_bytes(rds_reply_at(it->about, at));
    const struct clv_bytes head = rds_reply_bytes(rds_reply_at(it->about, at + 1));
    struct rds_stamp stamp = {0};
    int64_t n = 0;

    if (!end.base || end.size == 0)
        return false;
    rds_reply_int(rds_reply_at(it->about, at + 2), &n);
    it->mean_bytes = (it->mean_bytes * 3 + (uint64_t)n) / 4;
    out->id = id_at(it, i);
    out->end_ns = STORE_TIME_END;
    if (!rds_reply_is(rds_reply_at(it->about, at), "inf"))
        out->end_ns = (int64_t)strtod(end.base, NULL) * 1000;
    out->corrupted = !head.base || !rds_stamp_parse(&stamp, head.base, head.size) ||
                     !is_usable(it, out->id, head);
    out->update_ns = out->corrupted ? 0 : ns_of(stamp.update_us);
    out->size = out->corrupted ? 0 : rds_seal_content_size(&stamp, (size_t)n);
    return true;
}

static bool is_chosen(const struct store_iter *it, const struct store_section_info *info)
{
    return it->chosen != STORE_CORRUPTED || info->corrupted;
}

enum store_status store_iter_next(struct store_iter *it, struct store_section_info *out,
                                  int64_t deadline_ns)
{
    enum store_status st;

    for (;;) {
        if (it->next == it->n_ids) {
            if (it->last_page)
                return STORE_ABSENT;
            st = page_fetch(it, deadline_ns);
            if (st != STORE_OK)
                return st;
            continue;
        }
        if (!about_fresh(it)) {
            st = about_fetch(it, deadline_ns);
            if (st != STORE_OK)
                return st;
        }
        it->next++;
        if (describe(it, it->next - 1, out) && is_chosen(it, out))
            return STORE_OK;
    }
}
