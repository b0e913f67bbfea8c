/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_repair.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_io.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_stats.h"
#include "base/clock.h"
#include "base/logline.h"

enum {
    BATCH = 32, /* transactions that are under way together */
    CLOCK_ERROR_US =
        5000,      /* how far two processes' ideas of the store's time may differ */
    LINES_MAX = 10 /* losses that are logged one by one */
};

struct repair {
    const struct rds_talk *t;
    int64_t clock_us;
    uint64_t position[RDS_SLOTS]; /* what the new master has, of one checkpoint */
    uint64_t repaired, superseded, lost;
    char refusal[100]; /* the server takes no writes now; empty: it does */
    bool gone;

    struct rds_req req[BATCH];
    struct rds_kept *section[BATCH];
    struct rds_step *step[BATCH];
    size_t n;
};

/* ---- what is there ------------------------------------------------------- */

static redisReply *ask(const struct repair *r, struct rds_req *req, enum store_status *st)
{
    redisReply *reply = rds_talk_ask(r->t, req, st);

    if (*st != STORE_OK)
        *st = STORE_AWAY;
    return reply;
}

static void positions_request(struct rds_req *req, const struct rds_kept_ckpt *c)
{
    char field[RDS_PROC_SIZE + 8];
    int slot;

    rds_req_init(req);
    rds_req_command(req, 2 + RDS_SLOTS);
    rds_req_text(req, "HMGET");
    rds_req_wire(req, rds_ckpt_key(&c->as, RDS_KEY_DATA));
    for (slot = 0; slot < RDS_SLOTS; slot++) {
        snprintf(field, sizeof(field), "w:%s%02d", rds.proc, slot);
        rds_req_text(req, field);
    }
}

static enum store_status positions_read(struct repair *r, const struct rds_kept_ckpt *c)
{
    enum store_status st;
    struct rds_req req;
    redisReply *reply;
    int64_t n;
    int slot;

    positions_request(&req, c);
    reply = ask(r, &req, &st);
    for (slot = 0; slot < RDS_SLOTS; slot++)
        r->position[slot] =
            reply && rds_reply_int(rds_reply_at(reply, slot), &n) ? (uint64_t)n : 0;
    if (reply)
        rds_reply_free(reply);
    return st;
}

static enum store_status presence_read(struct repair *r, const struct rds_kept_ckpt *c)
{
    enum store_status st;
    struct rds_req req;
    redisReply *reply;

    rds_req_init(&req);
    rds_req_command(&req, 2);
    rds_req_text(&req, "EXISTS");
    rds_req_wire(&req, rds_ckpt_key(&c->as, RDS_KEY_META));
    reply = ask(r, &req, &st);
    r->gone = st == STORE_OK && reply->type == REDIS_REPLY_INTEGER && reply->integer == 0;
    if (reply)
        rds_reply_free(reply);
    return st;
}

/* ---- one step ------------------------------------------------------------ */

/* The latest stamp of somebody else that is older than the step for sure, by the clock of
 * the old master and by that of the new one. */
static int64_t bound_us(const struct repair *r, const struct rds_step *step)
{
    const int64_t as_new = step->update_us - step->clock_us + r->clock_us;

    return (as_new < step->update_us ? as_new : step->update_us) - CLOCK_ERROR_US;
}

static struct store_when when(const struct rds_step *step)
{
    return (struct store_when){
        false, step->end_us == STORE_TIME_END ? STORE_TIME_END : step->end_us * 1000};
}

static void step_request(struct repair *r, struct rds_req *req, const struct rds_kept *s,
                         const struct rds_step *step)
{
    const struct store_ckpt *as = &s->of->as;
    const struct rds_stamp stamp = {step->kind == RDS_STEP_CREATE ? RDS_STAMP_CREATED : 0,
                                    rds.writer, step->stamp_us, step->seq, step->sealed};
    const struct store_write w = {s->id, {step->data, step->size}, step->offset};
    char digits[24];

    rds_req_init(req);
    rds_req_plain(req, "MULTI");
    rds_ckpt_script(req, as, script_section_guard, 5);
    rds_req_writer(req, "", rds.proc);
    rds_req_seq(req);
    rds_req_arg(req, s->id);
    rds_req_int(req, rds.writer);
    snprintf(digits, sizeof(digits), "%" PRId64, bound_us(r, step));
    rds_req_text(req, digits);
    rds_req_seal(req, (unsigned)step->slot, step->seq, true);
    switch (step->kind) {
    case RDS_STEP_CREATE:
        rds_create_settle(req, as, s->id, when(step), &stamp, w.data);
        break;
    case RDS_STEP_WHOLE:
        rds_write_settle(req, as, &stamp, &w, 'R');
        break;
    case RDS_STEP_PART:
        rds_write_settle(req, as, &stamp, &w, 'S');
        break;
    case RDS_STEP_END:
        rds_expire_request(req, as, s->id, when(step));
        break;
    case RDS_STEP_DELETE:
        rds_delete_request(req, as, s->id);
        break;
    }
    rds_req_seal(req, (unsigned)step->slot, step->seq, true);
    rds_req_plain(req, "EXEC");
}

/* ---- outcomes ------------------------------------------------------------ */

static void loss_log(struct repair *r, const struct rds_kept_ckpt *c, struct clv_bytes id,
                     const char *why)
{
    if (++r->lost <= LINES_MAX)
        clv_log(CLV_LOG_ERROR,
                "ckpt \"%.100s\" section \"%.*s\": an acknowledged write is lost: %s",
                c->as.name, (int)(id.size < 100 ? id.size : 100),
                id.base ? (const char *)id.base : "", why);
}

/* {{guard's word}, {word...}}; error: what the request has met first, or NULL */
static void outcome(struct repair *r, const redisReply *reply, const char *error,
                    const struct rds_kept *s, const struct rds_step *step)
{
    const redisReply *first = rds_reply_at(reply, 0), *second = rds_reply_at(reply, 1);
    const redisReply *word = rds_reply_at(second, 0);

    if (error && rds_error_status(error) == STORE_AWAY) {
        snprintf(r->refusal, sizeof(r->refusal), "%s", error);
    } else if (rds_reply_is(rds_reply_at(first, 0), "NEWER") ||
               (step->kind == RDS_STEP_CREATE && rds_reply_is(word, "EXISTS")) ||
               (step->kind == RDS_STEP_CREATE && rds_reply_is(word, "PAST")) ||
               (step->kind == RDS_STEP_DELETE && rds_reply_is(word, "ABSENT"))) {
        r->superseded++;
    } else if (rds_reply_is(word, "OK")) {
        r->repaired++;
    } else {
        const char *said = rds_reply_bytes(word).base;

        loss_log(r, s->of, s->id, error ? error : said ? said : "no answer");
    }
}

/* The cause of an EXECABORT comes before it. */
static void cause_note(char *cause, size_t size, const redisReply *reply)
{
    const char *error = rds_reply_error(reply);

    if (error && !cause[0])
        snprintf(cause, size, "%s", error);
}

/* Receive the replies of one request, of which the last counts. */
static enum rds_io replies_read(struct repair *r, size_t i)
{
    struct rds_conn *conn = r->t->conn;
    redisReply *reply, *last = NULL;
    enum rds_io io = RDS_IO_OK;
    char cause[200] = "";
    uint32_t n = 0;

    while (n < r->req[i].n_replies && io == RDS_IO_OK) {
        io = rds_conn_reply(conn, &reply);
        if (io == RDS_IO_OK && !reply) {
            io = rds_conn_recv(conn, r->t->deadline_ns);
        } else if (io == RDS_IO_OK) {
            if (last)
                rds_reply_free(last);
            last = reply;
            cause_note(cause, sizeof(cause), reply);
            n++;
        }
    }
    if (io == RDS_IO_OK)
        outcome(r, last, cause[0] ? cause : NULL, r->section[i], r->step[i]);
    if (last)
        rds_reply_free(last);
    return io;
}

/* Send what was gathered, and see what became of it. */
static enum store_status batch_run(struct repair *r)
{
    enum rds_io io = RDS_IO_OK;
    size_t i;

    for (i = 0; i < r->n && io == RDS_IO_OK; i++)
        io = r->req[i].no_mem ? RDS_IO_LOST
                              : rds_conn_put(r->t->conn, &r->req[i], r->t->deadline_ns);
    if (io == RDS_IO_OK)
        io = rds_conn_flush(r->t->conn, r->t->deadline_ns);
    for (i = 0; i < r->n && io == RDS_IO_OK; i++)
        io = replies_read(r, i);
    for (i = 0; i < r->n; i++)
        rds_req_free(&r->req[i]);
    r->n = 0;
    if (io != RDS_IO_OK)
        return rds_talk_fail(r->t, STORE_AWAY, "connection lost in a repair");
    /* not lost: what was demoted meanwhile, or waits for a replica, is tried again */
    return r->refusal[0] ? rds_talk_fail(r->t, STORE_AWAY, r->refusal) : STORE_OK;
}

/* ---- all of it ----------------------------------------------------------- */

static enum store_status section_repair(struct repair *r, struct rds_kept *s)
{
    enum store_status st = STORE_OK;
    struct rds_step *step;

    TAILQ_FOREACH(step, &s->steps, link)
    {
        if (st != STORE_OK || step->seq <= r->position[step->slot])
            continue;
        r->section[r->n] = s;
        r->step[r->n] = step;
        step_request(r, &r->req[r->n], s, step);
        if (++r->n == BATCH)
            st = batch_run(r);
    }
    return st;
}

/* What was lost and is not kept. How many writes that were is not known: at least one. */
static void dropped_report(struct repair *r, struct rds_kept_ckpt *c)
{
    static const struct clv_bytes unknown = {"(no longer known)", 17};
    int slot;

    for (slot = 0; slot < RDS_SLOTS; slot++)
        if (c->dropped[slot] > r->position[slot]) {
            loss_log(r, c, unknown, "CLOVIS_REPAIR_BYTES was too small to keep it");
            c->dropped[slot] = 0;
        }
}

static enum store_status ckpt_repair(struct repair *r, struct rds_kept_ckpt *c)
{
    enum store_status st = presence_read(r, c);
    struct rds_kept *s, *next;

    if (st == STORE_OK)
        st = positions_read(r, c);
    if (st == STORE_OK && r->gone) {
        loss_log(r, c, (struct clv_bytes){"(all)", 5}, "the checkpoint is gone");
        for (s = LIST_FIRST(&c->sections); s; s = next) {
            next = LIST_NEXT(s, sibling);
            rds_kept_drop(s);
        }
        memset(c->dropped, 0, sizeof(c->dropped));
        return st;
    }
    LIST_FOREACH(s, &c->sections, sibling)
    if (st == STORE_OK)
        st = section_repair(r, s);
    if (st == STORE_OK)
        st = batch_run(r);
    if (st == STORE_OK)
        dropped_report(r, c);
    return st;
}

static void report(const struct repair *r)
{
    rds_stat_add(RDS_STAT_repaired, r->repaired);
    rds_stat_add(RDS_STAT_superseded, r->superseded);
    rds_stat_add(RDS_STAT_unrepairable, r->lost);
    if (r->repaired + r->lost > 0)
        clv_log(r->lost ? CLV_LOG_ERROR : CLV_LOG_WARNING,
                "redis: the new master lacked %" PRIu64
                " acknowledged writes of this process: %" PRIu64
                " written again, %" PRIu64 " lost",
                r->repaired + r->lost, r->repaired, r->lost);
}

/* Also when nothing of it is kept: what was let go of may be lost. */
static bool may_lack(const struct rds_kept_ckpt *c)
{
    int slot;

    for (slot = 0; slot < RDS_SLOTS; slot++)
        if (c->dropped[slot])
            return true;
    return !LIST_EMPTY(&c->sections);
}

enum store_status rds_repair_run(const struct rds_talk *t, int64_t clock_us)
{
    struct repair r = {.t = t, .clock_us = clock_us};
    enum store_status st = STORE_OK;
    struct rds_kept_ckpts *all = rds_kept_lock();
    struct rds_kept_ckpt *c;

    LIST_FOREACH(c, all, link)
    if (st == STORE_OK && may_lack(c))
        st = ckpt_repair(&r, c);
    rds_kept_unlock();
    report(&r);
    return st;
}
