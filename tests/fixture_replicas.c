/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_replicas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void node_args(struct group *g, int i, const char *const *more)
{
    static const char *const common[] = {"--repl-diskless-sync-delay", "0",
                                         "--repl-ping-replica-period", "1", NULL};
    const char **a = g->args[i];
    size_t n = 0, k;

    for (k = 0; common[k]; k++)
        a[n++] = common[k];
    if (i > 0) {
        a[n++] = "--replicaof";
        a[n++] = "127.0.0.1";
        a[n++] = strchr(g->address[0], ':') + 1;
    }
    for (k = 0; more && more[k] && n < 23; k++)
        a[n++] = more[k];
    a[n] = NULL;
}

struct settled {
    const struct redis *node;
    long long replicas;
};

/* All that are connected have acknowledged all that there is. */
static bool is_settled(void *arg)
{
    const struct settled *s = arg;
    redisContext *raw = redis_raw(s->node);
    redisReply *role = redisCommand(raw, "ROLE");
    bool ok = role && role->type == REDIS_REPLY_ARRAY && role->elements == 3 &&
              role->element[2]->type == REDIS_REPLY_ARRAY &&
              (long long)role->element[2]->elements == s->replicas;
    size_t i;

    for (i = 0; ok && i < role->element[2]->elements; i++)
        ok = strtoll(role->element[2]->element[i]->element[2]->str, NULL, 10) > 0;
    if (role)
        freeReplyObject(role);
    redisFree(raw);
    return ok;
}

void group_settle(struct group *g, int i, int replicas)
{
    struct settled s = {&g->node[i], replicas};

    if (wait_for(is_settled, &s, 20000))
        return;
    fprintf(stderr, "fixture: node %d does not get %d replicas\n", i, replicas);
    abort();
}

void group_start(struct group *g, int n, const char *const *more)
{
    char url[224];
    int i;

    memset(g, 0, sizeof(*g));
    g->n = n;
    for (i = 0; i < n; i++) {
        node_args(g, i, more);
        redis_start(&g->node[i], true, g->args[i]);
        snprintf(g->address[i], sizeof(g->address[i]), "127.0.0.1:%d", g->node[i].port);
    }
    snprintf(g->vip, sizeof(g->vip), "%s/vip", g->node[0].dir);
    snprintf(url, sizeof(url), "unix://%s", g->vip);
    setenv("CLOVIS_REDIS_URL", url, 1);
    group_point(g, 0);
    group_settle(g, 0, n - 1);
}

void group_point(struct group *g, int i)
{
    char new[220];

    snprintf(new, sizeof(new), "%s.new", g->vip);
    if (symlink(g->node[i].socket, new) || rename(new, g->vip))
        abort();
}

static void order(const struct redis *node, const char *host, int port)
{
    redisContext *raw = redis_raw(node);
    redisReply *r = port ? redisCommand(raw, "REPLICAOF %s %d", host, port)
                         : redisCommand(raw, "REPLICAOF NO ONE");

    if (r)
        freeReplyObject(r);
    redisFree(raw);
}

void group_promote(struct group *g, int i)
{
    int k;

    order(&g->node[i], NULL, 0);
    for (k = 0; k < g->n; k++)
        if (k != i && g->node[k].pid)
            order(&g->node[k], "127.0.0.1", g->node[i].port);
    group_point(g, i);
}

void group_end(struct group *g)
{
    int i;

    for (i = g->n - 1; i >= 0; i--)
        redis_end(&g->node[i]);
}
