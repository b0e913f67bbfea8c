/* SPDX-License-Identifier: Apache-2.0 */
/* Whom synchronous writes wait for, against who is there; and who may be promoted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_replicas.h"
#include "tools/doctor.h"

#define INCLUDE "clovis store include ADDRESS"

static void member_check(struct doctor *d, const struct rds_replica *x, const char *self,
                         int64_t offset)
{
    const struct rds_place *at = &d->server[0].link.place;

    if (strcmp(x->address, self) == 0)
        return;
    if (x->excluded)
        doctor_find(d, DOCTOR_WARNING, "members", at,
                    "synchronous writes do not wait for it, and it may not be promoted",
                    "repair it, then " INCLUDE,
                    "member %s is excluded, expected included", x->address);
    else if (!x->listed)
        doctor_find(d, d->strict ? DOCTOR_ERROR : DOCTOR_WARNING, "members", at,
                    d->strict ? "every synchronous write fails until it is back"
                              : "synchronous writes go on without a copy there",
                    "start it, or clovis store exclude ADDRESS",
                    "member %s is not connected and in step, expected that it is",
                    x->address);
    else if (offset - x->offset > 64 << 20)
        doctor_find(d, DOCTOR_WARNING, "members", at,
                    "it lacks that much if the master dies now; synchronous writes wait",
                    "look at its network and disk",
                    "member %s lags %lld bytes, expected few", x->address,
                    (long long)(offset - x->offset));
}

static void members_check(struct doctor *d, struct rds_replicas *all, int64_t offset)
{
    char self[RDS_PLACE_TEXT];
    size_t i;

    rds_place_text(&d->server[0].link.place, self);
    for (i = 0; i < all->n; i++)
        member_check(d, &all->at[i], self, offset);
}

static size_t members_read(struct rds_replicas *all, const redisReply *list)
{
    size_t i, n = 0;

    rds_replicas_members_begin(all);
    for (i = 0; list && list->type == REDIS_REPLY_ARRAY && i + 1 < list->elements;
         i += 2) {
        const struct clv_bytes address = rds_reply_bytes(list->element[i]);

        if (!address.base)
            continue;
        rds_replicas_member(all, address.base, rds_reply_is(list->element[i + 1], "out"));
        n++;
    }
    rds_replicas_members_end(all);
    return n;
}

void doctor_members(struct doctor *d)
{
    static struct rds_replicas all;
    struct store_link *link = &d->server[0].link;
    enum store_status st;
    redisReply *role, *list = NULL;
    int64_t offset = 0;
    size_t n = 0;

    if (!doctor_allow(d, link))
        return;
    list = rds_talk_words(&link->talk, &st, 2, "HGETALL", store_key("members"));
    if (st != STORE_OK)
        doctor_find(d, DOCTOR_NOTE, "members", &link->place,
                    "whom synchronous writes wait for was not looked at",
                    "give the user who looks +hgetall and the keys", "%s", link->why);
    else
        n = members_read(&all, list);
    role = rds_talk_words(&link->talk, &st, 1, "ROLE");
    if (st == STORE_OK && rds_replicas_look(&all, role, &offset))
        members_check(d, &all, offset);
    if (list && d->strict && n == 0)
        doctor_find(d, DOCTOR_WARNING, "members", &link->place,
                    "until one was seen, strict writes wait for nobody", INCLUDE,
                    "no members are known, expected the servers of this deployment");
    if (d->n_replicas == 0)
        doctor_find(d, DOCTOR_WARNING, "replicas", &link->place,
                    "the data is as safe as this one server",
                    "add a replica, and three "
                    "sentinels",
                    "no replica is connected, expected at least 1");
    if (d->n_replicas + 1 > RDS_REPLICAS_MAX)
        doctor_find(d, DOCTOR_WARNING, "replicas", &link->place,
                    "synchronous writes cannot wait for more", "use fewer",
                    "%zu replicas, expected less than %d", d->n_replicas,
                    RDS_REPLICAS_MAX);
    if (role)
        rds_reply_free(role);
    if (list)
        rds_reply_free(list);
}

void doctor_priorities(struct doctor *d)
{
    struct doctor_server *m = &d->server[0];
    long long promotable = 0;
    char text[32];
    size_t i;

    if (d->n_replicas == 0)
        return;
    for (i = 1; i < d->n_servers; i++)
        promotable += doctor_info(&d->server[i], "slave_priority") > 0;
    if (promotable == 0)
        doctor_find(d, DOCTOR_ERROR, "replica-priority", &m->link.place,
                    "no fail-over is possible",
                    "start clovis guard, or CONFIG SET replica-priority 100 on a replica",
                    "no replica that was looked at may be promoted, expected "
                    "replica-priority 100 on one at least");
    if (doctor_allow(d, &m->link) &&
        doctor_setting(d, m, "replica-priority", text, sizeof(text)) && strcmp(text, "0"))
        doctor_find(d, DOCTOR_WARNING, "replica-priority", &m->link.place,
                    "when it returns after a fail-over, it may be promoted with data "
                    "that nobody else has",
                    "run clovis guard", "the master has replica-priority %s, expected 0",
                    text);
}
