/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of one server (CONFIG GET) against what this product needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/doctor.h"

enum whom { MASTER = 1, REPLICA = 2, ALL = 3 };

/* Bad is: the value itself, any other value, a smaller or a greater number. */
enum test { IS, IS_NOT, BELOW, ABOVE };

struct rule {
    const char *setting;
    enum whom whom;
    enum test test;
    const char *value;
    const char *expected; /* what to set */
    enum doctor_severity severity;
    const char *reason;
};

/* clang-format off */
static const struct rule rules[] = {
    { "appendfsync", ALL, IS, "no", "everysec", DOCTOR_WARNING,
      "a power failure loses what the kernel has not written yet" },
    { "no-appendfsync-on-rewrite", ALL, IS, "yes", "no", DOCTOR_NOTE,
      "while the file is rewritten a power failure loses up to half a minute" },
    { "aof-load-truncated", ALL, IS, "no", "yes", DOCTOR_NOTE,
      "a server whose machine failed does not start again by itself" },
    { "replica-read-only", ALL, IS_NOT, "yes", "yes", DOCTOR_ERROR,
      "somebody may write to a replica, and what it holds is no copy any more" },
    { "stop-writes-on-bgsave-error", ALL, IS, "no", "yes", DOCTOR_WARNING,
      "a disk that is full or broken goes unnoticed until the data is needed" },
    { "repl-diskless-load", ALL, IS, "flush-before-load", "disabled", DOCTOR_WARNING,
      "a synchronisation that breaks leaves the replica empty" },
    { "repl-diskless-load", ALL, IS, "swapdb", "disabled", DOCTOR_NOTE,
      "a full synchronisation needs memory for the old and the new data" },
    { "repl-diskless-sync", ALL, IS, "no", "yes", DOCTOR_NOTE,
      "a replica that has to be filled waits for the disk, and fails when that is full" },
    { "repl-diskless-sync-delay", ALL, ABOVE, "5", "5", DOCTOR_NOTE,
      "a replica that returns is out of step that many seconds longer" },
    { "repl-timeout", ALL, BELOW, "10", "60", DOCTOR_WARNING,
      "a replica that loads a large section counts as dead, and begins again" },
    { "repl-ping-replica-period", ALL, ABOVE, "10", "10", DOCTOR_NOTE,
      "a replica that hangs is noticed late" },
    { "timeout", ALL, ABOVE, "0", "0", DOCTOR_NOTE,
      "idle programs lose their connections, and connect again and again" },
};
/* clang-format on */

static bool is_bad(const struct rule *r, const char *value)
{
    switch (r->test) {
    case IS:
        return strcmp(value, r->value) == 0;
    case IS_NOT:
        return strcmp(value, r->value) != 0;
    case BELOW:
        return strtoll(value, NULL, 10) < strtoll(r->value, NULL, 10);
    default:
        return strtoll(value, NULL, 10) > strtoll(r->value, NULL, 10);
    }
}

/* "CONFIG SET name value; CONFIG REWRITE" */
static const char *set_to(const char *name, const char *value, char *out, size_t size)
{
    const char *quote = strchr(value, ' ') ? "\"" : "";

    snprintf(out, size, "CONFIG SET %s %s%s%s, then CONFIG REWRITE", name, quote, value,
             quote);
    return out;
}

static void rules_apply(struct doctor *d, struct doctor_server *s)
{
    char value[64], remedy[160];
    size_t i;

    for (i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        const struct rule *r = &rules[i];

        if ((r->whom & (s->is_master ? MASTER : REPLICA)) &&
            doctor_setting(d, s, r->setting, value, sizeof(value)) && is_bad(r, value))
            doctor_find(d, r->severity, r->setting, &s->link.place, r->reason,
                        set_to(r->setting, r->expected, remedy, sizeof(remedy)),
                        "%s %s, expected %s", r->setting, value, r->expected);
    }
}

/* ---- settings that mean something only together -------------------------- */

static void persistence(struct doctor *d, struct doctor_server *s)
{
    char aof[16], save[256], remedy[160];

    if (!doctor_setting(d, s, "appendonly", aof, sizeof(aof)) ||
        !doctor_setting(d, s, "save", save, sizeof(save)) || strcmp(aof, "no"))
        return;
    set_to("appendonly", "yes", remedy, sizeof(remedy));
    if (!save[0])
        doctor_find(d, DOCTOR_ERROR, "appendonly", &s->link.place,
                    "restarted quickly as a master it is empty, and empties all replicas",
                    remedy,
                    "no persistence: appendonly no and save \"\", expected "
                    "appendonly yes");
    else
        doctor_find(d, DOCTOR_WARNING, "appendonly", &s->link.place,
                    "a restart goes back to the last snapshot, also on the replicas",
                    remedy,
                    "snapshots only: appendonly no and save \"%s\", expected "
                    "appendonly yes",
                    save);
}

static void eviction(struct doctor *d, struct doctor_server *s)
{
    char policy[40], remedy[160];

    doctor_info_text(s, "maxmemory_policy", policy, sizeof(policy));
    if (policy[0] && strcmp(policy, "noeviction"))
        doctor_find(d, doctor_info(s, "maxmemory") > 0 ? DOCTOR_ERROR : DOCTOR_WARNING,
                    "maxmemory-policy", &s->link.place,
                    "a server that is full throws checkpoints away",
                    set_to("maxmemory-policy", "noeviction", remedy, sizeof(remedy)),
                    "maxmemory-policy %s, expected noeviction", policy);
}

/* The hard limit of a class in "normal 0 0 0 slave 268435456 67108864 60 pubsub ..."; 0:
 * none, -1: not there. */
static long long buffer_limit(const char *text, const char *class, int which)
{
    const char *at = strstr(text, class);
    long long n = -1;
    char *end;

    for (at = at ? at + strlen(class) : NULL; at && which >= 0; which--) {
        n = strtoll(at, &end, 10);
        at = end;
    }
    return n;
}

static const char *bytes_text(long long n, char out[32])
{
    if (n >= 1 << 20)
        snprintf(out, 32, "%lldmb", (n + (1 << 20) - 1) >> 20);
    else
        snprintf(out, 32, "%lld", n);
    return out;
}

static void buffer_check(struct doctor *d, struct doctor_server *s, const char *text,
                         int which, long long least)
{
    char remedy[160], need[32];
    long long limit = buffer_limit(text, "slave ", which);

    if (limit < 0)
        limit = buffer_limit(text, "replica ", which);
    if (limit <= 0 || limit >= least)
        return;
    bytes_text(least, need);
    snprintf(remedy, sizeof(remedy),
             "CONFIG SET client-output-buffer-limit \"replica %s %s 60\", then CONFIG "
             "REWRITE",
             which == 0 ? need : "256mb", which == 0 ? "64mb" : need);
    doctor_find(
        d, DOCTOR_WARNING, "client-output-buffer-limit", &s->link.place,
        "a burst of large sections cuts the replica off, and it begins anew", remedy,
        "client-output-buffer-limit replica, %s: %lld, expected at least %lld "
        "(the largest section seen has %llu bytes)",
        which == 0 ? "hard" : "soft", limit, least, (unsigned long long)d->largest);
}

/* Room for some of the largest sections that there are. */
static void buffers(struct doctor *d, struct doctor_server *s)
{
    const long long room = 4 * (long long)d->largest;
    char text[512];
    long long pubsub;

    if (!doctor_setting(d, s, "client-output-buffer-limit", text, sizeof(text)))
        return;
    buffer_check(d, s, text, 0, room > 64LL << 20 ? room : 64LL << 20);
    buffer_check(d, s, text, 1, room > 16LL << 20 ? room : 16LL << 20);
    pubsub = buffer_limit(text, "pubsub ", 0);
    if (pubsub > 0 && pubsub < 1 << 20)
        doctor_find(d, DOCTOR_WARNING, "client-output-buffer-limit", &s->link.place,
                    "a read cache that falls behind is cut off, and begins empty",
                    "CONFIG SET client-output-buffer-limit \"pubsub 32mb 8mb 60\", then "
                    "CONFIG REWRITE",
                    "client-output-buffer-limit pubsub, hard: %lld, expected at least "
                    "1048576",
                    pubsub);
}

static void backlog(struct doctor *d, struct doctor_server *s)
{
    const long long room = 4 * (long long)d->largest;
    const long long least = room > 1LL << 20 ? room : 1LL << 20;
    char text[64], need[32], remedy[160];

    if (doctor_setting(d, s, "repl-backlog-size", text, sizeof(text)) &&
        strtoll(text, NULL, 10) < least)
        doctor_find(
            d, DOCTOR_WARNING, "repl-backlog-size", &s->link.place,
            "a replica that was away for a moment has to be filled from scratch",
            set_to("repl-backlog-size", bytes_text(least, need), remedy, sizeof(remedy)),
            "repl-backlog-size %s, expected at least %lld (the largest section "
            "seen has %llu bytes)",
            text, least, (unsigned long long)d->largest);
}

/* Only the master's counts, but each may become it. */
static void quorum_of_writes(struct doctor *d, struct doctor_server *s)
{
    char text[32], remedy[160];
    long long n;

    if (!doctor_setting(d, s, "min-replicas-to-write", text, sizeof(text)))
        return;
    n = strtoll(text, NULL, 10);
    set_to("min-replicas-to-write", "1", remedy, sizeof(remedy));
    if (n > (long long)d->n_replicas)
        doctor_find(d, s->is_master ? DOCTOR_ERROR : DOCTOR_WARNING,
                    "min-replicas-to-write", &s->link.place,
                    "the master refuses every write", remedy,
                    "min-replicas-to-write %lld, expected at most the %zu replicas that "
                    "there are",
                    n, d->n_replicas);
    else if (n == 0 && d->n_replicas > 1)
        doctor_find(d, DOCTOR_NOTE, "min-replicas-to-write", &s->link.place,
                    "a master that is cut off goes on taking asynchronous writes, which "
                    "are lost later",
                    remedy, "min-replicas-to-write 0, expected 1");
}

static void clients(struct doctor *d, struct doctor_server *s)
{
    const long long now = doctor_info(s, "connected_clients");
    long long most = doctor_info(s, "maxclients");
    char text[32], remedy[160];

    if (most == 0 && doctor_setting(d, s, "maxclients", text, sizeof(text)))
        most = strtoll(text, NULL, 10);
    if (most <= 0 || now * 10 < most * 7)
        return;
    snprintf(text, sizeof(text), "%lld", now * 3);
    doctor_find(d, DOCTOR_WARNING, "maxclients", &s->link.place,
                "after a fail-over all programs come to one server, and some are refused",
                set_to("maxclients", text, remedy, sizeof(remedy)),
                "%lld connections of maxclients %lld, expected less than 70 %%", now,
                most);
}

void doctor_settings(struct doctor *d, struct doctor_server *s)
{
    if (!doctor_allow(d, &s->link))
        return;
    persistence(d, s);
    eviction(d, s);
    rules_apply(d, s);
    buffers(d, s);
    backlog(d, s);
    quorum_of_writes(d, s);
    clients(d, s);
}
