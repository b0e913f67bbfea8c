/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deciding ahead of the cluster's log, while nothing can be appended to it: a second
 * engine takes over the state of the first and is fed the facts that wait. What it orders
 * is carried out at once as long as it is a restart in place: components of our own get
 * back what they had, nothing else changes. When the facts are in the log, the first
 * engine must decide the same. Pure: no I/O, no clock.
 */
#ifndef AMF_AHEAD_H
#define AMF_AHEAD_H

#include "amf/amf_cluster_wire.h"

/* An order that was carried out ahead: a launch, a kill or a CSI set. */
struct amf_ahead_order {
    enum amf_action_type type;
    int comp, proxy;        /* proxy: who is told instead, or -1 */
    struct amf_csi_set set; /* with the invocation of the engine */
    uint64_t told;          /* the one that the component was told, of a set */
};

struct amf_ahead {
    const struct amf_model *m;
    struct amf_engine *engine; /* owned, as all that follows */
    bool *ours;                /* components */
    bool *touched;             /* that got an order ahead */
    uint32_t *generation;      /* launches and kills, of each component */
    struct amf_actions actions;
    struct amf_wire_event *facts;
    size_t n_facts, cap_facts;
    struct amf_ahead_order *orders;
    size_t n_orders, cap_orders;
};

/* Go on from the state of before, the cluster's engine. generation: how many launches and
 * kills it has ordered for each component; ours: which ones are this daemon's. */
struct amf_ahead *amf_ahead_new(const struct amf_model *m,
                                const struct amf_engine *before,
                                const uint32_t *generation, const bool *ours,
                                int64_t now_ms);
void amf_ahead_free(struct amf_ahead *a);

/* Decide on one more fact. True: what was ordered on it may be carried out, and follows
 * the orders of before. False: it may not; the fact is not taken, and no other one can be
 * decided on any more. Answers name the invocation that was told. */
bool amf_ahead_feed(struct amf_ahead *a, const struct amf_engine *before,
                    const struct amf_wire_event *w, int64_t now_ms);

/* Decide again on all facts from another state. True: it comes to the same orders, whose
 * invocations are the new ones then. */
bool amf_ahead_again(struct amf_ahead *a, const struct amf_engine *before,
                     const uint32_t *generation, int64_t now_ms);

/* The fact as the cluster is to read it: with the engine's invocation. */
struct amf_wire_event amf_ahead_fact(const struct amf_ahead *a, size_t i);

/* The first engine gave this order: it is what order i was. */
bool amf_ahead_is(const struct amf_ahead_order *o, const struct amf_action *a);

/* Between the two states nothing has changed but the components' own lives, and the
 * orders restart components of ours with what they had. */
bool amf_ahead_safe(const struct amf_model *m, const struct amf_engine *before,
                    const struct amf_engine *after, const struct amf_actions *orders,
                    const bool *ours);

#endif
