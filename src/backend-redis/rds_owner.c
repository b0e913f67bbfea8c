/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_talk.h"
#include "base/clock.h"
#include "base/logline.h"

enum { ASK_MS = 300 };

/* "10.0.0.2:6379" or "[::1]:6379". */
static bool address_parse(const char *address, struct rds_place *out)
{
    const char *colon = strrchr(address, ':');
    const bool brackets = address[0] == '[';
    size_t len;

    memset(out, 0, sizeof(*out));
    if (!colon || colon == address)
        return false;
    len = (size_t)(colon - address) - 2 * brackets;
    if (len >= sizeof(out->host))
        return false;
    memcpy(out->host, address + brackets, len);
    out->port = (uint16_t)strtoul(colon + 1, NULL, 10);
    out->tls = rds.url.scheme == RDS_TLS || rds.url.scheme == RDS_SENTINEL_TLS;
    return out->port != 0;
}

/* The answer of the server at address to a question of one or two words, or NULL. */
static redisReply *ask(const char *address, const char *word, const char *more)
{
    const int64_t deadline_ns = clv_deadline_ns(ASK_MS * CLV_NS_PER_MS);
    struct rds_place place;
    struct rds_conn conn;
    char why[200];
    const struct rds_talk t = {&conn, &place, deadline_ns, why, sizeof(why)};
    redisReply *reply = NULL;
    enum store_status st;

    if (!address_parse(address, &place) ||
        rds_conn_open(&conn, &place, NULL, deadline_ns, why, sizeof(why)) != STORE_OK)
        return NULL;
    st = rds_talk_auth(&t, rds.url.user, rds.url.password);
    if (st == STORE_OK)
        reply = rds_talk_words(&t, &st, more ? 2 : 1, word, more);
    rds_conn_close(&conn);
    return reply;
}

/* What a member that is missing may be measured by. */
struct claim {
    const struct rds_lineage *lineage;
    const char *current;
};

/* A promoted replica begins a history of its own; who still has one that ours goes on
 * from has not been a replica since. */
static bool is_former(const char *address, const struct claim *ours)
{
    redisReply *info = ask(address, "INFO", "replication");
    char replid[48] = "";

    if (info) {
        rds_reply_info(info, "master_replid:", replid, sizeof(replid));
        rds_reply_free(info);
    }
    return rds_lineage_has(ours->lineage, replid) && strcmp(replid, ours->current) != 0;
}

static bool was_promoted(const char *address, const struct claim *ours)
{
    redisReply *role = ask(address, "ROLE", NULL);
    const bool is_master = rds_reply_is(rds_reply_at(role, 0), "master");

    if (role)
        rds_reply_free(role);
    return is_master && !is_former(address, ours);
}

bool rds_owner_is_at(const char *address, const char *run_id)
{
    redisReply *info = ask(address, "INFO", "server");
    const struct clv_bytes text = rds_reply_bytes(info);
    const bool is = run_id[0] && text.base && strstr(text.base, run_id);

    if (info)
        rds_reply_free(info);
    return is;
}

enum rds_owner rds_owner_check(char (*missing)[RDS_PLACE_TEXT], size_t n_missing,
                               const struct rds_lineage *lineage, const char *current,
                               int64_t contact_ms, int64_t deadline_ns)
{
    const struct claim ours = {lineage, current};
    size_t i;

    for (i = 0; i < n_missing; i++) {
        if (!was_promoted(missing[i], &ours))
            continue;
        if (rds_pipe_may_complain(&rds.pipe))
            clv_log(
                CLV_LOG_ERROR,
                "redis: %s, a replica of before, says that it is a master: nothing is "
                "acknowledged here until that is settled",
                missing[i]);
        return RDS_OWNER_NO;
    }
    return rds_master_confirm(contact_ms, deadline_ns) == STORE_OK ? RDS_OWNER_YES
                                                                   : RDS_OWNER_UNCLEAR;
}
