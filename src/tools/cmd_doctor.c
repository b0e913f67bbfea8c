/* SPDX-License-Identifier: Apache-2.0 */
/* clovis doctor, also called clovis store check: options, and what is asked when. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"
#include "tools/cmd_store.h"
#include "tools/doctor.h"

struct options {
    bool json;
    const char *user, *password_file;
};

/* NULL: they are right; else what is wrong, and with which of them. */
static const char *options_read(struct options *o, int argc, char **argv,
                                const char **which)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"url", required_argument, NULL, 'u'},
        {"user", required_argument, NULL, 'n'},
        {"password-file", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0}};
    int c;

    opterr = 0;
    optind = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'j')
            o->json = true;
        else if (c == 'u')
            clv_command_url(optarg);
        else if (c == 'n')
            o->user = optarg;
        else if (c == 'p')
            o->password_file = optarg;
        else {
            *which = argv[optind - 1];
            return "unknown option, or one without its value";
        }
    }
    *which = optind < argc ? argv[optind] : "--user";
    if (optind < argc)
        return "unexpected argument";
    return o->user && !o->password_file ? "no --password-file beside" : NULL;
}

/* What each server is asked by itself. */
static void servers_look(struct doctor *d)
{
    size_t i;

    doctor_sizes(d);
    for (i = 0; i < d->n_servers; i++) {
        doctor_state(d, &d->server[i]);
        doctor_settings(d, &d->server[i]);
        doctor_tls(d, &d->server[i]);
    }
    doctor_clocks(d);
    doctor_priorities(d);
    doctor_members(d);
    doctor_rights(d);
}

static void look(struct doctor *d)
{
    struct rds_place master;
    char why[320] = "";

    if (store_master_find(&master, why, sizeof(why)))
        doctor_servers(d, &master);
    else
        doctor_find(d, DOCTOR_ERROR, "master", NULL, "no program can connect",
                    "start the servers, or correct CLOVIS_REDIS_URL", "no master: %s",
                    why);
    if (d->n_servers > 0)
        servers_look(d);
    doctor_sentinels(d);
}

static void servers_leave(struct doctor *d)
{
    size_t i;

    for (i = 0; i < d->n_servers; i++) {
        rds_reply_free(d->server[i].info);
        store_link_close(&d->server[i].link);
    }
}

static enum clv_exit exit_code(const struct doctor *d)
{
    if (!d->reached)
        return CLV_EXIT_CONNECT;
    return d->n_of[DOCTOR_WARNING] || d->n_of[DOCTOR_ERROR] ? CLV_EXIT_FINDINGS
                                                            : CLV_EXIT_OK;
}

enum clv_exit cmd_doctor(const struct clv_command *self, int argc, char **argv)
{
    static struct doctor d;
    struct options o = {0};
    const char *mode, *wrong, *which;
    char who[80], why[200], *password = NULL;

    wrong = options_read(&o, argc, argv, &which);
    if (wrong)
        return clv_command_misused(self, "%s '%s'", wrong, which);
    snprintf(who, sizeof(who), "%s %s", self->path, self->name);
    if (o.password_file) {
        password = rds_password_file(o.password_file, why, sizeof(why));
        if (!password) {
            fprintf(stderr, "%s: %s: %s\n", who, o.password_file, why);
            return CLV_EXIT_USAGE;
        }
    }
    if (!store_settings(who)) {
        free(password);
        return CLV_EXIT_USAGE;
    }
    mode = clv_setting("CLOVIS_SYNC_MODE");
    d.strict = mode && strcmp(mode, "strict") == 0;
    d.user = o.user;
    d.password = password;
    d.deadline_ns = clv_deadline_ns(DOCTOR_MS * CLV_NS_PER_MS);
    d.findings = json_array();
    look(&d);
    doctor_print(&d, o.json);
    servers_leave(&d);
    json_decref(d.findings);
    store_settings_free();
    free(password);
    return exit_code(&d);
}
