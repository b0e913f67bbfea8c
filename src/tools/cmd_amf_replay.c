/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf replay: drive the engine again from what clovis-amfd --record wrote down,
 * and compare what it decides now with what it decided then. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_cluster_wire.h"
#include "amf/amf_overlay.h"
#include "amf/amf_record.h"
#include "amf/amf_state_file.h"
#include "tools/cmd_amf.h"

enum { OPT_MODEL = 256, OPT_DIFFERENCES, OPT_JSON };

struct replay {
    const struct clv_command *self;
    const char *path, *model_dir;
    bool only_differences, json;
    FILE *file;
    size_t line;
    struct amf_model *m;
    struct amf_engine *e;
    struct amf_overlay overlay;
    struct amf_actions orders;
    int64_t first_ms; /* of the first step, -1: none yet */
    size_t steps, n_orders, different;
};

/* One line that names the place in the file. */
static enum clv_exit wrong(const struct replay *r, const char *what)
{
    fprintf(stderr, "%s %s: %s:%zu: %s\n", r->self->path, r->self->name, r->path, r->line,
            what);
    return CLV_EXIT_FAILED;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text ? text : "";
}

/* ---- the lines ------------------------------------------------------------------------
 */

static enum clv_exit begin(struct replay *r, const json_t *o)
{
    const char *dir = r->model_dir ? r->model_dir : text_of(o, "model");
    char error[1000], fingerprint[20];

    if (json_integer_value(json_object_get(o, "version")) != AMF_RECORD_VERSION)
        return wrong(r, "not a recording of this version, expected \"version\":1");
    r->m = amf_model_load(dir, error, sizeof(error));
    if (!r->m)
        return wrong(r, error);
    snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64,
             amf_model_fingerprint(r->m));
    if (strcmp(fingerprint, text_of(o, "fingerprint")) != 0) {
        snprintf(error, sizeof(error),
                 "the model in %s is not the one of the recording; --model DIR names it",
                 dir);
        return wrong(r, error);
    }
    r->e = amf_engine_new(r->m);
    return r->e ? CLV_EXIT_OK : wrong(r, "no memory");
}

/* One line; o is taken. */
static void line_print(json_t *o)
{
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

static enum clv_exit state(struct replay *r, const json_t *o)
{
    const int64_t ms = json_integer_value(json_object_get(o, "ms"));
    const bool exact = json_is_true(json_object_get(o, "exact"));
    const json_t *saved = json_object_get(o, "state");

    amf_engine_free(r->e);
    r->e = NULL;
    if (amf_overlay_replace(&r->overlay, r->m, json_object_get(o, "changes")))
        r->e = amf_engine_new(r->m);
    if (!r->e || !(exact ? amf_engine_resume : amf_engine_load)(r->e, saved, ms))
        return wrong(r, "the state does not fit the model");
    if (r->json)
        line_print(json_pack("{s:s}", "state", exact ? "exact" : "saved"));
    else if (!r->only_differences)
        puts(exact ? "            goes on where the file before ended"
                   : "            goes on from a saved state");
    return CLV_EXIT_OK;
}

static void orders_print(const json_t *orders, const char *mark)
{
    const json_t *order;
    size_t i;

    json_array_foreach(orders, i, order)
        printf("            %s %s\n", mark, json_string_value(order));
}

static void step_print(struct replay *r, const json_t *o, int64_t ms, const json_t *now,
                       bool same)
{
    if (same && r->only_differences)
        return;
    if (r->json) {
        line_print(json_pack("{s:I, s:s, s:b, s:O, s:O}", "ms",
                             (json_int_t)(ms - r->first_ms), "event", text_of(o, "event"),
                             "same", (int)same, "then", json_object_get(o, "do"), "now",
                             (json_t *)(uintptr_t)now));
        return;
    }
    printf("[%10.3f] %s\n", (double)(ms - r->first_ms) / 1000, text_of(o, "event"));
    orders_print(json_object_get(o, "do"), same ? "->" : "then ->");
    if (!same)
        orders_print(now, "now  ->");
}

static enum clv_exit step(struct replay *r, const json_t *o)
{
    const int64_t ms = json_integer_value(json_object_get(o, "ms"));
    const int rc = (int)json_integer_value(json_object_get(o, "rc"));
    enum amf_admin_result result;
    struct amf_wire_event wire;
    json_t *now;
    bool same;

    if (!amf_wire_unpack(r->m, json_object_get(o, "ev"), &wire))
        return wrong(r, "not an event of this model");
    if (r->first_ms < 0)
        r->first_ms = ms;
    result = amf_engine_step(r->e, ms, &wire.ev, &r->orders);
    now = amf_record_orders(r->m, &r->orders);
    same = json_equal(now, json_object_get(o, "do")) && (int)result == rc;
    step_print(r, o, ms, now, same);
    json_decref(now);
    r->steps++;
    r->n_orders += r->orders.n;
    r->different += !same;
    return CLV_EXIT_OK;
}

static void changes_print(const json_t *changes)
{
    const json_t *change;
    char *set;
    size_t i;

    json_array_foreach(changes, i, change)
    {
        set = json_dumps(json_object_get(change, "set"), JSON_COMPACT);
        printf("               %s %s %s\n", text_of(change, "kind"),
               text_of(change, "name"), set ? set : "");
        free(set);
    }
}

static enum clv_exit change(struct replay *r, const json_t *o)
{
    const int64_t ms = json_integer_value(json_object_get(o, "ms"));
    const bool refused = json_integer_value(json_object_get(o, "rc")) != AMF_CHANGE_OK;
    const json_t *changes = json_object_get(o, "changes");
    char why[400];
    bool same;

    if (r->first_ms < 0)
        r->first_ms = ms;
    same = (amf_overlay_commit(&r->overlay, r->m, &r->e, changes, why, sizeof(why)) !=
            AMF_CHANGE_OK) == refused;
    if ((!same || !r->only_differences) && r->json) {
        line_print(json_pack(
            "{s:I, s:O*, s:b, s:b}", "ms", (json_int_t)(ms - r->first_ms), "changes",
            (json_t *)(uintptr_t)changes, "refused", (int)refused, "same", (int)same));
    } else if (!same || !r->only_differences) {
        printf("[%10.3f] programs change the configuration%s%s\n",
               (double)(ms - r->first_ms) / 1000, refused ? ", refused" : "",
               same      ? ""
               : refused ? "; now it is taken"
                         : "; now it is refused");
        changes_print(changes);
    }
    r->steps++;
    r->different += !same;
    return CLV_EXIT_OK;
}

static enum clv_exit line_play(struct replay *r, const char *text)
{
    json_error_t error;
    json_t *o = json_loads(text, 0, &error);
    const char *type = text_of(o, "t");
    enum clv_exit result;

    if (!o)
        result = wrong(r, "not JSON; was the recording cut off here?");
    else if (!r->e && strcmp(type, "begin") != 0)
        result = wrong(r, "expected {\"t\":\"begin\"} first");
    else if (!r->e)
        result = begin(r, o);
    else if (strcmp(type, "state") == 0)
        result = state(r, o);
    else if (strcmp(type, "step") == 0)
        result = step(r, o);
    else if (strcmp(type, "change") == 0)
        result = change(r, o);
    else
        result = wrong(r, "expected \"t\" to be \"state\", \"step\" or \"change\"");
    json_decref(o);
    return result;
}

/* ---- the command --------------------------------------------------------- */

static void summary_print(const struct replay *r)
{
    if (r->json) {
        line_print(json_pack("{s:I, s:I, s:I}", "steps", (json_int_t)r->steps, "orders",
                             (json_int_t)r->n_orders, "different",
                             (json_int_t)r->different));
        return;
    }
    printf("%zu steps, %zu orders: ", r->steps, r->n_orders);
    if (r->different)
        printf("%zu steps are decided differently now\n", r->different);
    else
        puts("the same decisions");
}

static enum clv_exit play(struct replay *r)
{
    enum clv_exit result = CLV_EXIT_OK;
    char *text = NULL;
    size_t size = 0;

    while (result == CLV_EXIT_OK && getline(&text, &size, r->file) > 0) {
        r->line++;
        result = line_play(r, text);
    }
    free(text);
    if (result == CLV_EXIT_OK && !r->e)
        result = wrong(r, "empty, expected a recording of clovis-amfd --record");
    if (result != CLV_EXIT_OK)
        return result;
    summary_print(r);
    return r->different ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
}

static enum clv_exit options_read(struct replay *r, int argc, char **argv)
{
    static const struct option known[] = {
        {"model", required_argument, NULL, OPT_MODEL},
        {"differences", no_argument, NULL, OPT_DIFFERENCES},
        {"json", no_argument, NULL, OPT_JSON},
        {NULL, 0, NULL, 0}};
    int c;

    opterr = 0;
    optind = 0;
    while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (c == OPT_MODEL)
            r->model_dir = optarg;
        else if (c == OPT_DIFFERENCES)
            r->only_differences = true;
        else if (c == OPT_JSON)
            r->json = true;
        else
            return clv_command_misused(r->self, "%s %s", argv[optind - 1],
                                       c == ':' ? "needs a value" : "is not an option");
    }
    if (optind == argc)
        return clv_command_misused(r->self, "no file");
    if (optind + 1 < argc)
        return clv_command_misused(r->self, "\"%s\" is one too many", argv[optind + 1]);
    r->path = argv[optind];
    return CLV_EXIT_OK;
}

enum clv_exit cmd_amf_replay(const struct clv_command *self, int argc, char **argv)
{
    struct replay r = {.self = self, .first_ms = -1};
    enum clv_exit result = options_read(&r, argc, argv);

    if (result != CLV_EXIT_OK)
        return result;
    r.file = fopen(r.path, "re");
    if (!r.file)
        return wrong(&r, strerror(errno));
    result = play(&r);
    fclose(r.file);
    amf_actions_free(&r.orders);
    amf_engine_free(r.e);
    amf_overlay_free(&r.overlay);
    amf_model_free(r.m);
    return result;
}
