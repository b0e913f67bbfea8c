/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_splice.h"

#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_io.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_large.h"
#include "backend-redis/rds_seal.h"
#include "base/clock.h"

enum {
    HEAD_MAX =
        RDS_STAMP_SIZE + RDS_SEAL_HEAD, /* no two writes of a value have it in common */
    FINDS = 3, /* replies per section: value, own key's header and content */
    INLINE_MAX =
        8192 /* longer contents follow the script, shorter ones are its arguments */
};

/* A section that is written to, as it was, and as it becomes. */
struct section {
    struct clv_bytes id; /* borrowed */
    uint32_t first;      /* the first element that is for it */
    bool unusable;       /* its content is: it can only be covered */
    const char *why;
    struct clv_bytes head; /* borrowed from the reply */
    char *content;         /* owned */
    size_t size, room;
    struct clv_bytes sealed; /* owned */
};

/* One attempt. */
struct splice {
    struct store_ckpt *ckpt;
    const struct store_write *vec;
    uint32_t n, n_sections;
    struct section *sections;  /* owned */
    struct section **of;       /* owned: the section of each element */
    struct clv_bytes *changes; /* owned, as what is in it: each element for the feed */
    struct rds_stamp stamp;
    uint32_t *bad; /* the caller's */
};

/* ---- the usual case ------------------------------------------------------ */

static void sealed_free(struct store_write *sealed, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++)
        free((void *)(uintptr_t)sealed[i].data.base);
    free(sealed);
}

/* Contents that cover their sections need not be read. *splice: they do not. */
static enum store_status cover(struct store_ckpt *ckpt, const struct store_write *vec,
                               uint32_t n, uint32_t *bad, bool *splice,
                               int64_t deadline_ns)
{
    struct store_write *sealed = calloc(n, sizeof(*sealed));
    struct rds_stamp stamp = rds_stamp_now(0);
    enum store_status st = sealed ? STORE_OK : STORE_NO_MEM;
    uint32_t i;

    for (i = 0; i < n && st == STORE_OK; i++) {
        const struct rds_seal_place place = rds_seal_at(ckpt, vec[i].id);

        *bad = i;
        sealed[i].id = vec[i].id;
        st = rds_seal_make(&place, &stamp, vec[i].data, &sealed[i].data);
    }
    if (st == STORE_OK)
        st = rds_write_vector(ckpt, &stamp, sealed, n, bad, splice, deadline_ns);
    if (sealed)
        sealed_free(sealed, n);
    return st;
}

/* ---- what is there ------------------------------------------------------- */

/* Which elements are for which section. */
static bool sections_find(struct splice *s)
{
    uint32_t i, j;

    s->sections = calloc(s->n, sizeof(*s->sections));
    s->of = calloc(s->n, sizeof(struct section *));
    s->changes = calloc(s->n, sizeof(*s->changes));
    if (!s->sections || !s->of || !s->changes)
        return false;
    for (i = 0; i < s->n; i++) {
        for (j = 0; j < s->n_sections; j++)
            if (clv_bytes_equal(s->sections[j].id, s->vec[i].id))
                break;
        if (j == s->n_sections) {
            s->sections[j].id = s->vec[i].id;
            s->sections[j].first = i;
            s->n_sections++;
        }
        s->of[i] = &s->sections[j];
    }
    return true;
}

static void values_request(const struct splice *s, struct rds_req *req)
{
    uint32_t i;

    rds_req_command(req, 2 + (size_t)s->n_sections);
    rds_req_text(req, "HMGET");
    rds_req_wire(req, rds_ckpt_key(s->ckpt, RDS_KEY_DATA));
    for (i = 0; i < s->n_sections; i++)
        rds_req_section(req, s->sections[i].id);
}

/* Both places in which a content can be. */
static void places_request(const struct splice *s, struct rds_req *req)
{
    uint32_t i;

    rds_req_plain(req, "MULTI");
    for (i = 0; i < s->n_sections; i++) {
        const struct clv_bytes id = s->sections[i].id;

        rds_req_ready(req, "*3\r\n$4\r\nHGET\r\n", 1);
        rds_req_wire(req, rds_ckpt_key(s->ckpt, RDS_KEY_DATA));
        rds_req_section(req, id);
        rds_req_ready(req, "*3\r\n$4\r\nHGET\r\n", 1);
        rds_req_wire(req, rds_ckpt_key(s->ckpt, RDS_KEY_LARGE));
        rds_req_arg(req, id);
        rds_req_ready(req, "*2\r\n$3\r\nGET\r\n", 1);
        rds_req_large(req, s->ckpt, id);
    }
    rds_req_plain(req, "EXEC");
}

/* All sections are values: what is sealed always is. */
static bool are_values(const redisReply *replies, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++)
        if (rds_reply_bytes(rds_reply_at(replies, i)).size == 0)
            return false;
    return true;
}

static enum store_status look_run(struct rds_call *call, int64_t deadline_ns)
{
    const enum store_status st = rds_run(call, deadline_ns);

    return st == STORE_OK && call->last->type != REDIS_REPLY_ARRAY ? STORE_DAMAGED : st;
}

/* What there is: one reply per section, or FINDS. */
static enum store_status look(const struct splice *s, struct rds_call *call,
                              size_t *finds, int64_t deadline_ns)
{
    enum store_status st;

    *finds = 1;
    rds_call_init(call, false);
    values_request(s, &call->req);
    st = look_run(call, deadline_ns);
    if (st != STORE_OK || are_values(call->last, s->n_sections))
        return st;
    rds_call_free(call);
    *finds = FINDS;
    rds_call_init(call, false);
    places_request(s, &call->req);
    return look_run(call, deadline_ns);
}

/* The content of a section, from the replies that begin at index at. */
static struct clv_bytes content_open(const struct splice *s, struct section *sec,
                                     const redisReply *replies, size_t at)
{
    const struct rds_seal_place place = rds_seal_at(s->ckpt, sec->id);
    const struct clv_bytes value = rds_reply_bytes(rds_reply_at(replies, at));
    const struct clv_bytes header = rds_reply_bytes(rds_reply_at(replies, at + 1));
    const struct clv_bytes own = rds_reply_bytes(rds_reply_at(replies, at + 2));
    if (value.base && value.size > 0) {
        sec->head =
            (struct clv_bytes){value.base, value.size < HEAD_MAX ? value.size : HEAD_MAX};
        sec->unusable = rds_seal_open(&place, value, &sec->why) != STORE_OK;
        return rds_seal_content(value);
    }
    sec->head = header;
    sec->unusable = !header.base || !own.base || rds_seal_plain(&sec->why) != STORE_OK;
    return own;
}

/* Take what there is; content that cannot be used counts by its size only. */
static enum store_status contents_take(struct splice *s, const redisReply *replies,
                                       size_t finds)
{
    uint32_t i;

    for (i = 0; i < s->n_sections; i++) {
        struct section *sec = &s->sections[i];
        const struct clv_bytes old = content_open(s, sec, replies, finds * i);

        sec->size = old.size;
        if (sec->unusable || old.size == 0)
            continue;
        sec->content = malloc(old.size);
        if (!sec->content)
            return STORE_NO_MEM;
        sec->room = old.size;
        memcpy(sec->content, old.base, old.size);
    }
    return STORE_OK;
}

/* ---- what becomes of it -------------------------------------------------- */

/* Make a content at least size bytes long, with zeros. */
static bool content_grow(struct section *sec, size_t size)
{
    char *content;

    if (size <= sec->size)
        return true;
    if (size > sec->room) {
        content = realloc(sec->content, size);
        if (!content)
            return false;
        sec->content = content;
        sec->room = size;
    }
    memset(sec->content + sec->size, 0, size - sec->size);
    sec->size = size;
    return true;
}

static enum store_status element_put(struct splice *s, struct section *sec,
                                     const struct store_write *w)
{
    if (w->offset > RDS_LARGE_MAX || w->data.size > RDS_LARGE_MAX - w->offset)
        return STORE_REFUSED;
    if (sec->unusable && (w->offset > 0 || w->data.size < sec->size)) {
        rds_seal_complain(s->ckpt, sec->id, sec->why);
        return STORE_DAMAGED;
    }
    if (sec->unusable)
        sec->size = 0;
    sec->unusable = false;
    if (!content_grow(sec, (size_t)w->offset + w->data.size))
        return STORE_NO_MEM;
    if (w->data.size)
        memcpy(sec->content + w->offset, w->data.base, w->data.size);
    return STORE_OK;
}

/* An element for the feed: a value of its own. */
static enum store_status change_seal(struct splice *s, uint32_t i)
{
    const struct rds_seal_place place = {s->ckpt, s->ckpt->id, s->vec[i].id,
                                         RDS_SEAL_PART, s->vec[i].offset};

    return rds_seal_make(&place, &s->stamp, s->vec[i].data, &s->changes[i]);
}

static enum store_status contents_make(struct splice *s)
{
    enum store_status st = STORE_OK;
    uint32_t i;

    for (i = 0; i < s->n && st == STORE_OK; i++) {
        *s->bad = i;
        st = element_put(s, s->of[i], &s->vec[i]);
        if (st == STORE_OK && s->ckpt->notify)
            st = change_seal(s, i);
    }
    for (i = 0; i < s->n_sections && st == STORE_OK; i++) {
        struct section *sec = &s->sections[i];
        const struct rds_seal_place place = rds_seal_at(s->ckpt, sec->id);

        *s->bad = sec->first;
        st = rds_seal_make(&place, &s->stamp, (struct clv_bytes){sec->content, sec->size},
                           &sec->sealed);
    }
    return st;
}

/* ---- back into the store ------------------------------------------------- */

static bool is_outside(const struct section *sec)
{
    return sec->sealed.size > INLINE_MAX;
}

static void swap_script(const struct splice *s, struct rds_req *req)
{
    const uint32_t n_changes = s->ckpt->notify ? s->n : 0;
    uint32_t i;

    rds_change_script(req, s->ckpt, script_section_swap,
                      2 + 3 * ((size_t)s->n_sections + n_changes));
    rds_req_value(req, &s->stamp, (struct clv_bytes){NULL, 0});
    rds_req_int(req, s->n_sections);
    for (i = 0; i < s->n_sections; i++) {
        const struct section *sec = &s->sections[i];

        rds_req_arg(req, sec->id);
        rds_req_arg(req, sec->head);
        rds_req_arg(req, is_outside(sec) ? (struct clv_bytes){NULL, 0} : sec->sealed);
    }
    for (i = 0; i < n_changes; i++) {
        rds_req_arg(req, s->vec[i].id);
        rds_req_int(req, (int64_t)s->vec[i].offset);
        rds_req_value(req, &s->stamp, s->changes[i]);
    }
}

static uint32_t outside_count(const struct splice *s)
{
    uint32_t i, n = 0;

    for (i = 0; i < s->n_sections; i++)
        n += is_outside(&s->sections[i]);
    return n;
}

/* Large contents follow the script. */
static void outside_request(const struct splice *s, struct rds_req *req,
                            uint32_t n_outside)
{
    uint32_t i;

    rds_req_plain(req, "MULTI");
    swap_script(s, req);
    for (i = 0; i < s->n_sections; i++)
        if (is_outside(&s->sections[i]))
            rds_req_setnx(req, s->ckpt, s->sections[i].id, &s->stamp,
                          s->sections[i].sealed);
    rds_ckpt_script(req, s->ckpt, script_section_tidy, n_outside);
    for (i = 0; i < s->n_sections; i++)
        if (is_outside(&s->sections[i]))
            rds_req_arg(req, s->sections[i].id);
    rds_req_plain(req, "EXEC");
}

static void swap_note(const struct splice *s, const struct rds_call *call)
{
    uint32_t i;

    for (i = 0; i < s->n_sections; i++)
        rds_kept_note(s->ckpt, call, RDS_STEP_WHOLE,
                      &(struct store_write){s->sections[i].id, s->sections[i].sealed, 0},
                      &s->stamp, STORE_TIME_END);
}

/* *again: somebody was faster, nothing was done. */
static enum store_status swap(const struct splice *s, bool *again, int64_t deadline_ns)
{
    const uint32_t n_outside = outside_count(s);
    const redisReply *answer;
    struct rds_call call;
    enum store_status st;
    int64_t at = 0;

    rds_call_init(&call, true);
    if (n_outside > 0) {
        outside_request(s, &call.req, n_outside);
        st = rds_exec_run(s->ckpt, &call, NULL, deadline_ns);
        answer = rds_reply_at(call.last, 0);
    } else {
        swap_script(s, &call.req);
        st = rds_ckpt_run(s->ckpt, &call, deadline_ns);
        answer = call.last;
    }
    *again = rds_reply_is(rds_reply_at(answer, 0), "CHANGED");
    rds_reply_int(rds_reply_at(answer, 1), &at);
    *s->bad = at > 0 && at < s->n_sections ? s->sections[at].first : 0;
    if (st == STORE_OK)
        swap_note(s, &call);
    atomic_fetch_add(&s->ckpt->changes, 1);
    rds_call_free(&call);
    return *again ? STORE_OK : st;
}

/* ---- all of it ----------------------------------------------------------- */

static void splice_free(struct splice *s)
{
    uint32_t i;

    for (i = 0; s->sections && i < s->n_sections; i++) {
        free(s->sections[i].content);
        free((void *)(uintptr_t)s->sections[i].sealed.base);
    }
    for (i = 0; s->changes && i < s->n; i++)
        free((void *)(uintptr_t)s->changes[i].base);
    free(s->sections);
    free(s->of);
    free(s->changes);
}

/* A section that has no content may not be there at all, and one that is not comes first.
 */
static enum store_status presence(const struct splice *s, enum store_status st,
                                  int64_t deadline_ns)
{
    enum store_status there = STORE_OK;

    if (st == STORE_DAMAGED)
        there = rds_sections_check(s->ckpt, &s->vec->id, sizeof(*s->vec), s->n, s->bad,
                                   deadline_ns);
    return there == STORE_OK ? st : there;
}

static enum store_status splice_once(struct splice *s, bool *again, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;
    size_t finds;

    *again = false;
    if (!sections_find(s))
        return STORE_NO_MEM;
    st = look(s, &call, &finds, deadline_ns);
    if (st == STORE_OK)
        st = contents_take(s, call.last, finds);
    if (st == STORE_OK)
        st = presence(s, contents_make(s), deadline_ns);
    if (st == STORE_OK)
        st = swap(s, again, deadline_ns);
    rds_call_free(&call);
    return st;
}

static enum store_status splice_run(struct store_ckpt *ckpt,
                                    const struct store_write *vec, uint32_t n,
                                    uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st;
    bool again = true;

    do {
        struct splice s = {.ckpt = ckpt, .vec = vec, .n = n, .bad = bad};

        s.stamp = rds_stamp_now(0);
        st = splice_once(&s, &again, deadline_ns);
        splice_free(&s);
    } while (again && clv_now_ns() < deadline_ns);
    return again ? STORE_AWAY : st;
}

enum store_status rds_splice_write(struct store_ckpt *ckpt, const struct store_write *vec,
                                   uint32_t n, uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st = STORE_OK;
    bool splice = false;
    uint32_t i;

    for (i = 0; i < n && !splice; i++)
        splice = vec[i].offset > 0;
    if (n > 0 && !splice)
        st = cover(ckpt, vec, n, bad, &splice, deadline_ns);
    return splice ? splice_run(ckpt, vec, n, bad, deadline_ns) : st;
}
