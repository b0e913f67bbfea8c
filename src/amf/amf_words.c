/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_words.h"

#include <inttypes.h>
#include <stdio.h>

#define WORD(words, i) ((size_t)(i) < sizeof(words) / sizeof(*(words)) ? (words)[i] : "?")

static const char *comp_of(const struct amf_model *m, int comp)
{
    return comp >= 0 && (size_t)comp < m->n_comps ? m->comps[comp].name : "-";
}

static const char *node_of(const struct amf_model *m, int node)
{
    return node >= 0 && (size_t)node < m->n_nodes ? m->nodes[node].name : "-";
}

static const char *csi_of(const struct amf_model *m, int csi)
{
    return csi >= 0 && (size_t)csi < m->n_csis ? m->csis[csi].name : "all";
}

static const char *entity_of(const struct amf_model *m, enum amf_kind kind, int i)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return node_of(m, i);
    case AMF_KIND_SG:
        return m->sgs[i].name;
    case AMF_KIND_SU:
        return m->sus[i].name;
    case AMF_KIND_SI:
        return m->sis[i].name;
    case AMF_KIND_COMP:
        return comp_of(m, i);
    case AMF_KIND_CSI:
        return csi_of(m, i);
    default:
        return "-";
    }
}

static const char *su_of(const struct amf_model *m, int i)
{
    return i >= 0 ? entity_of(m, AMF_KIND_SU, i) : "-";
}

/* ---- events ----------------------------------------------------------------------- */

static void admin_words(const struct amf_model *m, const struct amf_event *ev, char *text,
                        size_t size)
{
    static const char *const ops[] = {"?",
                                      "lock",
                                      "lock-instantiation",
                                      "unlock",
                                      "shutdown",
                                      "shutdown-restart",
                                      "restart",
                                      "repaired",
                                      "swap",
                                      "adjust",
                                      "force-lock-instantiation",
                                      "force-lock",
                                      "assign"};
    static const char *const kinds[] = {"?",  "node", "?",    "sg",
                                        "su", "si",   "comp", "csi"};

    if (ev->op == AMF_OP_SI_ASSIGN_SU) {
        snprintf(text, size, "admin assign si %s active %s standby %s",
                 entity_of(m, ev->kind, ev->index), su_of(m, ev->active_su),
                 su_of(m, ev->standby_su));
        return;
    }
    snprintf(text, size, "admin %s %s %s%s", WORD(ops, ev->op), WORD(kinds, ev->kind),
             entity_of(m, ev->kind, ev->index),
             ev->op == AMF_OP_SG_ADJUST && !ev->arg ? " off" : "");
}

void amf_event_words(const struct amf_model *m, const struct amf_event *ev, char *text,
                     size_t size)
{
    static const char *const types[] = {
        "?",          "node up",      "node down", "launch failed", "launched",
        "registered", "unregistered", "exited",    "answer",        "quiesced",
        "fault",      "fault clear",  "timer",     "admin",         "restored"};
    const char *what = WORD(types, ev->type);

    switch (ev->type) {
    case AMF_EV_NODE_UP:
    case AMF_EV_NODE_DOWN:
        snprintf(text, size, "%s %s", what, node_of(m, ev->index));
        break;
    case AMF_EV_RESPONSE:
    case AMF_EV_QUIESCING_DONE:
        snprintf(text, size, "%s inv=%" PRIx64 " %s", what, ev->invocation,
                 ev->ok ? "ok" : "refused");
        break;
    case AMF_EV_FAULT:
        snprintf(text, size, "%s %s recovery=%d", what, comp_of(m, ev->index),
                 (int)ev->recovery);
        break;
    case AMF_EV_TIMER:
        snprintf(text, size, "%s %" PRIx64, what, ev->timer);
        break;
    case AMF_EV_ADMIN:
        admin_words(m, ev, text, size);
        break;
    case AMF_EV_RESTORED:
        snprintf(text, size, "%s %s %s", what, comp_of(m, ev->index),
                 ev->ok ? "running" : "gone");
        break;
    default:
        snprintf(text, size, "%s %s%s%s", what, comp_of(m, ev->index),
                 ev->proxy >= 0 ? " by " : "",
                 ev->proxy >= 0 ? comp_of(m, ev->proxy) : "");
        break;
    }
}

/* ---- orders ------------------------------------------------------------------------ */

static void set_words(const struct amf_model *m, const struct amf_action *a, char *text,
                      size_t size)
{
    static const char *const ha[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                     "QUIESCING"};
    const struct amf_csi_set *s = &a->set;

    snprintf(text, size,
             "set %s %s %s flags=%" PRIu32 " tr=%d active=%s rank=%" PRIu32
             "%s inv=%" PRIx64,
             comp_of(m, s->comp), csi_of(m, s->csi), WORD(ha, s->ha), s->flags,
             (int)s->transition, comp_of(m, s->active_comp), s->standby_rank,
             s->with_attrs ? " attrs" : "", s->invocation);
}

static void remove_words(const struct amf_model *m, const struct amf_action *a,
                         char *text, size_t size)
{
    snprintf(text, size, "remove %s %s flags=%" PRIu32 " inv=%" PRIx64,
             comp_of(m, a->set.comp), csi_of(m, a->set.csi), a->set.flags,
             a->set.invocation);
}

void amf_action_words(const struct amf_model *m, const struct amf_action *a, char *text,
                      size_t size)
{
    switch (a->type) {
    case AMF_DO_LAUNCH:
        snprintf(text, size, "launch %s", comp_of(m, a->index));
        break;
    case AMF_DO_KILL:
        snprintf(text, size, "kill %s", comp_of(m, a->index));
        break;
    case AMF_DO_CSI_SET:
        set_words(m, a, text, size);
        break;
    case AMF_DO_CSI_REMOVE:
        remove_words(m, a, text, size);
        break;
    case AMF_DO_TERMINATE:
        snprintf(text, size, "terminate %s inv=%" PRIx64, comp_of(m, a->index),
                 a->invocation);
        break;
    case AMF_DO_PROXIED_INSTANTIATE:
    case AMF_DO_PROXIED_CLEANUP:
        snprintf(text, size, "%s %s by %s inv=%" PRIx64,
                 a->type == AMF_DO_PROXIED_CLEANUP ? "clean up" : "instantiate",
                 comp_of(m, a->index), comp_of(m, a->proxy), a->invocation);
        break;
    case AMF_DO_TIMER:
        snprintf(text, size, "timer %" PRIx64 " at %" PRId64, a->timer, a->at_ms);
        break;
    case AMF_DO_TIMER_CANCEL:
        snprintf(text, size, "cancel timer %" PRIx64, a->timer);
        break;
    case AMF_DO_NODE_RESET:
        snprintf(text, size, "reset %s%s", node_of(m, a->index),
                 a->restart ? " and start it again" : "");
        break;
    case AMF_DO_PG_CHANGE:
        snprintf(text, size, "group %s: %s is %d, change %d", csi_of(m, a->set.csi),
                 comp_of(m, a->set.comp), (int)a->set.ha, a->pg_change);
        break;
    case AMF_DO_NOTE:
        snprintf(text, size, "note: %s", a->note);
        break;
    }
}
