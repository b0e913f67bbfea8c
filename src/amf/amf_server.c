/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"

enum who { ANYBODY, COMPONENT, OPERATOR };

static void hello(struct amf_daemon *d, struct amf_peer *p, const json_t *o);

/* clang-format off */
static const struct {
    const char *type;
    enum who who;
    void (*run)(struct amf_daemon *, struct amf_peer *, const json_t *);
} requests[] = {
    { "hello",      ANYBODY,   hello },
    { "register",   COMPONENT, amf_component_register },
    { "unregister", COMPONENT, amf_component_unregister },
    { "response",   COMPONENT, amf_component_response },
    { "quiesced",   COMPONENT, amf_component_quiesced },
    { "hastate",    ANYBODY,   amf_component_hastate },
    { "fault",      ANYBODY,   amf_component_fault },
    { "clear",      ANYBODY,   amf_component_clear },
    { "hcstart",    COMPONENT, amf_component_hcstart },
    { "hcconfirm",  COMPONENT, amf_component_hcconfirm },
    { "hcstop",     COMPONENT, amf_component_hcstop },
    { "pgtrack",    ANYBODY,   amf_component_pgtrack },
    { "pgstop",     ANYBODY,   amf_component_pgstop },
    { "bye",        COMPONENT, amf_component_bye },
    { "master",     ANYBODY,   amf_query_master },
    { "node",       ANYBODY,   amf_query_node },
    { "node-op",    ANYBODY,   amf_query_node_op },
    { "notify",     COMPONENT, amf_updown_notify },
    { "compstatus", ANYBODY,   amf_query_comp },
    { "entity",     ANYBODY,   amf_query_entity },
    { "list",       ANYBODY,   amf_query_list },
    { "status",     ANYBODY,   amf_operator_status },
    { "admin",      OPERATOR,  amf_operator_admin },
    { "ccb",        OPERATOR,  amf_ccb_commit },
    { "user-data",  OPERATOR,  amf_user_data },
    { "kill-node",  OPERATOR,  amf_operator_kill_node },
    { "start-node", OPERATOR,  amf_operator_start_node },
    { "watch",      OPERATOR,  amf_operator_watch },
    { "events",     OPERATOR,  amf_operator_events },
    { "log",        OPERATOR,  amf_operator_log },
    { "stop",       OPERATOR,  amf_operator_stop },
};
/* clang-format on */

const char *amf_server_text(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

int amf_server_comp(const struct amf_daemon *d, const json_t *o, const char *key)
{
    const char *name = amf_server_text(o, key);

    return name ? amf_model_comp(d->model, name, strlen(name)) : -1;
}

void amf_server_reply(struct amf_peer *p, const json_t *o, uint32_t rc, json_t *members)
{
    json_t *id = json_object_get(o, "id");
    json_t *answer;

    if (!id) {
        json_decref(members);
        return;
    }
    answer = json_pack("{s:s, s:O, s:I}", "t", "re", "id", id, "rc", (json_int_t)rc);
    if (members) {
        json_object_update(amf_must(answer), members);
        json_decref(members);
    }
    amf_peer_send(p, answer);
}

static void hello(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    if (!json_is_true(json_object_get(o, "operator"))) {
        amf_component_hello(d, p, o);
        return;
    }
    p->is_operator = true;
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

static bool allowed(const struct amf_peer *p, enum who who)
{
    return who == ANYBODY || (who == COMPONENT ? p->comp >= 0 : p->is_operator);
}

void amf_server_dispatch(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *type = amf_server_text(o, "t");
    size_t i;

    for (i = 0; type && i < sizeof(requests) / sizeof(*requests); i++) {
        if (strcmp(requests[i].type, type) != 0)
            continue;
        if (!allowed(p, requests[i].who))
            amf_server_reply(p, o, AMF_RE_NOT_INITIALIZED, NULL);
        else if (d->restoring && requests[i].run != hello)
            amf_restore_defer(d, p, o);
        else
            requests[i].run(d, p, o);
        return;
    }
    amf_server_reply(p, o, AMF_RE_NOT_IMPLEMENTED, NULL);
}

static void line(void *ctx, struct amf_peer *p, const json_t *o)
{
    struct amf_daemon *d = ctx;

    amf_trace_message(&d->trace, "from", (int)p->pid, o);
    amf_server_dispatch(d, p, o);
}

static void sent(void *ctx, const struct amf_peer *p, const json_t *o)
{
    const struct amf_daemon *d = ctx;

    amf_trace_message(&d->trace, "to", (int)p->pid, o);
}

static void ended(void *ctx, struct amf_peer *p, const char *why)
{
    struct amf_daemon *d = ctx;
    const int comp = p->comp;

    amf_pg_forget(&d->pg, p);
    amf_restore_forget_peer(d, p);
    if (d->cluster)
        amf_cluster_forget_peer(d->cluster, p);
    if (comp >= 0 && d->comps[comp].peer == p)
        amf_component_gone(d, comp, why);
    else
        clv_log(CLV_LOG_DEBUG, "%s: %s",
                comp >= 0 ? d->model->comps[comp].name : "a caller", why);
}

struct amf_listener_events amf_server_events(struct amf_daemon *d)
{
    return (struct amf_listener_events){
        .ctx = d, .line = line, .sent = sent, .ended = ended};
}
