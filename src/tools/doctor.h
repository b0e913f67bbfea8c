/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clovis doctor: looks at the servers, the sentinels and the user that a program would
 * use, and says what may cost data or an outage. One file for each subject; what they
 * find goes into one report.
 */
#ifndef CLV_DOCTOR_H
#define CLV_DOCTOR_H

#include <jansson.h>

#include "tools/store_link.h"

enum { DOCTOR_SERVERS_MAX = 33, DOCTOR_SERVER_MS = 3000, DOCTOR_MS = 20000 };

enum doctor_severity { DOCTOR_NOTE, DOCTOR_WARNING, DOCTOR_ERROR, DOCTOR_SEVERITY_N };

/* A server that could be entered. */
struct doctor_server {
    struct store_link link;
    redisReply *info; /* owned */
    bool is_master;
    bool config; /* CONFIG GET is allowed, as far as known */
    int64_t skew_ms,
        round_trip_ms; /* its clock minus ours; round_trip_ms -1: not known */
};

struct doctor {
    json_t *findings;
    size_t n_of[DOCTOR_SEVERITY_N];
    bool strict;                 /* CLOVIS_SYNC_MODE */
    int64_t deadline_ns;         /* for all of it */
    bool reached;                /* somebody has answered */
    bool config_refused;         /* has been said */
    const char *user, *password; /* for looking; password NULL: those of programs */
    uint64_t largest;            /* bytes of the largest section that was seen */
    struct doctor_server server[DOCTOR_SERVERS_MAX]; /* the first is the master */
    size_t n_servers;
    bool names_host;   /* a replica is known by a host name */
    size_t n_replicas; /* connected to the master, whether they could be entered or not */
};

/* ---- the report ---------------------------------------------------------- */

/* check names what was looked at, at may be NULL; reason and remedy are sentences without
 * end. What comes from outside may hold any byte. */
void doctor_find(struct doctor *d, enum doctor_severity severity, const char *check,
                 const struct rds_place *at, const char *reason, const char *remedy,
                 const char *fmt, ...) __attribute__((format(printf, 7, 8)));

/* The worst first, and a verdict. */
void doctor_print(struct doctor *d, bool json);

/* ---- what the parts share ------------------------------------------------ */

/* Connect, as the user who looks, and read INFO; a finding when that fails. */
bool doctor_enter(struct doctor *d, const struct rds_place *place);

/* The connection may be used for another while. False: no time is left for all of it. */
bool doctor_allow(struct doctor *d, struct store_link *link);

long long doctor_info(const struct doctor_server *s, const char *key);
const char *doctor_info_text(const struct doctor_server *s, const char *key, char *out,
                             size_t size);

/* A setting's value; false when it is not known. A refusal becomes one note. */
bool doctor_setting(struct doctor *d, struct doctor_server *s, const char *name,
                    char *out, size_t size);

/* Those of the other side that end soon; own: and that of this client. */
void doctor_certificates(struct doctor *d, const struct store_link *link, bool own);

/* ---- the subjects -------------------------------------------------------- */

void doctor_sentinels(struct doctor *d);
void doctor_servers(struct doctor *d, const struct rds_place *master); /* enters all */
void doctor_members(struct doctor *d);
void doctor_priorities(struct doctor *d);
void doctor_sizes(struct doctor *d); /* fills largest */
void doctor_state(struct doctor *d, struct doctor_server *s);
void doctor_settings(struct doctor *d, struct doctor_server *s);
void doctor_tls(struct doctor *d, struct doctor_server *s);
void doctor_clocks(struct doctor *d);
void doctor_rights(struct doctor *d);

#endif
