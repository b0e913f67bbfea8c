/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_reply.h"
#include "backend-redis/rds_script.h"
#include "base/clock.h"

/* ZMSCORE, HRANDFIELD */
enum { NEED_MAJOR = 6, NEED_MINOR = 2 };

struct talk {
    struct rds_conn *conn;
    int64_t deadline_ns;
    char *why;
    size_t why_size;
    char address[280];
};

static enum store_status fail(const struct talk *t, enum store_status st,
                              const char *text)
{
    snprintf(t->why, t->why_size, "%s: %s", t->address, text);
    return st;
}

/* Send req; the reply is new, or NULL with the status. Frees req's memory. */
static redisReply *ask(const struct talk *t, struct rds_req *req, enum store_status *st)
{
    redisReply *reply = NULL;
    enum rds_io io;

    if (req->no_mem) {
        *st = fail(t, STORE_AWAY, "out of memory");
        rds_req_free(req);
        return NULL;
    }
    io = rds_conn_ask(t->conn, req, t->deadline_ns, &reply);
    rds_req_free(req);
    if (io != RDS_IO_OK) {
        *st = fail(t, STORE_AWAY,
                   io == RDS_IO_LATE ? "connected, but no answer" : "connection lost");
        return NULL;
    }
    *st = STORE_OK;
    if (reply->type == REDIS_REPLY_ERROR)
        *st = fail(t, rds_error_status(reply->str), reply->str);
    return reply;
}

/* One command of n words; the reply is new. */
static redisReply *ask_words(const struct talk *t, enum store_status *st, int n, ...)
{
    struct rds_req req;
    va_list ap;

    rds_req_init(&req);
    rds_req_command(&req, (size_t)n);
    va_start(ap, n);
    while (n-- > 0)
        rds_req_text(&req, va_arg(ap, const char *));
    va_end(ap);
    return ask(t, &req, st);
}

/* Free the reply; st is read after it was asked for. */
static enum store_status done(redisReply *reply, const enum store_status *st)
{
    if (reply)
        freeReplyObject(reply);
    return *st;
}

static enum store_status authenticate(const struct talk *t, const struct rds_url *url)
{
    enum store_status st;

    if (!url->password)
        return STORE_OK;
    if (url->user)
        return done(ask_words(t, &st, 3, "AUTH", url->user, url->password), &st);
    return done(ask_words(t, &st, 2, "AUTH", url->password), &st);
}

static enum store_status select_db(const struct talk *t, uint32_t db)
{
    enum store_status st;
    char digits[12];

    if (db == 0)
        return STORE_OK;
    snprintf(digits, sizeof(digits), "%u", db);
    return done(ask_words(t, &st, 2, "SELECT", digits), &st);
}

static enum store_status verify_role(const struct talk *t)
{
    enum store_status st;
    redisReply *reply = ask_words(t, &st, 1, "ROLE");

    if (reply && reply->type == REDIS_REPLY_ERROR)
        st = STORE_OK; /* not allowed to ask: READONLY will tell */
    else if (reply && !rds_reply_is(rds_reply_at(reply, 0), "master"))
        st = fail(t, STORE_AWAY, "is a replica, not a master");
    return done(reply, &st);
}

/* Copy the value of an INFO line into out; empty when it is not there. */
static void info_get(const redisReply *info, const char *key, char *out, size_t size)
{
    const char *at = info->str ? strstr(info->str, key) : NULL;
    size_t len;

    *out = '\0';
    if (!at)
        return;
    at += strlen(key);
    len = strcspn(at, "\r\n");
    if (len < size) {
        memcpy(out, at, len);
        out[len] = '\0';
    }
}

static enum store_status verify_server(const struct talk *t, struct rds_session *session)
{
    enum store_status st;
    redisReply *reply = ask_words(t, &st, 2, "INFO", "server");
    char version[32], text[80], *end;
    long major, minor;

    if (!reply || reply->type == REDIS_REPLY_ERROR) {
        st = reply ? STORE_OK : st;
        return done(reply, &st);
    }
    info_get(reply, "run_id:", session->run_id, sizeof(session->run_id));
    info_get(reply, "redis_version:", version, sizeof(version));
    major = strtol(version, &end, 10);
    minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major > 0 &&
        (major < NEED_MAJOR || (major == NEED_MAJOR && minor < NEED_MINOR))) {
        snprintf(text, sizeof(text), "Redis %s, expected %d.%d or later", version,
                 NEED_MAJOR, NEED_MINOR);
        st = fail(t, STORE_REFUSED, text);
    }
    return done(reply, &st);
}

/* Kill the connection before this one, lest it bring something late. A server that does
 * not let us is taken at its word that the socket was closed. */
static enum store_status fence(const struct talk *t, const struct rds_session *before,
                               struct rds_session *session)
{
    enum store_status st;
    redisReply *reply = ask_words(t, &st, 2, "CLIENT", "ID");
    char id[24];

    if (!reply)
        return st;
    session->client_id = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    freeReplyObject(reply);
    if (!before->client_id || !before->run_id[0] ||
        strcmp(before->run_id, session->run_id))
        return STORE_OK;
    snprintf(id, sizeof(id), "%lld", (long long)before->client_id);
    reply = ask_words(t, &st, 4, "CLIENT", "KILL", "ID", id);
    if (reply)
        st = STORE_OK;
    return done(reply, &st);
}

static enum store_status read_clock(const struct talk *t, int64_t *clock_us)
{
    const int64_t before = clv_now_ns();
    enum store_status st;
    redisReply *reply = ask_words(t, &st, 1, "TIME");
    const int64_t now = before + (clv_now_ns() - before) / 2;
    int64_t sec, us;

    if (st == STORE_OK && (!rds_reply_int(rds_reply_at(reply, 0), &sec) ||
                           !rds_reply_int(rds_reply_at(reply, 1), &us)))
        st = fail(t, STORE_AWAY, "TIME was not answered with a time");
    if (st == STORE_OK)
        *clock_us = sec * 1000000 + us - now / 1000;
    return done(reply, &st);
}

/* An ordinary command is refused while the data set is loading, INFO and ROLE are not. */
static enum store_status verify_ready(const struct talk *t)
{
    enum store_status st;

    return done(ask_words(t, &st, 2, "EXISTS", "clovis:{c:}"), &st);
}

static enum store_status load_scripts(const struct talk *t)
{
    enum store_status st;
    struct rds_req req;

    rds_req_init(&req);
    rds_script_load(&req);
    return done(ask(t, &req, &st), &st);
}

enum store_status rds_session_begin(struct rds_conn *conn, const struct rds_url *url,
                                    const struct rds_session *before,
                                    struct rds_session *session, int64_t *clock_us,
                                    int64_t deadline_ns, char *why, size_t why_size)
{
    struct talk t = {conn, deadline_ns, why, why_size, ""};
    char buf[280];
    enum store_status st;

    snprintf(t.address, sizeof(t.address), "%s", rds_url_address(url, buf, sizeof(buf)));
    memset(session, 0, sizeof(*session));
    st = authenticate(&t, url);
    if (st == STORE_OK)
        st = select_db(&t, url->db);
    if (st == STORE_OK)
        st = verify_role(&t);
    if (st == STORE_OK)
        st = verify_server(&t, session);
    if (st == STORE_OK)
        st = fence(&t, before, session);
    if (st == STORE_OK)
        st = verify_ready(&t);
    if (st == STORE_OK)
        st = load_scripts(&t);
    if (st == STORE_OK)
        st = read_clock(&t, clock_us);
    return st == STORE_OK || st == STORE_AWAY ? st : STORE_REFUSED;
}
