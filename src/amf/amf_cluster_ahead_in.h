/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files share that act while the store is away, and nobody else: one
 * decides, the other brings it to the cluster. */
#ifndef AMF_CLUSTER_AHEAD_IN_H
#define AMF_CLUSTER_AHEAD_IN_H

#include "amf/amf_ahead.h"
#include "amf/amf_cluster_in.h"

/* Marks invocations that no engine gives; the class in the upper half stays. */
#define TOLD_AHEAD UINT64_C(0x80000000)

/* An event of ours that is not known to be in the log. */
struct fact {
    struct fact *next;
    struct amf_wire_event w;
    uint64_t seq;
    int64_t since_ns;
};

struct facts {
    struct fact *first, *last;
};

struct told {
    uint64_t told, invocation;
};

struct ahead {
    struct amf_cluster *c;
    uv_timer_t watch;
    struct facts sent; /* in the log's queue, or in the store */
    uint64_t read_n;   /* the last entry that was read */
    int64_t heard_ns;  /* the store had our beat, and then this last entry */
    uint64_t heard_n;
    uint64_t n_told;   /* invocations given so far */
    struct told *told; /* owned; that the cluster has taken over, and may be answered */
    size_t told_size;

    struct amf_ahead *now; /* NULL: nothing is done ahead */
    int64_t began_ns;
    struct facts queue; /* to be decided on */
    struct facts rest;  /* for the cluster, when the store is back */
    bool deciding;
    bool ended;     /* what follows is not ours to decide */
    bool lapsed;    /* what was restarted had to be killed */
    bool given_up;  /* the same, and the cluster decides on all of it */
    uint64_t entry; /* number of what was handed in, 0: nothing */
    int attempts;
    bool reading; /* that entry */
    bool differs; /* the cluster's engine decided something else */
    size_t met;   /* orders that it gave as well */
};

/* ---- amf_cluster_ahead.c */

void amf_facts_add(struct facts *l, struct fact *f);
struct fact *amf_facts_take(struct facts *l);
void amf_facts_drop(struct facts *l);
struct fact *amf_fact_new(const struct amf_wire_event *w, uint64_t seq);
/* The cluster's time. */
int64_t amf_cluster_ahead_ms(const struct amf_cluster *c);
/* End what was restarted; nothing more is done ahead. */
void amf_cluster_ahead_put_down(struct ahead *x, const char *why);

/* ---- amf_cluster_handin.c */

/* All that is known of what was done ahead; what waited for the cluster is the caller's.
 */
struct facts amf_cluster_ahead_forget(struct ahead *x);

#endif
