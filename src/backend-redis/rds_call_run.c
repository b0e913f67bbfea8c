/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a call that was not executed: again, elsewhere, or not at all. */
#include "backend-redis/rds_call_once.h"

#include <time.h>

#include "backend-redis/rds_script.h"
#include "base/clock.h"
#include "base/logline.h"

enum {
    RETRY_FIRST_MS = 5,
    RETRY_MAX_MS = 100,
    FREE_MOVES = 3 /* from server to server without waiting */
};

/* False when the deadline comes first. */
static bool pause_ms(int ms, int64_t deadline_ns)
{
    const int left = clv_deadline_left_ms(deadline_ns);

    if (left >= 0 && left <= ms)
        return false;
    nanosleep(&(struct timespec){0, (long)ms * 1000000}, NULL);
    return true;
}

static void scripts_reload(struct rds_pipe *pipe, int64_t deadline_ns)
{
    struct rds_call load;

    rds_call_init(&load, false);
    rds_script_load(&load.req);
    if (!load.req.no_mem)
        rds_call_once(pipe, &load, deadline_ns);
    rds_call_free(&load);
}

/* Not executed: do what may help. False when there is no time left. */
static bool prepare_retry(struct rds_pipe *pipe, const char *line, int *wait_ms,
                          int64_t deadline_ns)
{
    if (rds_error_is(line, "NOSCRIPT")) {
        scripts_reload(pipe, deadline_ns);
        return clv_now_ns() < deadline_ns;
    }
    if (rds_error_is(line, "READONLY") || rds_error_is(line, "MASTERDOWN"))
        rds_pipe_drop(pipe); /* the next connection looks for the master */
    if (!pause_ms(*wait_ms, deadline_ns))
        return false;
    *wait_ms = *wait_ms * 2 < RETRY_MAX_MS ? *wait_ms * 2 : RETRY_MAX_MS;
    return true;
}

static enum store_status refusal(struct rds_pipe *pipe, const struct rds_call *call,
                                 const char *line)
{
    const enum store_status st = rds_error_status(line);

    if (rds_pipe_may_complain(pipe))
        clv_log(CLV_LOG_ERROR, "redis: %s", line);
    /* refused now, but an earlier sending may have been applied */
    return st == STORE_REFUSED && call->was_sent && call->mutates ? STORE_UNSURE : st;
}

/* Was sent away, by line or by the router. Returns the pipe to go to; NULL: no time. */
static struct rds_pipe *move(struct rds_pipe *pipe, struct rds_call *call,
                             const char *line, unsigned *n_moves, int *wait_ms,
                             int64_t deadline_ns)
{
    struct rds_pipe *to;

    call->elsewhere = call->asking = false;
    to = pipe->router->where(pipe, call, line);
    /* who is sent to and fro waits until they agree */
    if (to != pipe && ++*n_moves <= FREE_MOVES)
        return clv_now_ns() < deadline_ns ? to : NULL;
    if (!line)
        return to;
    return prepare_retry(pipe, line, wait_ms, deadline_ns) ? to : NULL;
}

static enum store_status run(struct rds_pipe *pipe, struct rds_call *call,
                             int64_t deadline_ns)
{
    int wait_ms = RETRY_FIRST_MS;
    unsigned n_moves = 0;
    enum store_status st;
    const char *line;

    for (;;) {
        st = rds_call_once(pipe, call, deadline_ns);
        if (st == STORE_OK && call->req.no_mem)
            return STORE_UNSURE;
        line = st == STORE_OK ? rds_call_error(call) : NULL;
        if (!line && !call->elsewhere)
            return st;
        if (line && rds_error_status(line) != STORE_AWAY)
            return refusal(pipe, call, line);
        if (!pipe->router && call->impatient)
            return STORE_AWAY;
        if (!pipe->router) {
            if (!prepare_retry(pipe, line, &wait_ms, deadline_ns))
                return STORE_AWAY;
            call->was_sent = false;
        } else {
            pipe = move(pipe, call, line, &n_moves, &wait_ms, deadline_ns);
            if (!pipe || (call->impatient && n_moves > FREE_MOVES))
                return call->slot >= 0 ? STORE_UNSURE : STORE_AWAY;
            if (call->slot < 0)
                call->was_sent = false;
        }
        rds_call_renew(call);
    }
}

enum store_status rds_call_run(struct rds_pipe *pipe, struct rds_call *call,
                               int64_t deadline_ns)
{
    enum store_status st;

    if (call->req.no_mem)
        return STORE_NO_MEM;
    st = run(pipe, call, deadline_ns);
    rds_call_release(call);
    return st;
}
