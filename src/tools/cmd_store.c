/* SPDX-License-Identifier: Apache-2.0 */
/* clovis store members, exclude, include, stats. */
#include "tools/cmd_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_replicas.h"
#include "backend-redis/rds_stats.h"
#include "tools/store_link.h"

/* Run fn on a connection to the master. */
static enum clv_exit with_master(const struct clv_command *self, const char *arg,
                                 enum clv_exit (*fn)(struct store_link *link,
                                                     const char *who, const char *arg))
{
    struct store_link link;
    enum clv_exit result = CLV_EXIT_CONNECT;
    char who[80];

    snprintf(who, sizeof(who), "%s %s", self->path, self->name);
    if (!store_settings(who))
        return CLV_EXIT_USAGE;
    if (store_link_master(&link, who)) {
        result = fn(&link, who, arg);
        store_link_close(&link);
    }
    store_settings_free();
    return result;
}

static enum clv_exit failed(const struct store_link *link, const char *who)
{
    fprintf(stderr, "%s: %s\n", who, link->why);
    return CLV_EXIT_FAILED;
}

/* ---- members ------------------------------------------------------------- */

static const struct rds_replica *replica_find(const struct rds_replicas *all,
                                              const char *address)
{
    size_t i;

    for (i = 0; i < all->n; i++)
        if (strcmp(all->at[i].address, address) == 0)
            return &all->at[i];
    return NULL;
}

static void member_print(const struct rds_replica *x, const char *self, int64_t offset)
{
    char lag[32] = "-";

    if (x->listed && x->offset >= 0)
        snprintf(lag, sizeof(lag), "%" PRId64,
                 offset > x->offset ? offset - x->offset : 0);
    printf("%-24s %-9s %-13s %s\n", x->address, x->excluded ? "excluded" : "member",
           strcmp(x->address, self) == 0 ? "master"
           : x->listed                   ? "replica"
                                         : "not connected",
           lag);
}

static enum clv_exit members_show(struct store_link *link, const char *who,
                                  const char *unused)
{
    static struct rds_replicas all;
    char self[RDS_PLACE_TEXT];
    enum store_status st;
    redisReply *role = rds_talk_words(&link->talk, &st, 1, "ROLE"), *list;
    int64_t offset = 0;
    size_t i;

    (void)unused;
    if (st != STORE_OK || !rds_replicas_look(&all, role, &offset))
        return failed(link, who);
    rds_reply_free(role);
    list = rds_talk_words(&link->talk, &st, 2, "HGETALL", store_key("members"));
    if (st != STORE_OK)
        return failed(link, who);
    for (i = 0; i + 1 < list->elements; i += 2)
        rds_replicas_member(&all, list->element[i]->str,
                            rds_reply_is(list->element[i + 1], "out"));
    rds_reply_free(list);
    rds_place_text(&link->place, self);
    if (!replica_find(&all, self))
        printf("%-24s %-9s %-13s -\n", self, "-", "master");
    for (i = 0; i < all.n; i++)
        member_print(&all.at[i], self, offset);
    return CLV_EXIT_OK;
}

static enum clv_exit cmd_members(const struct clv_command *self, int argc, char **argv)
{
    if (argc > 1)
        return clv_command_misused(self, "unexpected argument '%s'", argv[1]);
    return with_master(self, NULL, members_show);
}

static enum clv_exit member_set(struct store_link *link, const char *who,
                                const char *address, const char *state)
{
    enum store_status st;
    redisReply *reply =
        rds_talk_words(&link->talk, &st, 4, "HSET", store_key("members"), address, state);

    if (reply)
        rds_reply_free(reply);
    if (st != STORE_OK)
        return failed(link, who);
    printf("%s: %s\n", address,
           strcmp(state, "out") == 0
               ? "excluded; synchronous writes no longer wait for it"
               : "included; synchronous writes wait for it");
    return CLV_EXIT_OK;
}

static enum clv_exit member_include(struct store_link *link, const char *who,
                                    const char *address)
{
    return member_set(link, who, address, "in");
}

/* A typing error must not look like success. */
static enum clv_exit member_exclude(struct store_link *link, const char *who,
                                    const char *address)
{
    enum store_status st;
    redisReply *list =
        rds_talk_words(&link->talk, &st, 2, "HGETALL", store_key("members"));
    bool known = false;
    size_t i;

    if (st != STORE_OK)
        return failed(link, who);
    for (i = 0; i + 1 < list->elements; i += 2)
        known = known || rds_reply_is(list->element[i], address);
    if (!known) {
        fprintf(stderr, "%s: %s is not a member, expected one of:", who, address);
        for (i = 0; i + 1 < list->elements; i += 2)
            fprintf(stderr, " %s", list->element[i]->str);
        fputs(list->elements ? "\n" : " (none is known yet)\n", stderr);
    }
    rds_reply_free(list);
    return known ? member_set(link, who, address, "out") : CLV_EXIT_FAILED;
}

static enum clv_exit cmd_member(const struct clv_command *self, int argc, char **argv)
{
    struct rds_place place;

    if (argc != 2)
        return clv_command_misused(self, "one ADDRESS is needed");
    if (!store_address_parse(argv[1], &place))
        return clv_command_misused(self, "'%s' is no address, expected HOST:PORT",
                                   argv[1]);
    return with_master(self, argv[1],
                       strcmp(self->name, "exclude") == 0 ? member_exclude
                                                          : member_include);
}

/* ---- stats --------------------------------------------------------------- */

static void stat_print(const redisReply *totals, const char *name, const char *text)
{
    int64_t n = 0;
    size_t i;

    for (i = 0; i + 1 < totals->elements; i += 2)
        if (rds_reply_is(totals->element[i], name))
            rds_reply_int(totals->element[i + 1], &n);
    printf("%-14s %12" PRId64 "  %s\n", name, n, text);
}

static enum clv_exit stats_show(struct store_link *link, const char *who,
                                const char *unused)
{
    char text[128], address[RDS_PLACE_TEXT];
    enum store_status st;
    redisReply *info = rds_talk_words(&link->talk, &st, 1, "INFO"), *totals;

    (void)unused;
    if (st != STORE_OK)
        return failed(link, who);
    printf("master         %s\n", rds_place_text(&link->place, address));
    printf("run id         %s\n", store_info(info, "run_id", text, sizeof(text)));
    printf("history        %s\n", store_info(info, "master_replid", text, sizeof(text)));
    printf("offset         %s\n",
           store_info(info, "master_repl_offset", text, sizeof(text)));
    printf("replicas       %s\n",
           store_info(info, "connected_slaves", text, sizeof(text)));
    rds_reply_free(info);
    totals = rds_talk_words(&link->talk, &st, 2, "HGETALL", store_key("stats"));
    if (st != STORE_OK)
        return failed(link, who);
    puts("\nall processes so far:");
#define STAT_PRINT(name, what) stat_print(totals, #name, what);
    RDS_STATS(STAT_PRINT)
#undef STAT_PRINT
    rds_reply_free(totals);
    return CLV_EXIT_OK;
}

static enum clv_exit cmd_stats(const struct clv_command *self, int argc, char **argv)
{
    if (argc > 1)
        return clv_command_misused(self, "unexpected argument '%s'", argv[1]);
    return with_master(self, NULL, stats_show);
}

const struct clv_command cmd_store_table[] = {
    {.name = "members",
     .usage = "",
     .help = "the servers that synchronous writes wait for",
     .run = cmd_members},
    {.name = "exclude",
     .usage = "ADDRESS",
     .help = "do not wait for this server any more: it is out of order",
     .run = cmd_member},
    {.name = "include",
     .usage = "ADDRESS",
     .help = "wait for this server (again)",
     .run = cmd_member},
    {.name = "stats",
     .usage = "",
     .help = "master, history, and what became of the writes of all processes",
     .run = cmd_stats},
    {.name = "check",
     .usage = CMD_DOCTOR_USAGE,
     .help = "the same as clovis doctor",
     .run = cmd_doctor},
    {.name = NULL},
};
