/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "amf/amf_cluster_wire.h"
#include "amf/amf_must.h"
#include "amf/amf_words.h"
#include "base/clock.h"

struct amf_recorder {
    const struct amf_model *m;
    FILE *file;                       /* NULL: it failed */
    char *path;                       /* owned */
    int64_t limit_bytes, least_bytes; /* the second so that a large state fits twice */
    char *model_dir; /* owned; this and the next for the first line of each file */
    uint64_t fingerprint;
};

static void failed(struct amf_recorder *r)
{
    clv_log(CLV_LOG_ERROR, "%s: %s; the recording ends here", r->path, strerror(errno));
    if (r->file)
        fclose(r->file);
    r->file = NULL;
}

/* Takes o. Flushed at once: the last line before a crash is the one that matters. */
static void line_write(struct amf_recorder *r, json_t *o)
{
    if (r->file && (json_dumpf(amf_must(o), r->file, JSON_COMPACT) != 0 ||
                    fputc('\n', r->file) == EOF || fflush(r->file) != 0))
        failed(r);
    json_decref(o);
}

/* What is there already, perhaps of a daemon that crashed, is kept as FILE.1. */
static bool set_aside(const struct amf_recorder *r)
{
    char *kept = amf_must(malloc(strlen(r->path) + sizeof(".1")));
    struct stat st;
    bool ok = true;

    sprintf(kept, "%s.1", r->path);
    if (stat(r->path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        ok = rename(r->path, kept) == 0;
    free(kept);
    return ok;
}

static bool file_begin(struct amf_recorder *r)
{
    char text[20];

    if (!set_aside(r))
        return false;
    r->file = fopen(r->path, "we");
    if (!r->file)
        return false;
    snprintf(text, sizeof(text), "%016" PRIx64, r->fingerprint);
    line_write(r,
               json_pack("{s:s, s:i, s:s, s:s}", "t", "begin", "version",
                         AMF_RECORD_VERSION, "model", r->model_dir, "fingerprint", text));
    return true;
}

struct amf_recorder *amf_record_open(const char *path, int64_t limit_bytes,
                                     const struct amf_model *m, const char *model_dir,
                                     uint64_t fingerprint)
{
    struct amf_recorder *r = amf_must(calloc(1, sizeof(*r)));

    r->m = m;
    r->path = amf_must(strdup(path));
    r->limit_bytes = limit_bytes;
    r->model_dir = amf_must(strdup(model_dir));
    r->fingerprint = fingerprint;
    if (!file_begin(r)) {
        const int error = errno;

        amf_record_close(r);
        errno = error;
        return NULL;
    }
    return r;
}

bool amf_record_full(const struct amf_recorder *r)
{
    return r && r->file && ftello(r->file) >= r->limit_bytes &&
           ftello(r->file) >= r->least_bytes;
}

/* Takes state. */
static json_t *state_pack(int64_t ms, bool exact, json_t *state, const json_t *changes)
{
    json_t *o = amf_must(json_pack("{s:s, s:I}", "t", "state", "ms", (json_int_t)ms));

    if (exact)
        json_object_set_new(o, "exact", json_true());
    if (changes)
        json_object_set(o, "changes", (json_t *)(uintptr_t)changes);
    json_object_set_new(o, "state", amf_must(state));
    return o;
}

void amf_record_turn(struct amf_recorder *r, int64_t ms, json_t *state,
                     const json_t *changes)
{
    FILE *old = r->file;

    r->file = NULL;
    if (!file_begin(r))
        failed(r);
    fclose(old);
    line_write(r, state_pack(ms, true, state, changes));
    if (r->file)
        r->least_bytes = 2 * ftello(r->file);
}

void amf_record_close(struct amf_recorder *r)
{
    if (!r)
        return;
    if (r->file)
        fclose(r->file);
    free(r->path);
    free(r->model_dir);
    free(r);
}

json_t *amf_record_orders(const struct amf_model *m, const struct amf_actions *orders)
{
    json_t *list = amf_must(json_array());
    char text[400];
    size_t i;

    for (i = 0; i < orders->n; i++) {
        amf_action_words(m, &orders->at[i], text, sizeof(text));
        json_array_append_new(list, json_string(text));
    }
    return list;
}

void amf_record_state(struct amf_recorder *r, int64_t ms, const json_t *state,
                      const json_t *changes)
{
    if (r)
        line_write(
            r, state_pack(ms, false, json_incref((json_t *)(uintptr_t)state), changes));
}

void amf_record_change(struct amf_recorder *r, int64_t ms, const json_t *changes,
                       enum amf_change_result result)
{
    if (r)
        line_write(r, json_pack("{s:s, s:I, s:O, s:i}", "t", "change", "ms",
                                (json_int_t)ms, "changes", changes, "rc", (int)result));
}

void amf_record_step(struct amf_recorder *r, int64_t ms, const struct amf_event *ev,
                     enum amf_admin_result result, const struct amf_actions *orders)
{
    const struct amf_wire_event wire = {.ev = *ev};
    char text[400];

    if (!r)
        return;
    amf_event_words(r->m, ev, text, sizeof(text));
    line_write(r, json_pack("{s:s, s:I, s:I, s:s, s:o, s:i, s:o}", "t", "step", "ms",
                            (json_int_t)ms, "wall",
                            (json_int_t)(clv_wall_ns() / CLV_NS_PER_MS), "event", text,
                            "ev", amf_wire_pack(&wire), "rc", (int)result, "do",
                            amf_record_orders(r->m, orders)));
}
