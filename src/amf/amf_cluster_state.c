/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the cluster as an entry of its log. */
#include "amf/amf_cluster_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"
#include "base/clock.h"

/* ---- the state as an entry ----------------------------------------------- */

json_t *amf_cluster_members_pack(const struct amf_cluster *c)
{
    json_t *list = amf_must(json_array());
    const struct member *m;

    for (m = c->members; m; m = m->next)
        if (m->joined)
            json_array_append_new(list, json_string(m->who));
    return list;
}

static json_t *comps_pack(const struct amf_cluster *c)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < c->d->model->n_comps; i++)
        json_array_append_new(
            list, json_pack("[I, i]", (json_int_t)c->generation[i], c->pid[i]));
    return list;
}

/* The nodes that an operator has killed. */
static json_t *killed_pack(const struct amf_cluster *c)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < c->d->model->n_nodes; i++)
        if (c->d->nodes[i].held)
            json_array_append_new(list, json_integer((json_int_t)i));
    return list;
}

/* Of our own nodes we know better. */
static void killed_take(struct amf_cluster *c, const json_t *list)
{
    struct amf_daemon *d = c->d;
    const json_t *node;
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++)
        if (!d->nodes[i].played)
            d->nodes[i].held = false;
    json_array_foreach(list, i, node)
    {
        const size_t k = (size_t)json_integer_value(node);

        if (k < d->model->n_nodes && !d->nodes[k].played)
            d->nodes[k].held = true;
    }
}

/* Of the entries, and of what is decided on them: to be counted up with either. */
enum { LOG_FORMAT = 2 };

const char *amf_cluster_common_text(const struct amf_cluster *c,
                                    char text[AMF_COMMON_SIZE])
{
    snprintf(text, AMF_COMMON_SIZE, "%016" PRIx64 ".%d", c->d->fingerprint, LOG_FORMAT);
    return text;
}

bool amf_cluster_in_common(const struct amf_cluster *c, const char *model)
{
    char mine[AMF_COMMON_SIZE];

    return model && strcmp(model, amf_cluster_common_text(c, mine)) == 0;
}

json_t *amf_cluster_state_pack(const struct amf_cluster *c)
{
    json_t *owners = amf_must(json_array());
    json_t *state;
    char model[AMF_COMMON_SIZE];
    size_t i;

    for (i = 0; i < c->d->model->n_nodes; i++)
        json_array_append_new(owners, json_string(c->owner[i]));
    state = amf_must(json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o}", "t",
                               "state", "of", c->held_who, "seq", (json_int_t)c->held_seq,
                               "model", amf_cluster_common_text(c, model), "members",
                               amf_cluster_members_pack(c), "owners", owners, "killed",
                               killed_pack(c), "comps", comps_pack(c), "engine",
                               amf_must(amf_engine_dump(c->d->engine))));
    if (c->d->overlay.changes)
        json_object_set(state, "changes", c->d->overlay.changes);
    if (c->d->user_data)
        json_object_set(state, "user_data", c->d->user_data);
    return state;
}

static void strip(struct amf_cluster *c)
{
    size_t i;

    while (c->members)
        amf_cluster_member_remove(c, c->members->who);
    for (i = 0; i < c->d->model->n_nodes; i++)
        c->owner[i][0] = '\0';
    memset(c->generation, 0, (c->d->model->n_comps + 1) * sizeof(*c->generation));
    memset(c->pid, 0, (c->d->model->n_comps + 1) * sizeof(*c->pid));
}

/* False: it is not a state of our model; nothing has changed. */
bool amf_cluster_state_take(struct amf_cluster *c, const json_t *state, int64_t ms)
{
    struct amf_daemon *d = c->d;
    const json_t *saved = json_object_get(state, "engine");
    struct amf_engine *fresh;
    const json_t *comps = json_object_get(state, "comps");
    const json_t *owners = json_object_get(state, "owners");
    json_t *item;
    size_t i;

    if (!amf_cluster_in_common(c, amf_server_text(state, "model")) ||
        json_array_size(comps) != d->model->n_comps ||
        json_array_size(owners) != d->model->n_nodes)
        return false;
    fresh = amf_ccb_engine(d, json_object_get(state, "changes"), saved, ms);
    if (!fresh)
        return false;
    amf_record_state(d->recorder, ms, saved, d->overlay.changes);
    amf_user_data_restore(d, json_object_get(state, "user_data"));
    amf_engine_free(d->engine);
    d->engine = fresh;
    amf_timers_free(&d->timers); /* the engine orders them again */
    strip(c);
    json_array_foreach(json_object_get(state, "members"), i, item)
        amf_cluster_member_get(c, json_string_value(item))
            ->joined = true;
    for (i = 0; i < d->model->n_nodes; i++)
        snprintf(c->owner[i], sizeof(c->owner[i]), "%s",
                 json_string_value(json_array_get(owners, i)));
    killed_take(c, json_object_get(state, "killed"));
    for (i = 0; i < d->model->n_comps; i++) {
        item = json_array_get(comps, i);
        c->generation[i] = (uint32_t)json_integer_value(json_array_get(item, 0));
        c->pid[i] = (int)json_integer_value(json_array_get(item, 1));
    }
    return true;
}

void amf_cluster_member_admit(struct amf_cluster *c, const char *who, const char *was,
                              int node)
{
    if (!c->owner[node][0] || (was && *was && strcmp(c->owner[node], was) == 0))
        snprintf(c->owner[node], sizeof(c->owner[node]), "%s", who);
}

/* As if our join had come after the state that was just taken up. */
static void admit_self(struct amf_cluster *c)
{
    size_t i;

    amf_cluster_member_get(c, c->who)->joined = true;
    for (i = 0; i < c->d->model->n_nodes; i++)
        if (c->d->nodes[i].played)
            amf_cluster_member_admit(c, c->who, c->was, (int)i);
    if (c->was[0])
        amf_cluster_member_remove(c, c->was);
}

/* Give everybody the state as of the mark. A cluster that begins takes up the last one
 * that was saved, or starts from the model. */
void amf_cluster_state_append(struct amf_cluster *c)
{
    json_t *saved = NULL;

    if (!c->based && c->snapshot && !c->d->settings->fresh) {
        saved = json_loads(c->snapshot, 0, NULL);
        if (saved && amf_cluster_state_take(c, saved, 0)) {
            admit_self(c);
            amf_daemon_note(c->d, "the cluster goes on from its last state");
        } else {
            clv_log(CLV_LOG_WARNING, "the cluster's last state does not fit the model: "
                                     "starting afresh");
        }
    }
    json_decref(saved);
    amf_cluster_append(c, c->epoch, 0, amf_cluster_state_pack(c));
}
