/* SPDX-License-Identifier: Apache-2.0 */
/* The sentinels of the URL: each by itself, and what they say of each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"
#include "tools/doctor.h"

/* A fail-over takes down-after-milliseconds and then about that long. */
enum { ELECTION_MS = 5000, DOWN_AFTER_LEAST_MS = 200, OP_TIMEOUT_MS = 14000 };

struct sentinels {
    struct doctor *d;
    char master[RDS_SENTINELS_MAX]
               [RDS_PLACE_TEXT]; /* that each names; empty: no answer */
    uint32_t n_answer;
};

/* A field of SENTINEL MASTER. */
static const char *field(const redisReply *reply, const char *name)
{
    size_t i;

    for (i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements;
         i += 2)
        if (rds_reply_is(reply->element[i], name) &&
            rds_reply_bytes(reply->element[i + 1]).base)
            return reply->element[i + 1]->str;
    return "";
}

static long long number(const redisReply *reply, const char *name)
{
    return strtoll(field(reply, name), NULL, 10);
}

/* ---- one sentinel -------------------------------------------------------- */

/* "SENTINEL SET m NAME VALUE" */
static void setting(struct doctor *d, const struct rds_place *at,
                    enum doctor_severity severity, const char *name, long long is,
                    long long expected, const char *relation, const char *reason)
{
    char remedy[300];

    snprintf(remedy, sizeof(remedy), "SENTINEL SET %s %s %lld on each sentinel",
             store_url()->master, name, expected);
    doctor_find(d, severity, name, at, reason, remedy, "%s %lld, expected %s%lld", name,
                is, relation, expected);
}

static void quorum(struct doctor *d, const struct rds_place *at, const redisReply *m)
{
    const long long n = number(m, "num-other-sentinels") + 1, q = number(m, "quorum");
    const long long majority = n / 2 + 1;

    if (q < 2 && n > 1)
        setting(d, at, DOCTOR_WARNING, "quorum", q, majority, "",
                "one sentinel that sees badly is enough to begin a fail-over");
    else if (q > majority)
        setting(d, at, DOCTOR_WARNING, "quorum", q, majority, "",
                "fewer failures of sentinels than need be stop every fail-over");
}

static void timing(struct doctor *d, const struct rds_place *at, const redisReply *m)
{
    const long long down_ms = number(m, "down-after-milliseconds");
    int64_t limit_ms;

    if (!clv_setting_int("CLOVIS_OP_TIMEOUT_MS", 1, INT32_MAX, OP_TIMEOUT_MS, &limit_ms))
        return; /* it has said why */
    if (down_ms + ELECTION_MS > limit_ms)
        setting(d, at, DOCTOR_WARNING, "down-after-milliseconds", down_ms,
                limit_ms > 2 * ELECTION_MS ? limit_ms - ELECTION_MS : 3000, "at most ",
                "a call gives up (CLOVIS_OP_TIMEOUT_MS) before the fail-over is done");
    else if (down_ms < DOWN_AFTER_LEAST_MS)
        setting(d, at, DOCTOR_NOTE, "down-after-milliseconds", down_ms, 1000, "at least ",
                "a server that is only busy is failed over");
}

static void acquaintance(struct doctor *d, const struct rds_place *at,
                         const redisReply *m)
{
    const long long n = number(m, "num-other-sentinels") + 1;
    const long long in_url = store_url()->n_hosts;

    if (n < in_url)
        doctor_find(d, DOCTOR_WARNING, "sentinels-known", at,
                    "it cannot get a majority together",
                    "see its log; sentinel "
                    "announce-ip, sentinel-user and sentinel-pass, and their network",
                    "it knows %lld sentinels with itself, expected %lld as in the URL", n,
                    in_url);
    else if (n > in_url)
        doctor_find(d, DOCTOR_WARNING, "sentinels-known", at,
                    "the library counts the majority among those of the URL only",
                    "name all sentinels in CLOVIS_REDIS_URL, and SENTINEL RESET the name "
                    "if some are gone for good",
                    "it knows %lld sentinels with itself, expected %lld as in the URL", n,
                    in_url);
    if (number(m, "num-slaves") > 0 &&
        number(m, "parallel-syncs") >= number(m, "num-slaves") &&
        number(m, "num-slaves") > 1)
        setting(
            d, at, DOCTOR_NOTE, "parallel-syncs", number(m, "parallel-syncs"), 1, "",
            "after a fail-over all replicas may be loading at the same time, and none "
            "could be promoted");
}

static void sentinel_quorum_ask(struct doctor *d, struct store_link *link)
{
    enum store_status st;
    redisReply *reply =
        rds_talk_words(&link->talk, &st, 3, "SENTINEL", "CKQUORUM", store_url()->master);

    if (reply && st != STORE_OK && rds_error_is(reply->str, "NOPERM"))
        doctor_find(d, DOCTOR_NOTE, "ckquorum", &link->place,
                    "whether a fail-over could be agreed on was not asked",
                    "clovis doctor --user clovis-admin", "%s", link->why);
    else if (st != STORE_OK)
        doctor_find(d, DOCTOR_ERROR, "ckquorum", &link->place, "no fail-over is possible",
                    "start more sentinels, or look at their logs", "%s", link->why);
    if (reply)
        rds_reply_free(reply);
}

/* A sentinel that does not resolve names never knows a replica that announces one. */
static void hostnames(struct doctor *d, struct store_link *link)
{
    enum store_status st;
    redisReply *reply;

    if (!d->names_host)
        return;
    reply = rds_talk_words(&link->talk, &st, 4, "SENTINEL", "CONFIG", "GET",
                           "resolve-hostnames");
    if (st == STORE_OK && strcmp(field(reply, "resolve-hostnames"), "yes"))
        doctor_find(d, DOCTOR_WARNING, "resolve-hostnames", &link->place,
                    "a replica announces a host name, which this sentinel cannot use",
                    "SENTINEL CONFIG SET resolve-hostnames yes, and announce-hostnames",
                    "resolve-hostnames %s, expected yes",
                    field(reply, "resolve-hostnames"));
    if (reply)
        rds_reply_free(reply);
}

static void open_access(struct doctor *d, const struct rds_place *at)
{
    const struct rds_url *url = store_url();

    if (url->password && !url->sentinel_password && !d->password)
        doctor_find(d, DOCTOR_NOTE, "sentinel-auth", at,
                    "whoever reaches it can order a fail-over, or name another master",
                    "sentinel-users.acl, and CLOVIS_SENTINEL_USER and _PASSWORD_FILE",
                    "the servers want a password, the sentinel none, expected one");
}

static void sentinel_look(struct sentinels *all, struct store_link *link, uint32_t i)
{
    struct doctor *d = all->d;
    enum store_status st;
    redisReply *m =
        rds_talk_words(&link->talk, &st, 3, "SENTINEL", "MASTER", store_url()->master);

    if (st != STORE_OK || !*field(m, "port")) {
        doctor_find(d, DOCTOR_ERROR, "sentinel", &link->place,
                    "a sentinel that does not watch the master is none",
                    "sentinel monitor, in its file; and the name in CLOVIS_REDIS_URL",
                    "%s", st == STORE_OK ? "no answer of a sentinel" : link->why);
    } else {
        all->n_answer++;
        snprintf(all->master[i], sizeof(all->master[i]), "%.200s:%.16s", field(m, "ip"),
                 field(m, "port"));
        quorum(d, &link->place, m);
        timing(d, &link->place, m);
        acquaintance(d, &link->place, m);
        sentinel_quorum_ask(d, link);
        hostnames(d, link);
        open_access(d, &link->place);
    }
    if (m)
        rds_reply_free(m);
}

static void sentinel_enter(struct sentinels *all, uint32_t i)
{
    static struct store_link link;
    struct doctor *d = all->d;

    if (clv_deadline_left_ms(d->deadline_ns) == 0)
        return;
    /* the user who looks may be known to the servers only */
    if (!(d->password && store_link_sentinel(&link, i, d->user, d->password)) &&
        !store_link_sentinel(&link, i, NULL, NULL)) {
        doctor_find(d, DOCTOR_ERROR, "reachable", &link.place,
                    "it has no vote, neither in a fail-over nor when a program starts",
                    "start this sentinel, or let this user in", "%s", link.why);
        return;
    }
    d->reached = true;
    doctor_allow(d, &link);
    doctor_certificates(d, &link, false);
    sentinel_look(all, &link, i);
    store_link_close(&link);
}

/* ---- all of them --------------------------------------------------------- */

static void agreement(struct sentinels *all)
{
    const char *first = NULL;
    uint32_t i, n = store_url()->n_hosts;
    struct rds_place place;

    for (i = 0; i < n; i++) {
        if (!all->master[i][0])
            continue;
        if (!first)
            first = all->master[i];
        rds_url_place(store_url(), i, &place);
        if (strcmp(first, all->master[i]))
            doctor_find(all->d, DOCTOR_ERROR, "agreement", &place,
                        "programs follow the majority; a sentinel that names another "
                        "server is stale, or a fail-over is under way",
                        "wait; if it stays, SENTINEL RESET the name on that sentinel",
                        "it names %s as the master, expected %s as another does",
                        all->master[i], first);
    }
}

static void number_of(struct doctor *d, uint32_t n)
{
    if (n < 3)
        doctor_find(d, DOCTOR_WARNING, "sentinels", NULL,
                    "one that fails stops every fail-over",
                    "three sentinels on three machines, all in CLOVIS_REDIS_URL",
                    "%u sentinels in CLOVIS_REDIS_URL, expected at least 3", (unsigned)n);
    else if (n % 2 == 0)
        doctor_find(
            d, DOCTOR_NOTE, "sentinels", NULL,
            "it bears no more failures than one sentinel less", "one more, or one less",
            "%u sentinels in CLOVIS_REDIS_URL, expected an odd number", (unsigned)n);
}

void doctor_sentinels(struct doctor *d)
{
    static struct sentinels all;
    const struct rds_url *url = store_url();
    uint32_t i;

    if (!rds_url_has_sentinels(url)) {
        if (d->n_replicas > 0)
            doctor_find(d, DOCTOR_NOTE, "sentinels", NULL,
                        "nothing makes a replica the master, and no program finds it",
                        "redis-sentinel:// in CLOVIS_REDIS_URL",
                        "CLOVIS_REDIS_URL names no sentinels, expected three");
        return;
    }
    all.d = d;
    number_of(d, url->n_hosts);
    for (i = 0; i < url->n_hosts; i++)
        sentinel_enter(&all, i);
    agreement(&all);
}
