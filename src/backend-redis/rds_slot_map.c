/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_slot_map.h"

#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_slot.h"

/* An empty host, "?" and NULL stand for the host that was asked. */
static bool place_make(const char *host, size_t size, int64_t port,
                       const struct rds_place *from, struct rds_place *out)
{
    if (!host || size == 0 || (size == 1 && *host == '?')) {
        host = from->host;
        size = strlen(host);
    }
    if (size >= sizeof(out->host) || port < 1 || port > 65535)
        return false;
    memset(out, 0, sizeof(*out));
    memcpy(out->host, host, size);
    out->port = (uint16_t)port;
    out->tls = from->tls;
    return true;
}

bool rds_slot_map_redirect(const char *line, const struct rds_place *from,
                           struct rds_place *out)
{
    const char *host = strrchr(line, ' '), *colon = strrchr(line, ':');

    /* an IPv6 address comes without brackets */
    return host && colon && colon > host &&
           place_make(host + 1, (size_t)(colon - host) - 1, strtol(colon + 1, NULL, 10),
                      from, out);
}

/* {first, last, {host, port...}, replicas...} */
bool rds_slot_map_range(const redisReply *map, size_t i, const struct rds_place *from,
                        struct rds_slot_range *out)
{
    const redisReply *range = rds_reply_at(map, i);
    const redisReply *master = rds_reply_at(range, 2);
    const struct clv_bytes host = rds_reply_bytes(rds_reply_at(master, 0));
    int64_t first, last, port;

    if (!rds_reply_int(rds_reply_at(range, 0), &first) ||
        !rds_reply_int(rds_reply_at(range, 1), &last) ||
        !rds_reply_int(rds_reply_at(master, 1), &port) || first < 0 || first > last ||
        last >= RDS_SLOTS_OF_CLUSTER)
        return false;
    out->first = (unsigned)first;
    out->last = (unsigned)last;
    return place_make(host.base, host.size, port, from, &out->place);
}

/* A server on the wrong side of a cut goes on to tell what it knew. */
static enum store_status state_ask(const struct rds_talk *t)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 2, "CLUSTER", "INFO");

    if (!reply)
        return st;
    if (reply->type == REDIS_REPLY_ERROR && strstr(reply->str, "cluster support"))
        st = rds_talk_fail(t, STORE_REFUSED,
                           "is in no Redis Cluster, expected a redis:// URL for it");
    else if (reply->type != REDIS_REPLY_ERROR &&
             (!reply->str || !strstr(reply->str, "cluster_state:ok")))
        st = rds_talk_fail(t, STORE_AWAY, "does not see the whole cluster");
    rds_reply_free(reply);
    return st;
}

redisReply *rds_slot_map_ask(const struct rds_talk *t, enum store_status *st)
{
    redisReply *map;

    *st = state_ask(t);
    if (*st != STORE_OK)
        return NULL;
    map = rds_talk_words(t, st, 2, "CLUSTER", "SLOTS");
    if (*st == STORE_OK && (map->type != REDIS_REPLY_ARRAY || map->elements == 0))
        *st = rds_talk_fail(t, STORE_AWAY, "knows no server that has slots");
    if (*st != STORE_OK && map) {
        rds_reply_free(map);
        map = NULL;
    }
    return map;
}
