/* SPDX-License-Identifier: Apache-2.0 */
/* Tells those who asked for it which components and nodes have come or gone. */
#include "amf/amf_cluster.h"
#include "amf/amf_daemon.h"
#include "amf/amf_must.h"

static void tell(struct amf_daemon *d, int node, int pid, bool up)
{
    struct amf_peer *p;

    for (p = amf_listener_first(d->listener); p; p = p->next)
        if (p->notified)
            amf_peer_send(p, json_pack("{s:s, s:I, s:i, s:b}", "t", "updown", "addr",
                                       (json_int_t)d->model->nodes[node].slot, "pid", pid,
                                       "up", (int)up));
}

static int pid_now(const struct amf_daemon *d, int comp)
{
    const enum amf_presence p = amf_engine_presence(d->engine, comp);

    if (p != AMF_PRES_INSTANTIATED && p != AMF_PRES_TERMINATING)
        return 0;
    if (d->comps[comp].alive)
        return (int)d->comps[comp].pid;
    return d->cluster ? amf_cluster_pid(d->cluster, comp) : 0;
}

void amf_updown_look(struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++) {
        if (d->nodes[i].up && !d->nodes[i].told_up)
            tell(d, (int)i, 0, true);
        else if (!d->nodes[i].up && d->nodes[i].told_up)
            tell(d, (int)i, 0, false);
        d->nodes[i].told_up = d->nodes[i].up;
    }
    for (i = 0; i < d->model->n_comps; i++) {
        const int node = amf_daemon_comp_node(d, (int)i), now = pid_now(d, (int)i);
        const int before = d->comps[i].told_pid;

        if (before && before != now)
            tell(d, node, before, false);
        if (now && before != now)
            tell(d, node, now, true);
        d->comps[i].told_pid = now;
    }
}

void amf_updown_notify(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    (void)d;
    p->notified = true;
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}
