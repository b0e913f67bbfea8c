/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_orphans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_holders.h"
#include "backend-redis/rds_worker.h"
#include "base/clock.h"

enum { VISIT_MAX = 100, VISIT_MS = 2000 };

static void list_key(char out[RDS_NAMESPACE_MAX + 16])
{
    snprintf(out, RDS_NAMESPACE_MAX + 16, "%s:unlinked", rds.prefix);
}

static void list_change(const char *command, const char *id, const char *name_key,
                        int64_t deadline_ns)
{
    const size_t size = RDS_INSTANCE_ID_SIZE + 1 + strlen(name_key) + 1;
    char key[RDS_NAMESPACE_MAX + 16], *member = malloc(size);
    struct rds_call call;

    if (!member)
        return;
    snprintf(member, size, "%s %s", id, name_key);
    list_key(key);
    rds_call_init(&call, false);
    rds_req_command(&call.req, 3);
    rds_req_text(&call.req, command);
    rds_req_text(&call.req, key);
    rds_req_text(&call.req, member);
    rds_run(&call, deadline_ns);
    rds_call_free(&call);
    free(member);
}

void rds_orphans_add(const struct store_ckpt *ckpt, int64_t deadline_ns)
{
    list_change("SADD", ckpt->id, ckpt->name_key, deadline_ns);
}

void rds_orphans_remove(const struct store_ckpt *ckpt, int64_t deadline_ns)
{
    list_change("SREM", ckpt->id, ckpt->name_key, deadline_ns);
}

/* ---- the visit ----------------------------------------------------------- */

static enum store_status list_read(struct rds_call *call, int64_t deadline_ns)
{
    char key[RDS_NAMESPACE_MAX + 16];

    list_key(key);
    rds_call_init(call, false);
    rds_req_command(&call->req, 3);
    rds_req_text(&call->req, "SRANDMEMBER");
    rds_req_text(&call->req, key);
    rds_req_int(&call->req, VISIT_MAX);
    return rds_run(call, deadline_ns);
}

/* Bury the dead holders; without holders it is gone, and so is the reason to list it. */
static void instance_visit(struct store_ckpt *as, const char *name_key,
                           int64_t deadline_ns)
{
    struct rds_call call;

    rds_holders_look(&call, as);
    if (rds_run(&call, deadline_ns) == STORE_OK) {
        rds_holders_bury(as, call.last, deadline_ns);
        rds_call_free(&call);
        rds_holders_look(&call, as);
        if (rds_run(&call, deadline_ns) == STORE_OK &&
            rds_reply_is(rds_reply_at(call.last, 0), "OK") && !rds_holders_any(call.last))
            list_change("SREM", as->id, name_key, deadline_ns);
    }
    rds_call_free(&call);
}

/* "ID NAME-KEY"; what is not of ours is left alone. */
static void member_visit(struct clv_bytes member, int64_t deadline_ns)
{
    struct store_ckpt as = {.id = ""};
    const char *text = member.base, *name_key;

    if (!text || member.size < RDS_INSTANCE_ID_SIZE + 2 ||
        text[RDS_INSTANCE_ID_SIZE] != ' ' || memchr(text, '\0', member.size))
        return;
    memcpy(as.id, text, RDS_INSTANCE_ID_SIZE);
    name_key = text + RDS_INSTANCE_ID_SIZE + 1;
    if (rds_keys_make(&as.keys, name_key, as.id))
        instance_visit(&as, name_key, deadline_ns);
    rds_keys_free(&as.keys);
}

static void visit(void *unused)
{
    const int64_t deadline_ns = clv_deadline_ns(VISIT_MS * CLV_NS_PER_MS);
    struct rds_call call;
    size_t i;

    (void)unused;
    if (list_read(&call, deadline_ns) == STORE_OK)
        for (i = 0; i < call.last->elements && !rds_worker_stopping(); i++)
            member_visit(rds_reply_bytes(call.last->element[i]), deadline_ns);
    rds_call_free(&call);
}

void rds_orphans_visit(int64_t deadline_ns)
{
    struct rds_call call;

    if (list_read(&call, deadline_ns) == STORE_OK && call.last->elements > 0)
        store_defer(visit, NULL);
    rds_call_free(&call);
}
