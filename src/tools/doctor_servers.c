/* SPDX-License-Identifier: Apache-2.0 */
/* The servers: the master, and who replicates from it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tools/doctor.h"

bool doctor_allow(struct doctor *d, struct store_link *link)
{
    const int64_t own_ns = clv_deadline_ns(DOCTOR_SERVER_MS * CLV_NS_PER_MS);

    link->talk.deadline_ns = own_ns < d->deadline_ns ? own_ns : d->deadline_ns;
    return clv_deadline_left_ms(d->deadline_ns) > 0;
}

const char *doctor_info_text(const struct doctor_server *s, const char *key, char *out,
                             size_t size)
{
    return store_info(s->info, key, out, size);
}

long long doctor_info(const struct doctor_server *s, const char *key)
{
    char text[64];

    return strtoll(store_info(s->info, key, text, sizeof(text)), NULL, 10);
}

/* ---- entering ------------------------------------------------------------ */

/* Its time against ours, as exactly as one round trip allows. */
static void clock_read(struct doctor_server *s)
{
    const int64_t before_ns = clv_now_ns(), wall_ns = clv_wall_ns();
    enum store_status st;
    redisReply *reply = rds_talk_words(&s->link.talk, &st, 1, "TIME");
    const int64_t took_ns = clv_now_ns() - before_ns;
    int64_t sec, us;

    s->round_trip_ms = -1;
    if (st == STORE_OK && rds_reply_int(rds_reply_at(reply, 0), &sec) &&
        rds_reply_int(rds_reply_at(reply, 1), &us)) {
        s->round_trip_ms = took_ns / CLV_NS_PER_MS;
        s->skew_ms = sec * 1000 + us / 1000 - (wall_ns + took_ns / 2) / CLV_NS_PER_MS;
    }
    if (reply)
        rds_reply_free(reply);
}

static bool info_read(struct doctor *d, struct doctor_server *s)
{
    enum store_status st;

    s->info = rds_talk_words(&s->link.talk, &st, 1, "INFO");
    if (st == STORE_OK && rds_reply_bytes(s->info).base)
        return true;
    /* a refusal is the user's fault, everything else the server's */
    doctor_find(d, s->info && st != STORE_OK ? DOCTOR_WARNING : DOCTOR_ERROR, "info",
                &s->link.place, "nothing of this server can be looked at",
                "ACL SETUSER clovis-admin +info, and clovis doctor --user clovis-admin",
                "INFO: %s",
                st == STORE_OK ? "no text, expected one; is it a Redis server?"
                               : s->link.why);
    if (s->info)
        rds_reply_free(s->info);
    s->info = NULL;
    return false;
}

bool doctor_enter(struct doctor *d, const struct rds_place *place)
{
    struct doctor_server *s = &d->server[d->n_servers];
    bool opened;

    if (d->n_servers == DOCTOR_SERVERS_MAX || clv_deadline_left_ms(d->deadline_ns) == 0) {
        doctor_find(d, DOCTOR_WARNING, "time", place, "it was not looked at",
                    "end what answers slowly, and ask again", "no time is left for it");
        return false;
    }
    memset(s, 0, sizeof(*s));
    opened = d->password ? store_link_open_as(&s->link, place, d->user, d->password)
                         : store_link_open(&s->link, place);
    if (!opened) {
        doctor_find(d, DOCTOR_ERROR, "reachable", place,
                    "what cannot be entered holds no copy and takes over from nobody",
                    "start it, let this user in, or take it out of the deployment", "%s",
                    s->link.why);
        return false;
    }
    d->reached = true;
    s->config = true;
    doctor_allow(d, &s->link);
    if (!info_read(d, s)) {
        store_link_close(&s->link);
        return false;
    }
    clock_read(s);
    d->n_servers++;
    return true;
}

bool doctor_setting(struct doctor *d, struct doctor_server *s, const char *name,
                    char *out, size_t size)
{
    if (!s->config)
        return false;
    if (store_config_get(&s->link, name, out, size))
        return true;
    /* a setting that this version does not know is no error */
    if (s->link.lost)
        doctor_find(d, DOCTOR_ERROR, "reachable", &s->link.place,
                    "it has stopped while it was looked at", "see its log, ask again",
                    "%s", s->link.why);
    else if (s->link.refused && !d->config_refused)
        doctor_find(d, DOCTOR_NOTE, "config", &s->link.place,
                    "settings of the servers were not looked at",
                    "clovis doctor --user clovis-admin --password-file FILE", "%s",
                    s->link.why);
    d->config_refused = d->config_refused || s->link.refused;
    s->config = !s->link.lost && !s->link.refused;
    return false;
}

/* ---- all of them --------------------------------------------------------- */

static bool is_name(const char *host)
{
    unsigned char raw[16];

    return *host && inet_pton(AF_INET, host, raw) != 1 &&
           inet_pton(AF_INET6, host, raw) != 1;
}

static void replica_enter(struct doctor *d, const struct rds_place *place)
{
    const struct doctor_server *s;
    char text[64];

    if (!doctor_enter(d, place))
        return;
    s = &d->server[d->n_servers - 1];
    if (strcmp(doctor_info_text(s, "master_link_status", text, sizeof(text)), "up"))
        doctor_find(d, DOCTOR_WARNING, "link", place,
                    "it has no part in what is written now",
                    "see its log for the reason; masterauth, masteruser, tls-replication",
                    "master_link_status:%s, expected up", text);
}

void doctor_servers(struct doctor *d, const struct rds_place *master)
{
    struct rds_place place = {.tls = master->tls};
    struct doctor_server *m = d->server;
    const redisReply *list;
    enum store_status st;
    redisReply *role;
    int64_t port;
    size_t i;

    if (!doctor_enter(d, master))
        return;
    m->is_master = true;
    role = rds_talk_words(&m->link.talk, &st, 1, "ROLE");
    list = rds_reply_at(role, 2);
    if (st != STORE_OK)
        doctor_find(d, DOCTOR_ERROR, "role", master,
                    "the library asks that, to tell a master from a replica",
                    "ACL SETUSER clovis +role", "%s", m->link.why);
    for (i = 0; list && list->type == REDIS_REPLY_ARRAY && i < list->elements; i++) {
        const struct clv_bytes host = rds_reply_bytes(rds_reply_at(list->element[i], 0));

        if (!host.base || !rds_reply_int(rds_reply_at(list->element[i], 1), &port))
            continue;
        snprintf(place.host, sizeof(place.host), "%s", (const char *)host.base);
        place.port = (uint16_t)port;
        d->n_replicas++;
        d->names_host = d->names_host || is_name(place.host);
        replica_enter(d, &place);
    }
    if (role)
        rds_reply_free(role);
}
