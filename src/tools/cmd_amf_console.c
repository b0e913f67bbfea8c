/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cmd_amf_console.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/cmd_amf_admin.h"
#include "tools/entity_name.h"
#include "tools/operator.h"
#include "tools/status_json.h"

enum clv_exit cmd_amf_instead(const struct clv_command *self, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fprintf(stderr, "%s %s: %s\n", self->path, self->name, (const char *)self->data);
    return CLV_EXIT_REFUSED;
}

/* ---- one component ----------------------------------------------------------------- */

/* The words of compIdGet and its like, the component that they name, and what the daemon
 * says of it (new). */
static enum clv_exit comp_ask(const struct clv_command *self, int argc, char **argv,
                              struct entity_name *comp, json_t **answer)
{
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (!entity_name_read(o.words, o.n_words, comp) ||
        (comp->kind && strcmp(comp->kind, "comp") != 0))
        return clv_command_misused(self, "\"%s\" does not name a comp", o.words[0]);
    return op_request(self, &o, comp->name,
                      json_pack("{s:s, s:s}", "t", "compstatus", "comp", comp->name),
                      answer);
}

/* The number that clCpmComponentIdGet() gives a program on the component's node. */
enum clv_exit cmd_amf_comp_id(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name comp;
    json_t *answer = NULL;
    uint32_t hash = 0;
    const enum clv_exit result = comp_ask(self, argc, argv, &comp, &answer);

    if (result != CLV_EXIT_OK)
        return result;
    for (const char *at = comp.name; *at; at++)
        hash = hash * 31 + (unsigned char)*at;
    printf("0x%" PRIx32 "\n",
           (uint32_t)status_number(answer, "addr") << 16 | (hash & 0xffff));
    json_decref(answer);
    return CLV_EXIT_OK;
}

enum clv_exit cmd_amf_comp_address(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name comp;
    json_t *answer = NULL;
    enum clv_exit result = comp_ask(self, argc, argv, &comp, &answer);

    if (result != CLV_EXIT_OK)
        return result;
    if (status_number(answer, "pid")) {
        printf("node %s, address %d, port %d\n", status_text(answer, "node"),
               status_number(answer, "addr"), status_number(answer, "pid"));
    } else {
        fprintf(stderr, "%s %s: %s has no process\n", self->path, self->name, comp.name);
        result = CLV_EXIT_FAILED;
    }
    json_decref(answer);
    return result;
}

/* ---- the daemon -------------------------------------------------------------------- */

static enum clv_exit status_ask(const struct clv_command *self, int argc, char **argv,
                                int max, struct op_options *o, json_t **answer)
{
    enum clv_exit result = op_options_read(self, argc, argv, 0, 0, max, o);

    if (result == CLV_EXIT_OK)
        result = op_request(self, o, "status", json_pack("{s:s}", "t", "status"), answer);
    return result;
}

static const json_t *daemon_of(const json_t *answer)
{
    return json_object_get(json_object_get(answer, "state"), "daemon");
}

enum clv_exit cmd_amf_nodename(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    json_t *answer = NULL;
    const json_t *node;
    const enum clv_exit result = status_ask(self, argc, argv, 0, &o, &answer);
    size_t i;

    json_array_foreach(json_object_get(daemon_of(answer), "nodes"), i,
                       node) if (status_true(node, "played"))
        puts(status_text(node, "name"));
    json_decref(answer);
    return result;
}

enum clv_exit cmd_amf_uptime(const struct clv_command *self, int argc, char **argv)
{
    enum { SECOND = 1000, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    struct op_options o;
    json_t *answer = NULL;
    const enum clv_exit result = status_ask(self, argc, argv, 0, &o, &answer);
    long long s;

    if (result != CLV_EXIT_OK)
        return result;
    s = json_integer_value(json_object_get(daemon_of(answer), "uptime_ms")) / SECOND;
    printf("%lld days, %02lld:%02lld:%02lld\n", s / DAY, s % DAY / HOUR,
           s % HOUR / MINUTE, s % MINUTE);
    json_decref(answer);
    return CLV_EXIT_OK;
}

/* ---- heartbeat --------------------------------------------------------------------- */

static void heartbeat_print(const json_t *cluster)
{
    const json_t *member;
    size_t i;

    if (!cluster) {
        puts("none: one daemon plays all, and sees the end of each process at once");
        return;
    }
    printf("enabled, a daemon is dead after %d ms of silence (CLOVIS_AMF_LEASE_MS)\n",
           status_number(cluster, "lease_ms"));
    json_array_foreach(json_object_get(cluster, "members"), i, member)
        printf("  %s\n", json_string_value(member));
}

static enum clv_exit heartbeat_refused(const struct clv_command *self)
{
    fprintf(stderr,
            "%s %s: the daemons of a cluster cannot do without; a longer "
            "CLOVIS_AMF_LEASE_MS of clovis-amfd leaves time for a debugger\n",
            self->path, self->name);
    return CLV_EXIT_REFUSED;
}

enum clv_exit cmd_amf_heartbeat(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    json_t *answer = NULL;
    const json_t *cluster;
    enum clv_exit result = status_ask(self, argc, argv, 1, &o, &answer);
    const char *word;

    if (result != CLV_EXIT_OK)
        return result;
    word = o.n_words ? o.words[0] : "status";
    cluster = json_object_get(json_object_get(answer, "state"), "cluster");
    if (strcasecmp(word, "status") == 0)
        heartbeat_print(cluster);
    else if (strcasecmp(word, "disable") == 0 && cluster)
        result = heartbeat_refused(self);
    else if (strcasecmp(word, "disable") != 0 && strcasecmp(word, "enable") != 0)
        result = clv_command_misused(self, "\"%s\" is not one of the words", word);
    json_decref(answer);
    return result;
}

/* ---- groups that an operator assigns ---------------------------------------------- */

/* A "-" is nobody. */
static bool is_named(const struct entity_name *e)
{
    return *e->name && strcmp(e->name, "-") != 0;
}

/* The first of the names that the daemon does not have is what was unknown. */
static enum clv_exit assign_refused(struct op_session *s, const struct entity_name *si,
                                    const struct entity_name su[2], uint32_t rc)
{
    const struct entity_name *const names[] = {si, &su[0], &su[1]};
    uint32_t is_there = 0;
    enum clv_exit result;
    size_t i;

    for (i = 0; i < 3 && op_code_is_unknown(rc); i++) {
        if (!is_named(names[i]))
            continue;
        result = op_ask(s,
                        json_pack("{s:s, s:s, s:s}", "t", "entity", "kind",
                                  i ? "su" : "si", "name", names[i]->name),
                        &is_there, NULL);
        if (result != CLV_EXIT_OK)
            return result;
        if (is_there)
            return op_refused_for(s, i ? "su" : "si", names[i]->name, rc);
    }
    return op_refused_for(s, "si", si->name, rc);
}

static enum clv_exit assign(const struct clv_command *self, const struct op_options *o,
                            const struct entity_name *si, const struct entity_name su[2])
{
    static const char *const roles[] = {"active", "standby"};
    json_t *request = json_pack("{s:s, s:s, s:s, s:s}", "t", "admin", "op", "assign",
                                "kind", "si", "name", si->name);
    struct op_session *s;
    enum clv_exit result = op_session_open(self, o, &s);
    uint32_t rc = 0;
    size_t i;

    for (i = 0; i < 2; i++)
        if (is_named(&su[i]))
            json_object_set_new(request, roles[i], json_string(su[i].name));
    if (result == CLV_EXIT_OK)
        result = amf_admin_ask(s, request, o->wait, &rc);
    json_decref(request);
    if (result == CLV_EXIT_OK && rc)
        result = assign_refused(s, si, su, rc);
    else if (result == CLV_EXIT_OK && o->wait)
        result = amf_admin_quiet(s, self, si->name);
    op_session_close(s);
    return result;
}

enum clv_exit cmd_amf_assign(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name si, su[2] = {{NULL, ""}, {NULL, ""}};
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, OP_WAIT, 2, 3, &o);
    int i;

    if (result != CLV_EXIT_OK)
        return result;
    if (!entity_name_read(o.words, 1, &si) || (si.kind && strcmp(si.kind, "si") != 0))
        return clv_command_misused(self, "\"%s\" does not name a si", o.words[0]);
    for (i = 0; i + 1 < o.n_words; i++)
        if (!entity_name_read(o.words + 1 + i, 1, &su[i]) ||
            (su[i].kind && strcmp(su[i].kind, "su") != 0))
            return clv_command_misused(self, "\"%s\" does not name a su", o.words[1 + i]);
    return assign(self, &o, &si, su);
}
