/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_shards.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_tls.h"

/* The text of an answer; false: an error, or no text. */
static bool ask_text(const struct redis *r, char *out, size_t size, const char *fmt, ...)
{
    redisContext *c = redis_raw(r);
    redisReply *reply;
    va_list ap;
    bool ok;

    va_start(ap, fmt);
    reply = redisvCommand(c, fmt, ap);
    va_end(ap);
    ok = reply && reply->type != REDIS_REPLY_ERROR && reply->str;
    snprintf(out, size, "%s", ok ? reply->str : "");
    if (reply)
        freeReplyObject(reply);
    redisFree(c);
    return ok;
}

static void die(const char *what)
{
    fprintf(stderr, "fixture: %s\n", what);
    abort();
}

static int tls_args(struct shards *s, int i, int n)
{
    const char *const args[] = {"--tls-port",         s->tls_port[i],
                                "--tls-cluster",      "yes",
                                "--tls-cert-file",    tls_cert("server.crt"),
                                "--tls-key-file",     tls_cert("server.key"),
                                "--tls-ca-cert-file", tls_cert("ca.crt"),
                                "--tls-auth-clients", "no"};

    snprintf(s->tls_port[i], sizeof(s->tls_port[i]), "%d", free_port());
    memcpy(&s->args[i][n], args, sizeof(args));
    return n + (int)(sizeof(args) / sizeof(*args));
}

static void node_start(struct shards *s, int i)
{
    int n = 0;

    snprintf(s->bus[i], sizeof(s->bus[i]), "%d", free_port());
    s->args[i][n++] = "--cluster-enabled";
    s->args[i][n++] = "yes";
    s->args[i][n++] = "--cluster-port";
    s->args[i][n++] = s->bus[i];
    s->args[i][n++] = "--cluster-node-timeout";
    s->args[i][n++] = "1000";
    s->args[i][n++] = "--cluster-replica-validity-factor";
    s->args[i][n++] = "0";
    s->args[i][n++] = "--repl-diskless-sync-delay";
    s->args[i][n++] = "0";
    if (s->tls)
        n = tls_args(s, i, n);
    s->args[i][n] = NULL;
    redis_start(&s->node[i], true, s->args[i]);
    s->port[i] = s->tls ? atoi(s->tls_port[i]) : s->node[i].port;
    if (!ask_text(&s->node[i], s->id[i], sizeof(s->id[i]), "CLUSTER MYID"))
        die("no cluster node");
}

/* Every node sees all of it. */
static bool is_whole(void *arg)
{
    struct shards *s = arg;
    char info[2048], known[40], size[32];
    int i;

    snprintf(known, sizeof(known), "cluster_known_nodes:%d\r", s->n_nodes);
    snprintf(size, sizeof(size), "cluster_size:%d\r", s->n_masters);
    for (i = 0; i < s->n_nodes; i++)
        if (!ask_text(&s->node[i], info, sizeof(info), "CLUSTER INFO") ||
            !strstr(info, "cluster_state:ok") || !strstr(info, known) ||
            !strstr(info, size))
            return false;
    return true;
}

static bool all_know_all(void *arg)
{
    struct shards *s = arg;
    char nodes[8192];
    int i, j;

    for (i = 0; i < s->n_nodes; i++) {
        if (!ask_text(&s->node[i], nodes, sizeof(nodes), "CLUSTER NODES") ||
            strstr(nodes, "handshake"))
            return false;
        for (j = 0; j < s->n_nodes; j++)
            if (!strstr(nodes, s->id[j]))
                return false;
    }
    return true;
}

static bool replicas_follow(void *arg)
{
    struct shards *s = arg;
    char info[4096];
    int i;

    for (i = s->n_masters; i < s->n_nodes; i++)
        if (!ask_text(&s->node[i], info, sizeof(info), "INFO replication") ||
            !strstr(info, "master_link_status:up"))
            return false;
    return true;
}

/* A node that does not answer in time is forgotten again: every two seconds anew. */
static bool introduce(struct shards *s)
{
    bool met = false;
    int tries, i;

    for (tries = 0; tries < 30 && !met; tries++) {
        for (i = 1; i < s->n_nodes; i++)
            redis_int(&s->node[i], "CLUSTER MEET 127.0.0.1 %d %s", s->port[0], s->bus[0]);
        met = wait_for(all_know_all, s, 2000);
    }
    return met;
}

/* The rest of *s is zero. */
static void start(struct shards *s, int n_masters, bool replicas)
{
    const int part = (SLOTS_N + n_masters - 1) / n_masters;
    size_t used;
    int i;

    s->n_masters = n_masters;
    s->n_nodes = replicas ? 2 * n_masters : n_masters;
    for (i = 0; i < s->n_nodes; i++)
        node_start(s, i);
    for (i = 0; i < n_masters; i++) {
        redis_int(&s->node[i], "CLUSTER ADDSLOTSRANGE %d %d", i * part,
                  (i + 1) * part < SLOTS_N ? (i + 1) * part - 1 : SLOTS_N - 1);
        redis_int(&s->node[i], "CLUSTER SET-CONFIG-EPOCH %d", i + 1);
    }
    if (!introduce(s))
        die("the cluster's nodes do not meet");
    for (i = n_masters; i < s->n_nodes; i++)
        redis_int(&s->node[i], "CLUSTER REPLICATE %s", s->id[i - n_masters]);
    if (!wait_for(is_whole, s, 30000) || !wait_for(replicas_follow, s, 30000))
        die("the cluster does not become whole");
    used = (size_t)snprintf(s->url, sizeof(s->url), "%s://",
                            s->tls ? "rediss-cluster" : "redis-cluster");
    for (i = 0; i < s->n_nodes; i++)
        used += (size_t)snprintf(s->url + used, sizeof(s->url) - used, "%s127.0.0.1:%d",
                                 i ? "," : "", s->port[i]);
}

void shards_start(struct shards *s, int n_masters, bool replicas)
{
    memset(s, 0, sizeof(*s));
    start(s, n_masters, replicas);
}

void shards_start_tls(struct shards *s, int n_masters)
{
    memset(s, 0, sizeof(*s));
    s->tls = true;
    start(s, n_masters, false);
}

void shards_end(struct shards *s)
{
    int i;

    for (i = 0; i < s->n_nodes; i++)
        redis_end(&s->node[i]);
}

bool shards_has(struct shards *s, int node, int slot)
{
    redisContext *c = redis_raw(&s->node[node]);
    redisReply *reply = redisCommand(c, "CLUSTER SLOTS");
    bool has = false;
    size_t i;

    for (i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        const redisReply *e = reply->element[i];

        has = has || (e->element[0]->integer <= slot && e->element[1]->integer >= slot &&
                      strcmp(e->element[2]->element[2]->str, s->id[node]) == 0);
    }
    if (reply)
        freeReplyObject(reply);
    redisFree(c);
    return has;
}

int shards_owner(struct shards *s, int slot)
{
    int i;

    for (i = 0; i < s->n_nodes; i++)
        if (s->node[i].pid && shards_has(s, i, slot))
            return i;
    return -1;
}

int shards_slot_of(struct shards *s, const char *name)
{
    return (int)redis_int(&s->node[0], "CLUSTER KEYSLOT {c:%s}", name);
}

void shards_move_begin(struct shards *s, int slot, int from, int to)
{
    redis_int(&s->node[to], "CLUSTER SETSLOT %d IMPORTING %s", slot, s->id[from]);
    redis_int(&s->node[from], "CLUSTER SETSLOT %d MIGRATING %s", slot, s->id[to]);
}

int shards_move_keys(struct shards *s, int slot, int from, int to, int max)
{
    redisContext *c = redis_raw(&s->node[from]);
    redisReply *keys = redisCommand(c, "CLUSTER GETKEYSINSLOT %d 1000", slot), *moved;
    int i, left, n = keys ? (int)keys->elements : 0;

    for (i = 0, left = n; i < n && i < max; i++) {
        /* REPLACE: of a move that broke off */
        moved =
            redisCommand(c, "MIGRATE 127.0.0.1 %d %b 0 5000 REPLACE", s->node[to].port,
                         keys->element[i]->str, (size_t)keys->element[i]->len);
        if (!moved ||
            (moved->type == REDIS_REPLY_ERROR && strncmp(moved->str, "IOERR", 5)))
            die(moved ? moved->str : "no answer to MIGRATE");
        left -= moved->type != REDIS_REPLY_ERROR;
        freeReplyObject(moved);
    }
    if (keys)
        freeReplyObject(keys);
    redisFree(c);
    return left;
}

void shards_move_end(struct shards *s, int slot, int from, int to)
{
    redis_int(&s->node[to], "CLUSTER SETSLOT %d NODE %s", slot, s->id[to]);
    redis_int(&s->node[from], "CLUSTER SETSLOT %d NODE %s", slot, s->id[to]);
}
