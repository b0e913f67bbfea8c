/* SPDX-License-Identifier: Apache-2.0 */
/* How the connection to a server is protected. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "tools/doctor.h"

enum { DAYS_LEFT = 30, DAY_S = 86400 };

static bool is_local(const struct rds_place *place)
{
    return place->port == 0 || strncmp(place->host, "127.", 4) == 0 ||
           strcmp(place->host, "::1") == 0 || strcmp(place->host, "localhost") == 0;
}

static void certificate(struct doctor *d, const struct rds_place *at, bool own,
                        int64_t end_s)
{
    const int64_t left_s = end_s - clv_wall_ns() / CLV_NS_PER_S;
    const time_t end = (time_t)end_s;
    char day[32] = "";
    struct tm tm;

    if (end_s == 0 || left_s > (int64_t)DAYS_LEFT * DAY_S)
        return;
    if (gmtime_r(&end, &tm))
        strftime(day, sizeof(day), "%Y-%m-%d", &tm);
    doctor_find(
        d, DOCTOR_WARNING, own ? "own-certificate" : "certificate", at,
        own ? "from then on servers that want one let no program in"
            : "from then on no program can connect",
        own ? "replace the files of CLOVIS_TLS_CERT and CLOVIS_TLS_KEY; programs "
              "that run take them"
            : "renew it; CONFIG SET tls-cert-file PATH reads it without a restart",
        "%s ends on %s, in %lld days, expected more than %d",
        own ? "the certificate of CLOVIS_TLS_CERT"
            : "its certificate, or one that it rests on,",
        day, (long long)(left_s / DAY_S), DAYS_LEFT);
}

void doctor_certificates(struct doctor *d, const struct store_link *link, bool own)
{
    if (!link->conn.tls)
        return;
    certificate(d, &link->place, false, rds_tls_expiry(link->conn.tls, false));
    if (own)
        certificate(d, NULL, true, rds_tls_expiry(link->conn.tls, true));
}

static void settings(struct doctor *d, struct doctor_server *s)
{
    char text[120];

    if (doctor_setting(d, s, "port", text, sizeof(text)) && strcmp(text, "0"))
        doctor_find(d, DOCTOR_NOTE, "port", &s->link.place,
                    "whoever reaches it goes around TLS",
                    "CONFIG SET port 0, then CONFIG "
                    "REWRITE",
                    "plain port %s is open beside the TLS port, expected 0", text);
    if (doctor_setting(d, s, "tls-protocols", text, sizeof(text)) &&
        (strstr(text, "TLSv1.1") || strstr(text, "TLSv1 ") || strcmp(text, "TLSv1") == 0))
        doctor_find(d, DOCTOR_WARNING, "tls-protocols", &s->link.place,
                    "versions before 1.2 are broken",
                    "CONFIG SET tls-protocols \"TLSv1.2 TLSv1.3\", then CONFIG REWRITE",
                    "tls-protocols %s, expected TLSv1.2 TLSv1.3", text);
    if (doctor_setting(d, s, "tls-replication", text, sizeof(text)) &&
        strcmp(text, "yes") && d->n_replicas > 0)
        doctor_find(
            d, DOCTOR_WARNING, "tls-replication", &s->link.place,
            "the data that programs send over TLS goes on to the replicas without",
            "CONFIG SET tls-replication yes, then CONFIG REWRITE",
            "tls-replication %s, expected yes", text);
}

void doctor_tls(struct doctor *d, struct doctor_server *s)
{
    if (!doctor_allow(d, &s->link))
        return;
    if (s->link.conn.tls) {
        doctor_certificates(d, &s->link, s->is_master);
        settings(d, s);
    } else if (!is_local(&s->link.place)) {
        doctor_find(
            d, DOCTOR_NOTE, "tls", &s->link.place,
            "passwords and data can be read on the way",
            "rediss:// or rediss-sentinel:// in CLOVIS_REDIS_URL, tls-port on the "
            "servers",
            "the connection is not encrypted, expected TLS");
    }
}
