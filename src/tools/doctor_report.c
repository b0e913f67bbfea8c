/* SPDX-License-Identifier: Apache-2.0 */
/* What was found: collected, and shown with the worst first. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/doctor.h"

static const char *const severity_text[] = {"note", "warning", "error"};

/* A server may answer anything; neither a terminal nor JSON is to meet it. */
static void make_plain(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            *text = '?';
}

void doctor_find(struct doctor *d, enum doctor_severity severity, const char *check,
                 const struct rds_place *at, const char *reason, const char *remedy,
                 const char *fmt, ...)
{
    char what[700], where[RDS_PLACE_TEXT] = "", how[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (at)
        rds_place_text(at, where);
    snprintf(how, sizeof(how), "%s", remedy);
    make_plain(what);
    make_plain(where);
    make_plain(how);
    d->n_of[severity]++;
    json_array_append_new(d->findings, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}",
                                                 "severity", severity_text[severity],
                                                 "check", check, "where", where, "what",
                                                 what, "reason", reason, "remedy", how));
}

static const char *verdict(const struct doctor *d)
{
    if (!d->reached)
        return "nobody could be reached";
    if (d->n_of[DOCTOR_ERROR])
        return "not in order: data or service is in danger";
    if (d->n_of[DOCTOR_WARNING])
        return "works, but a fault may cost more than it has to";
    return "in order";
}

static const char *text_of(const json_t *finding, const char *key)
{
    return json_string_value(json_object_get(finding, key));
}

static void findings_print(const struct doctor *d, const char *severity)
{
    const json_t *f;
    size_t i;

    json_array_foreach(d->findings, i, f)
    {
        const char *where = text_of(f, "where");

        if (strcmp(text_of(f, "severity"), severity))
            continue;
        printf("%s: %s%s%s\n", severity, where, *where ? ": " : "", text_of(f, "what"));
        printf("    why:    %s\n    remedy: %s\n", text_of(f, "reason"),
               text_of(f, "remedy"));
    }
}

static void json_print(const struct doctor *d)
{
    json_t *all =
        json_pack("{s:s, s:s, s:i, s:i, s:i, s:O}", "mode",
                  d->strict ? "strict" : "available", "verdict", verdict(d), "errors",
                  (int)d->n_of[DOCTOR_ERROR], "warnings", (int)d->n_of[DOCTOR_WARNING],
                  "notes", (int)d->n_of[DOCTOR_NOTE], "findings", d->findings);

    json_dumpf(all, stdout, JSON_INDENT(2));
    puts("");
    json_decref(all);
}

static void count_print(size_t n, const char *what, const char *after)
{
    printf("%zu %s%s%s", n, what, n == 1 ? "" : "s", after);
}

void doctor_print(struct doctor *d, bool json)
{
    int severity;

    if (json) {
        json_print(d);
        return;
    }
    for (severity = DOCTOR_ERROR; severity >= DOCTOR_NOTE; severity--)
        findings_print(d, severity_text[severity]);
    printf("%s; ", verdict(d));
    count_print(d->n_of[DOCTOR_ERROR], "error", ", ");
    count_print(d->n_of[DOCTOR_WARNING], "warning", ", ");
    count_print(d->n_of[DOCTOR_NOTE], "note", "; ");
    count_print(d->n_servers, "server", ", ");
    printf("mode %s\n", d->strict ? "strict" : "available");
}
