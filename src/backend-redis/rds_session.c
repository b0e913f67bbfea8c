/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_script.h"
#include "backend-redis/rds_talk.h"
#include "base/clock.h"

/* ZMSCORE, HRANDFIELD */
enum { NEED_MAJOR = 6, NEED_MINOR = 2 };

/* Free the reply; st is read after it was asked for. */
static enum store_status done(redisReply *reply, const enum store_status *st)
{
    if (reply)
        rds_reply_free(reply);
    return *st;
}

static enum store_status select_db(const struct rds_talk *t, uint32_t db)
{
    enum store_status st;
    char digits[12];

    if (db == 0)
        return STORE_OK;
    snprintf(digits, sizeof(digits), "%u", db);
    return done(rds_talk_words(t, &st, 2, "SELECT", digits), &st);
}

static enum store_status verify_role(const struct rds_talk *t)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 1, "ROLE");

    if (reply && reply->type == REDIS_REPLY_ERROR)
        st = STORE_OK; /* not allowed to ask: READONLY will tell */
    else if (reply && !rds_reply_is(rds_reply_at(reply, 0), "master"))
        st = rds_talk_fail(t, STORE_AWAY, "is a replica, not a master");
    return done(reply, &st);
}

/* A node of a cluster serves all keys only when it has every slot. */
static enum store_status verify_alone(const struct rds_talk *t)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 2, "CLUSTER", "INFO");
    char n[24] = "";

    if (reply && reply->type == REDIS_REPLY_ERROR)
        st = STORE_OK; /* not allowed to ask: MOVED will tell */
    else if (reply)
        rds_reply_info(reply, "cluster_size:", n, sizeof(n));
    if (st == STORE_OK && strtoll(n, NULL, 10) > 1)
        st = rds_talk_fail(t, STORE_REFUSED,
                           "is one of several masters of a Redis Cluster, expected a "
                           "redis-cluster:// or rediss-cluster:// URL for it");
    return done(reply, &st);
}

static enum store_status verify_server(const struct rds_talk *t,
                                       struct rds_session *session)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 2, "INFO", "server");
    char version[32], mode[16], text[80], *end;
    long major, minor;

    if (!reply || reply->type == REDIS_REPLY_ERROR) {
        st = reply ? STORE_OK : st;
        return done(reply, &st);
    }
    rds_reply_info(reply, "run_id:", session->run_id, sizeof(session->run_id));
    rds_reply_info(reply, "redis_version:", version, sizeof(version));
    rds_reply_info(reply, "redis_mode:", mode, sizeof(mode));
    session->clustered = strcmp(mode, "cluster") == 0;
    major = strtol(version, &end, 10);
    minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major > 0 &&
        (major < NEED_MAJOR || (major == NEED_MAJOR && minor < NEED_MINOR))) {
        snprintf(text, sizeof(text), "Redis %s, expected %d.%d or later", version,
                 NEED_MAJOR, NEED_MINOR);
        st = rds_talk_fail(t, STORE_REFUSED, text);
    }
    return done(reply, &st);
}

/* The id of the data's history: another one means that a fail-over, or a restart, lies
 * between. */
static enum store_status read_history(const struct rds_talk *t,
                                      struct rds_session *session)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 2, "INFO", "replication");
    char n[24];

    if (reply && reply->type == REDIS_REPLY_ERROR) {
        st = STORE_OK;
    } else if (reply) {
        rds_reply_info(reply, "master_replid:", session->replid, sizeof(session->replid));
        rds_reply_info(reply, "master_replid2:", session->before,
                       sizeof(session->before));
        rds_reply_info(reply, "connected_slaves:", n, sizeof(n));
        session->n_replicas = strtoll(n, NULL, 10);
    }
    return done(reply, &st);
}

/* Kill the connection before this one, lest it bring something late. A server that does
 * not let us is taken at its word that the socket was closed. */
static enum store_status fence(const struct rds_talk *t, const struct rds_session *before,
                               struct rds_session *session)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 2, "CLIENT", "ID");
    char id[24];

    if (!reply)
        return st;
    session->client_id = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    rds_reply_free(reply);
    if (!before->client_id || !before->run_id[0] ||
        strcmp(before->run_id, session->run_id))
        return STORE_OK;
    snprintf(id, sizeof(id), "%lld", (long long)before->client_id);
    reply = rds_talk_words(t, &st, 4, "CLIENT", "KILL", "ID", id);
    if (reply)
        st = STORE_OK;
    return done(reply, &st);
}

static enum store_status read_clock(const struct rds_talk *t, int64_t *clock_us)
{
    const int64_t before = clv_now_ns();
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 1, "TIME");
    const int64_t now = before + (clv_now_ns() - before) / 2;
    int64_t sec = 0, us = 0;

    if (st == STORE_OK && (!rds_reply_int(rds_reply_at(reply, 0), &sec) ||
                           !rds_reply_int(rds_reply_at(reply, 1), &us)))
        st = rds_talk_fail(t, STORE_AWAY, "TIME was not answered with a time");
    if (st == STORE_OK)
        *clock_us = sec * 1000000 + us - now / 1000;
    return done(reply, &st);
}

/* This is refused while the data set is loading, too, which INFO and ROLE are not. */
static enum store_status load_scripts(const struct rds_talk *t)
{
    enum store_status st;
    struct rds_req req;

    rds_req_init(&req);
    rds_script_load(&req);
    return done(rds_talk_ask(t, &req, &st), &st);
}

enum store_status rds_session_begin(struct rds_conn *conn, const struct rds_place *place,
                                    const struct rds_url *url,
                                    const struct rds_session *before,
                                    struct rds_session *session, int64_t *clock_us,
                                    int64_t deadline_ns, char *why, size_t why_size)
{
    const struct rds_talk t = {conn, place, deadline_ns, why, why_size};
    enum store_status st;

    memset(session, 0, sizeof(*session));
    st = rds_talk_auth(&t, url->user, url->password);
    if (st == STORE_OK)
        st = select_db(&t, url->db);
    if (st == STORE_OK)
        st = verify_role(&t);
    if (st == STORE_OK)
        st = verify_server(&t, session);
    if (st == STORE_OK && session->clustered && !rds_url_is_cluster(url))
        st = verify_alone(&t);
    if (st == STORE_OK)
        st = read_history(&t, session);
    if (st == STORE_OK)
        st = fence(&t, before, session);
    if (st == STORE_OK)
        st = load_scripts(&t);
    if (st == STORE_OK)
        st = read_clock(&t, clock_us);
    return st == STORE_OK || st == STORE_AWAY ? st : STORE_REFUSED;
}
