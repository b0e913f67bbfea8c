/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state file as it is written, once per turn of the loop in which something happened.
 * With hundreds of components most of it is as it was the last time.
 */
#include "amf/amf_daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"
#include "amf/amf_state_file.h"

/* ---- one component ------------------------------------------------------- */

static void process_add(void *list, pid_t pid, uint64_t start, bool leads_group,
                        bool leftover)
{
    json_array_append_new(list, json_pack("{s:i, s:I, s:b, s:b}", "pid", (int)pid,
                                          "start", (json_int_t)start, "group",
                                          leads_group, "leftover", leftover));
}

static uint32_t generation_of(const struct amf_daemon *d, int comp)
{
    return d->cluster ? amf_cluster_generation(d->cluster, comp) : 0;
}

static json_t *comp_state(const struct amf_daemon *d, int comp)
{
    const struct amf_comp_run *run = &d->comps[comp];
    json_t *processes = amf_must(json_array());

    amf_supervisor_each(d->supervisor, comp, process_add, processes);
    return amf_must(json_pack(
        "{s:s, s:I, s:b, s:b, s:b, s:i, s:s, s:o}", "name", d->model->comps[comp].name,
        "generation", (json_int_t)generation_of(d, comp), "alive", run->alive,
        "registered", run->registered, "launched", run->launched, "pid", (int)run->pid,
        "proxy", run->proxy >= 0 ? d->model->comps[run->proxy].name : "", "processes",
        processes));
}

/* FNV-1a over whole numbers. */
static void mix(uint64_t *hash, uint64_t value)
{
    *hash = (*hash ^ value) * UINT64_C(0x100000001b3);
}

static void process_mix(void *hash, pid_t pid, uint64_t start, bool leads_group,
                        bool leftover)
{
    mix(hash, (uint64_t)pid);
    mix(hash, start);
    mix(hash, (uint64_t)leads_group << 1 | leftover);
}

/* Of all that comp_state() tells. */
static uint64_t comp_hash(const struct amf_daemon *d, int comp)
{
    const struct amf_comp_run *run = &d->comps[comp];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    mix(&hash, generation_of(d, comp));
    mix(&hash,
        (uint64_t)run->alive << 2 | (uint64_t)run->registered << 1 | run->launched);
    mix(&hash, (uint64_t)run->pid);
    mix(&hash, (uint64_t)run->proxy);
    amf_supervisor_each(d->supervisor, comp, process_mix, &hash);
    return hash;
}

static const char *comp_text(const struct amf_daemon *d, int comp)
{
    struct amf_comp_run *run = &d->comps[comp];
    const uint64_t hash = comp_hash(d, comp);
    json_t *state;

    if (run->kept && run->kept_hash == hash)
        return run->kept;
    state = comp_state(d, comp);
    free(run->kept);
    run->kept = amf_must(json_dumps(state, JSON_COMPACT));
    run->kept_hash = hash;
    json_decref(state);
    return run->kept;
}

/* ---- the whole ----------------------------------------------------------- */

static json_t *node_state(const struct amf_daemon *d, int node)
{
    return json_pack("{s:s, s:b, s:b, s:b}", "name", d->model->nodes[node].name, "up",
                     d->nodes[node].up, "held", d->nodes[node].held, "resetting",
                     d->nodes[node].resetting);
}

/* All but the long lists. */
static json_t *head(const struct amf_daemon *d)
{
    json_t *nodes = amf_must(json_array());
    char model[20];
    json_t *state;
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++)
        json_array_append_new(nodes, node_state(d, (int)i));
    snprintf(model, sizeof(model), "%016" PRIx64, d->fingerprint);
    state = amf_must(json_pack("{s:i, s:s, s:I, s:s, s:o}", "version", AMF_STATE_VERSION,
                               "model", model, "epoch", (json_int_t)d->epoch, "cluster",
                               d->cluster ? amf_cluster_who(d->cluster) : "", "nodes",
                               nodes));
    if (d->overlay.changes && !d->cluster)
        json_object_set(state, "changes", d->overlay.changes);
    if (d->user_data && !d->cluster)
        json_object_set(state, "user_data", d->user_data);
    return state;
}

static void write_head(FILE *f, const struct amf_daemon *d)
{
    json_t *state = head(d);
    char *text = amf_must(json_dumps(state, JSON_COMPACT));

    fwrite(text, 1, strlen(text) - 1, f); /* without its closing brace */
    free(text);
    json_decref(state);
}

/* A cluster's state is in its log. */
static void write_engine(FILE *f, const struct amf_daemon *d)
{
    char *text = d->cluster ? NULL : amf_must(amf_engine_dump_text(d->engine));

    fputs(text ? text : "null", f);
    free(text);
}

static char *whole_text(const struct amf_daemon *d)
{
    char *text = NULL;
    size_t size, i;
    FILE *f = amf_must(open_memstream(&text, &size));

    write_head(f, d);
    fputs(",\"comps\":[", f);
    for (i = 0; i < d->model->n_comps; i++) {
        fputs(i ? "," : "", f);
        fputs(comp_text(d, (int)i), f);
    }
    fputs("],\"engine\":", f);
    write_engine(f, d);
    fputc('}', f);
    amf_must(fclose(f) == 0 ? text : NULL);
    return text;
}

void amf_restore_save(struct amf_daemon *d)
{
    static bool failed;
    char *text = whole_text(d);
    const bool ok = amf_state_write(d->settings->state_file, text);

    if (!ok && !failed)
        clv_log(CLV_LOG_ERROR,
                "%s: %s; going on, but a daemon that follows could not take over",
                d->settings->state_file, strerror(errno));
    failed = !ok;
    free(text);
}
