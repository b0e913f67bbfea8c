/* SPDX-License-Identifier: Apache-2.0 */
/* The connection of the synchronous writes, and the list of members that they wait for.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_durable_in.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_owner.h"
#include "backend-redis/rds_talk.h"
#include "base/clock.h"
#include "base/logline.h"

enum {
    CONNECT_MS = 3000,
    REFRESH_MS = 1000 /* how old the list of members may be */
};

/* ---- the list of members ------------------------------------------------- */

static void members_key(char *out, size_t size)
{
    snprintf(out, size, "%s:members", rds.prefix);
}

/* {address, "in" or "out", ...}. Lock held. */
static void members_take(const redisReply *list)
{
    size_t i;

    if (!list || list->type != REDIS_REPLY_ARRAY)
        return;
    rds_replicas_members_begin(&rds_durable.replicas);
    for (i = 0; i + 1 < list->elements; i += 2)
        if (rds_reply_bytes(list->element[i]).base)
            rds_replicas_member(&rds_durable.replicas, list->element[i]->str,
                                rds_reply_is(list->element[i + 1], "out"));
    rds_replicas_members_end(&rds_durable.replicas);
}

/* HSETNX for each that is connected, and for the master itself: it will be a replica
 * after the next fail-over. Lock held. */
static void members_add(struct rds_req *req, const char *key)
{
    struct rds_replicas *r = &rds_durable.replicas;
    size_t i;

    for (i = 0; i < r->n + 1; i++) {
        const char *address = i < r->n ? r->at[i].address : r->self[1];

        if (!address[0] || (i < r->n && !r->at[i].listed))
            continue;
        rds_req_command(req, 4);
        rds_req_text(req, "HSETNX");
        rds_req_text(req, key);
        rds_req_text(req, address);
        rds_req_text(req, "in");
    }
    r->strangers = false;
}

static void members_request(struct rds_req *req)
{
    char key[RDS_NAMESPACE_MAX + 16];

    members_key(key, sizeof(key));
    pthread_mutex_lock(&rds_durable.pipe.lock);
    members_add(req, key);
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    rds_req_command(req, 2);
    rds_req_text(req, "HGETALL");
    rds_req_text(req, key);
}

void rds_durable_members_refresh(void)
{
    struct rds_call call;

    rds_call_init(&call, false);
    call.impatient = true;
    members_request(&call.req);
    if (rds_run(&call, clv_deadline_ns(REFRESH_MS * CLV_NS_PER_MS)) == STORE_OK) {
        pthread_mutex_lock(&rds_durable.pipe.lock);
        members_take(call.last);
        pthread_mutex_unlock(&rds_durable.pipe.lock);
    }
    rds_call_free(&call);
    rds_durable.refresh_ns = clv_deadline_ns(REFRESH_MS * CLV_NS_PER_MS);
}

/* ---- connecting ---------------------------------------------------------- */

/* The addresses under which the master may be known to its replicas. Lock held. */
static void self_note(const struct rds_conn *conn, const struct rds_place *place)
{
    struct rds_replicas *r = &rds_durable.replicas;
    struct sockaddr_storage sa;
    socklen_t len = sizeof(sa);
    struct rds_place peer = {.port = place->port};

    rds_place_text(place, r->self[0]);
    r->self[1][0] = '\0';
    if (place->port && getpeername(conn->fd, (struct sockaddr *)&sa, &len) == 0 &&
        getnameinfo((struct sockaddr *)&sa, len, peer.host, sizeof(peer.host), NULL, 0,
                    NI_NUMERICHOST) == 0)
        rds_place_text(&peer, r->self[1]);
}

/* The next member that is absent, from *i on. */
static bool absent_next(size_t *i, char out[RDS_PLACE_TEXT])
{
    const struct rds_replicas *r = &rds_durable.replicas;
    bool found = false;

    pthread_mutex_lock(&rds_durable.pipe.lock);
    for (; *i < r->n && !found; ++*i) {
        found = !r->at[*i].listed && !r->at[*i].excluded;
        memcpy(out, r->at[*i].address, RDS_PLACE_TEXT);
    }
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    return found;
}

/* Behind a virtual address or a socket, the master may be a member under another name. */
static void self_find(void)
{
    char address[RDS_PLACE_TEXT];
    size_t i = 0;

    while (absent_next(&i, address)) {
        if (!rds_owner_is_at(address, rds_durable.session.run_id))
            continue;
        pthread_mutex_lock(&rds_durable.pipe.lock);
        memcpy(rds_durable.replicas.self[2], address, RDS_PLACE_TEXT);
        pthread_mutex_unlock(&rds_durable.pipe.lock);
    }
}

/* Add the histories that this process has seen to those that are noted in the store. If
 * it does not let us, the one before is known all the same. */
static void lineage_note(const struct rds_talk *t)
{
    char key[RDS_NAMESPACE_MAX + 16], text[RDS_LINEAGE_TEXT];
    struct rds_lineage all = {.n = 0};
    enum store_status st;
    redisReply *reply;
    size_t i;

    snprintf(key, sizeof(key), "%s:lineage", rds.prefix);
    reply = rds_talk_words(t, &st, 2, "GET", key);
    if (!reply)
        return;
    rds_lineage_merge(&all, rds_reply_bytes(reply));
    for (i = 0; i < rds_durable.lineage.n; i++)
        rds_lineage_add(&all, rds_durable.lineage.id[i]);
    rds_lineage_add(&all, rds_durable.session.before);
    rds_lineage_add(&all, rds_durable.session.replid);
    rds_durable.lineage = all;
    rds_lineage_text(&all, text);
    if (!rds_reply_is(reply, text)) {
        rds_reply_free(reply);
        reply = rds_talk_words(t, &st, 3, "SET", key, text);
    }
    if (reply)
        rds_reply_free(reply);
}

/* Who is there, and who should be. */
static enum store_status survey(const struct rds_talk *t, uint64_t generation)
{
    enum store_status st;
    redisReply *role = rds_talk_words(t, &st, 1, "ROLE"), *list = NULL;
    struct rds_req req;
    int64_t offset;
    bool is_new = false;

    if (st == STORE_OK) {
        pthread_mutex_lock(&rds_durable.pipe.lock);
        is_new = rds_durable.generation != generation;
        if (is_new) {
            rds_replicas_reset(&rds_durable.replicas);
            rds_durable.replicas.self[2][0] = '\0';
        }
        rds_durable.generation = generation;
        self_note(t->conn, t->place);
        if (!rds_replicas_look(&rds_durable.replicas, role, &offset))
            st = rds_talk_fail(t, STORE_AWAY, "is not a master");
        pthread_mutex_unlock(&rds_durable.pipe.lock);
    }
    if (role)
        rds_reply_free(role);
    if (st != STORE_OK)
        return st;
    rds_req_init(&req);
    members_request(&req);
    list = rds_talk_ask(t, &req, &st);
    if (st == STORE_OK) {
        pthread_mutex_lock(&rds_durable.pipe.lock);
        members_take(list);
        pthread_mutex_unlock(&rds_durable.pipe.lock);
    }
    if (list)
        rds_reply_free(list);
    if (st == STORE_OK && is_new) {
        lineage_note(t);
        self_find();
    }
    return st;
}

/* A strict write that cannot be acknowledged is better not executed at all. */
static enum store_status everybody_there(const struct rds_talk *t)
{
    char text[RDS_PLACE_TEXT + 60];
    const char *absent;

    if (!rds_durable.replicas.strict)
        return STORE_OK;
    pthread_mutex_lock(&rds_durable.pipe.lock);
    absent = rds_replicas_absent(&rds_durable.replicas);
    if (absent)
        snprintf(text, sizeof(text), "strict, but member %s is not connected to it",
                 absent);
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    return absent ? rds_talk_fail(t, STORE_AWAY, text) : STORE_OK;
}

static bool is_generation(const struct rds_generation *g, const struct rds_session *s)
{
    return strcmp(g->run_id, s->run_id) == 0 && strcmp(g->replid, s->replid) == 0;
}

static enum store_status enter(const struct rds_talk *t, const struct rds_generation *g)
{
    struct rds_session session;
    struct rds_generation now;
    enum store_status st;
    int64_t clock_us;

    st = rds_session_begin(t->conn, t->place, &rds.url, &rds_durable.session, &session,
                           &clock_us, t->deadline_ns, t->why, t->why_size);
    if (st != STORE_OK)
        return st;
    rds_durable.session = session;
    if (!is_generation(g, &session)) {
        rds_generation_get(&now);
        if (now.number == g->number)
            rds_pipe_drop(&rds.pipe); /* it is about to find out itself */
        return rds_talk_fail(t, STORE_AWAY, "is not the server of before");
    }
    st = survey(t, g->number);
    return st == STORE_OK ? everybody_there(t) : st;
}

static enum store_status connect_once(char *why, size_t why_size)
{
    const int64_t deadline_ns = clv_deadline_ns(CONNECT_MS * CLV_NS_PER_MS);
    struct rds_generation g;
    struct rds_place place;
    struct rds_conn conn;
    struct rds_talk t = {&conn, &place, deadline_ns, why, why_size};
    enum store_status st;

    rds_generation_get(&g);
    rds_place_get(&place);
    if (!g.number)
        return STORE_AWAY;
    st = rds_conn_open(&conn, &place, &rds_durable.cancel, deadline_ns, why, why_size);
    if (st != STORE_OK)
        return st;
    st = enter(&t, &g);
    if (st != STORE_OK) {
        rds_conn_close(&conn);
        return st;
    }
    pthread_mutex_lock(&rds_durable.pipe.lock);
    rds_pipe_raise(&rds_durable.pipe, &conn, g.number);
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    rds_durable.refresh_ns = clv_deadline_ns(REFRESH_MS * CLV_NS_PER_MS);
    return STORE_OK;
}

void rds_durable_reconnect(void)
{
    char why[256] = "";
    const enum store_status st = connect_once(why, sizeof(why));

    if (st == STORE_OK)
        return;
    rds_pipe_refuse(&rds_durable.pipe, st == STORE_AWAY ? STORE_OK : st);
    if (why[0] && rds_pipe_may_complain(&rds_durable.pipe))
        clv_log(CLV_LOG_WARNING, "redis: no synchronous writes now: %s", why);
    pthread_mutex_lock(&rds_durable.pipe.lock);
    rds_durable_rest();
    pthread_mutex_unlock(&rds_durable.pipe.lock);
}
