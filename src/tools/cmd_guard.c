/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clovis guard: Sentinel compares bare offsets, so after a fail-over it would promote a
 * returned master whose data nobody else has over a replica that has all that was
 * acknowledged. The guard keeps replica-priority 0, which forbids that, on a server while
 * it is a master, or not in step with the one master, or excluded.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/logline.h"
#include "tools/cmd_store.h"
#include "tools/store_link.h"

enum { NODES_MAX = 32, PRIORITY_NORMAL = 100 };

struct node {
    char address[RDS_PLACE_TEXT];
    bool excluded;
    bool in_step;   /* the master lists it */
    long normal;    /* priority when it may be promoted */
    char last[120]; /* what was logged about it last */
};

struct guard {
    struct node node[NODES_MAX];
    size_t n;
    int interval_ms;
    bool once;
    char master[RDS_PLACE_TEXT];
    bool complained;
};

static struct node *node_get(struct guard *g, const char *address)
{
    struct node *x;
    size_t i;

    for (i = 0; i < g->n; i++)
        if (strcmp(g->node[i].address, address) == 0)
            return &g->node[i];
    if (g->n == NODES_MAX)
        return NULL;
    x = &g->node[g->n++];
    memset(x, 0, sizeof(*x));
    snprintf(x->address, sizeof(x->address), "%s", address);
    x->normal = PRIORITY_NORMAL;
    return x;
}

/* One line per change, not one per round. */
static void node_log(struct node *x, enum clv_sev severity, const char *what)
{
    if (strcmp(x->last, what) == 0)
        return;
    snprintf(x->last, sizeof(x->last), "%s", what);
    clv_log(severity, "guard: %s: %s", x->address, what);
}

/* ---- what the master knows ----------------------------------------------- */

static void replicas_read(struct guard *g, const redisReply *role)
{
    const redisReply *list = rds_reply_at(role, 2);
    struct rds_place place = {.tls = false};
    char address[RDS_PLACE_TEXT];
    struct node *x;
    int64_t port, offset;
    size_t i;

    for (i = 0; list && list->type == REDIS_REPLY_ARRAY && i < list->elements; i++) {
        const redisReply *one = list->element[i];
        const struct clv_bytes host = rds_reply_bytes(rds_reply_at(one, 0));

        if (!host.base || !rds_reply_int(rds_reply_at(one, 1), &port) ||
            !rds_reply_int(rds_reply_at(one, 2), &offset))
            continue;
        snprintf(place.host, sizeof(place.host), "%s", (const char *)host.base);
        place.port = (uint16_t)port;
        x = node_get(g, rds_place_text(&place, address));
        if (x)
            x->in_step = offset > 0;
    }
}

static void members_read(struct guard *g, const redisReply *list)
{
    struct node *x;
    size_t i;

    for (i = 0; list && list->type == REDIS_REPLY_ARRAY && i + 1 < list->elements;
         i += 2) {
        x = node_get(g, list->element[i]->str);
        if (x)
            x->excluded = rds_reply_is(list->element[i + 1], "out");
    }
}

/* Ask the one master who is in step with it. False: there is none, nothing may be
 * decided now. */
static bool master_survey(struct guard *g, char *why, size_t why_size)
{
    struct store_link link;
    struct rds_place place;
    enum store_status st;
    redisReply *role, *list = NULL;
    size_t i;
    bool is;

    if (!store_master_find(&place, why, why_size))
        return false;
    if (!store_link_open(&link, &place)) {
        snprintf(why, why_size, "%s", link.why);
        return false;
    }
    role = rds_talk_words(&link.talk, &st, 1, "ROLE");
    is = st == STORE_OK && rds_reply_is(rds_reply_at(role, 0), "master");
    if (is)
        list = rds_talk_words(&link.talk, &st, 2, "HGETALL", store_key("members"));
    snprintf(why, why_size, "%s", is ? "" : "the master says that it is none");
    for (i = 0; i < g->n && is; i++)
        g->node[i].in_step = false;
    if (is) {
        replicas_read(g, role);
        members_read(g, list);
        rds_place_text(&place, g->master);
        node_get(g, g->master);
    }
    if (role)
        rds_reply_free(role);
    if (list)
        rds_reply_free(list);
    store_link_close(&link);
    return is;
}

/* ---- one server ---------------------------------------------------------- */

static bool config_set(struct store_link *link, long priority)
{
    char digits[24];
    enum store_status st;
    redisReply *reply;
    bool ok;

    snprintf(digits, sizeof(digits), "%ld", priority);
    reply =
        rds_talk_words(&link->talk, &st, 4, "CONFIG", "SET", "replica-priority", digits);
    ok = st == STORE_OK;
    if (reply)
        rds_reply_free(reply);
    if (!ok)
        return false;
    /* so that it outlives a restart; a server without a configuration file cannot */
    reply = rds_talk_words(&link->talk, &st, 2, "CONFIG", "REWRITE");
    if (reply)
        rds_reply_free(reply);
    return true;
}

/* Is the server a replica of the one master, or something else? */
static const char *why_not(const struct guard *g, const struct node *x,
                           const redisReply *info)
{
    char text[300];

    if (strcmp(store_info(info, "role", text, sizeof(text)), "master") == 0)
        return strcmp(x->address, g->master) == 0 ? "is the master"
                                                  : "is a master, but not the one";
    if (x->excluded)
        return "is excluded";
    if (strcmp(store_info(info, "master_link_status", text, sizeof(text)), "up"))
        return "has no link to the master";
    return x->in_step ? NULL : "is not in step with the master";
}

static bool node_place(const struct node *x, struct rds_place *out)
{
    if (x->address[0] != '/')
        return store_address_parse(x->address, out);
    memset(out, 0, sizeof(*out));
    snprintf(out->host, sizeof(out->host), "%s", x->address);
    return true;
}

static void node_guard(struct guard *g, struct node *x)
{
    struct store_link link;
    struct rds_place place;
    enum store_status st;
    redisReply *info;
    char text[64], line[120];
    const char *reason;
    long now, wanted;

    if (!node_place(x, &place))
        return;
    if (!store_link_open(&link, &place)) {
        node_log(x, CLV_LOG_WARNING, "cannot be reached");
        return;
    }
    info = rds_talk_words(&link.talk, &st, 1, "INFO");
    if (st == STORE_OK &&
        store_config_get(&link, "replica-priority", text, sizeof(text))) {
        now = strtol(text, NULL, 10);
        if (now > 0)
            x->normal = now;
        reason = why_not(g, x, info);
        wanted = reason ? 0 : x->normal;
        snprintf(line, sizeof(line), "%s: replica-priority %ld",
                 reason ? reason : "is in step with the master", wanted);
        if (now == wanted || config_set(&link, wanted))
            node_log(x, CLV_LOG_INFO, line);
        else
            node_log(x, CLV_LOG_ERROR, "refuses CONFIG SET replica-priority");
    } else {
        node_log(x, CLV_LOG_ERROR, "refuses INFO or CONFIG GET");
    }
    if (info)
        rds_reply_free(info);
    store_link_close(&link);
}

/* ---- rounds -------------------------------------------------------------- */

/* Without a master everything stays as it is: somebody is about to be promoted. */
static bool round_run(struct guard *g)
{
    char why[320] = "";
    size_t i;

    if (!master_survey(g, why, sizeof(why))) {
        if (!g->complained)
            clv_log(CLV_LOG_WARNING, "guard: no master, nothing is changed: %s", why);
        g->complained = true;
        return false;
    }
    if (g->complained)
        clv_log(CLV_LOG_WARNING, "guard: %s is the master", g->master);
    g->complained = false;
    for (i = 0; i < g->n; i++)
        node_guard(g, &g->node[i]);
    return true;
}

static bool options_read(struct guard *g, int argc, char **argv)
{
    static const struct option options[] = {{"once", no_argument, NULL, 'o'},
                                            {"interval", required_argument, NULL, 'i'},
                                            {NULL, 0, NULL, 0}};
    char *end;
    long ms;
    int c;

    opterr = 0;
    optind = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'o') {
            g->once = true;
            continue;
        }
        ms = c == 'i' ? strtol(optarg, &end, 10) : 0;
        if (ms < 50 || ms > 60000 || *end)
            return false;
        g->interval_ms = (int)ms;
    }
    return optind == argc;
}

enum clv_exit cmd_guard(const struct clv_command *self, int argc, char **argv)
{
    static struct guard g = {.interval_ms = 500};
    bool ok;

    if (!options_read(&g, argc, argv))
        return clv_command_misused(self, "--interval takes 50 to 60000 ms");
    if (!store_settings("clovis guard"))
        return CLV_EXIT_USAGE;
    clv_log_name_set("clovis");
    for (;;) {
        ok = round_run(&g);
        if (g.once)
            break;
        nanosleep(&(struct timespec){g.interval_ms / 1000,
                                     (long)(g.interval_ms % 1000) * 1000000},
                  NULL);
    }
    store_settings_free();
    return ok ? CLV_EXIT_OK : CLV_EXIT_CONNECT;
}
