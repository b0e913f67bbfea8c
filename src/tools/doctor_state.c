/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says of itself (INFO), and its clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/doctor.h"

enum { CLOCK_HOST_MS = 1000, CLOCK_SERVERS_MS = 250 };

static void version(struct doctor *d, struct doctor_server *s)
{
    char text[32], first[32], *end;
    long major, minor;

    doctor_info_text(s, "redis_version", text, sizeof(text));
    major = strtol(text, &end, 10);
    minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major < 6 || (major == 6 && minor < 2))
        doctor_find(d, DOCTOR_ERROR, "version", &s->link.place,
                    "the library does not work with it", "install a newer one",
                    "Redis %s, expected 6.2 or later",
                    text[0] ? text : "without version");
    doctor_info_text(&d->server[0], "redis_version", first, sizeof(first));
    if (strcmp(text, first))
        doctor_find(d, DOCTOR_WARNING, "version", &s->link.place,
                    "an older replica cannot always read what a newer master sends, and "
                    "after a fail-over the other version is in use",
                    "install the same version on all",
                    "Redis %s, expected %s as on the master", text, first);
}

static void mode(struct doctor *d, struct doctor_server *s)
{
    if (doctor_info(s, "cluster_enabled") == 1)
        doctor_find(d, DOCTOR_ERROR, "cluster-enabled", &s->link.place,
                    "a node of a cluster refuses the keys of all other nodes",
                    "cluster-enabled no in its configuration file, and restart it",
                    "cluster_enabled:1, expected 0 under this URL");
    if (doctor_info(s, "loading") == 1)
        doctor_find(d, DOCTOR_WARNING, "loading", &s->link.place,
                    "until it has read its data it answers nobody", "wait",
                    "loading:1, expected 0");
}

static void disk(struct doctor *d, struct doctor_server *s)
{
    static const char *const fields[] = {
        "aof_last_write_status", "rdb_last_bgsave_status", "aof_last_bgrewrite_status"};
    char text[32];
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        doctor_info_text(s, fields[i], text, sizeof(text));
        if (text[0] && strcmp(text, "ok"))
            doctor_find(d, DOCTOR_ERROR, fields[i], &s->link.place,
                        "what is not on the disk is gone with a restart",
                        "look at the disk's space and rights, and at the server's log",
                        "%s:%s, expected ok", fields[i], text);
    }
}

static void memory(struct doctor *d, struct doctor_server *s)
{
    const long long used = doctor_info(s, "used_memory"),
                    most = doctor_info(s, "maxmemory");

    if (most > 0 && used / 9 > most / 10)
        doctor_find(d, DOCTOR_WARNING, "maxmemory", &s->link.place,
                    "a server that is full refuses writes", "CONFIG SET maxmemory, more",
                    "%lld bytes used of maxmemory %lld, expected less than 90 %%", used,
                    most);
}

void doctor_state(struct doctor *d, struct doctor_server *s)
{
    version(d, s);
    mode(d, s);
    disk(d, s);
    memory(d, s);
}

/* ---- clocks -------------------------------------------------------------- */

static long long distance(long long a, long long b)
{
    return a > b ? a - b : b - a;
}

/* Only what cannot be the round trip's fault counts. */
void doctor_clocks(struct doctor *d)
{
    const struct doctor_server *m = &d->server[0];
    size_t i;

    for (i = 0; i < d->n_servers; i++) {
        const struct doctor_server *s = &d->server[i];
        const long long doubt = s->round_trip_ms / 2 + m->round_trip_ms / 2 + 1;

        if (s->round_trip_ms < 0)
            continue;
        if (distance(s->skew_ms, 0) > CLOCK_HOST_MS + s->round_trip_ms / 2 + 1)
            doctor_find(d, DOCTOR_WARNING, "clock", &s->link.place,
                        "expirations and retentions count by the master's clock",
                        "synchronise the clocks: chrony or ntpd on every machine",
                        "its clock is %lld ms off this host's (within %lld ms), expected "
                        "less than %d",
                        (long long)s->skew_ms, (long long)s->round_trip_ms / 2 + 1,
                        CLOCK_HOST_MS);
        else if (i > 0 && m->round_trip_ms >= 0 &&
                 distance(s->skew_ms, m->skew_ms) > CLOCK_SERVERS_MS + doubt)
            doctor_find(
                d, DOCTOR_WARNING, "clock", &s->link.place,
                "a fail-over moves expirations, and which write is the newer one "
                "is told by time",
                "synchronise the clocks: chrony or ntpd on every machine",
                "its clock is %lld ms off the master's (within %lld ms), expected "
                "less than %d",
                (long long)(s->skew_ms - m->skew_ms), doubt, CLOCK_SERVERS_MS);
    }
}
