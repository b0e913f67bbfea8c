/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a daemon's part in the cluster share, and nobody else. */
#ifndef AMF_CLUSTER_IN_H
#define AMF_CLUSTER_IN_H

#include "amf/amf_cluster.h"
#include "amf/amf_cluster_wire.h"
#include "amf/amf_log.h"

struct member {
    struct member *next;
    char who[AMF_WHO_SIZE];
    char count[24];  /* its beat, as last seen */
    int64_t seen_ns; /* when that changed */
    bool joined;     /* else only its beats are known */
    bool buried;     /* its death is on the way into the log */
};

struct waiting {
    struct waiting *next;
    uint64_t seq;
    struct amf_event ev;
    int order_node; /* another daemon is to do something about it; -1: an event */
    struct amf_peer *peer;
    json_t *request; /* owned */
    amf_cluster_done done;
    bool decided; /* with this result; the answer waits until the state is saved */
    enum amf_admin_result result;
    uint64_t saved_as; /* number of that snapshot; 0: none yet */
};

struct kept {
    struct kept *next;
    struct amf_log_entry e; /* its texts are owned */
};

struct ahead;

struct amf_cluster {
    struct amf_daemon *d;
    struct amf_log *log;
    struct ahead *ahead; /* what is done without the store */
    char who[AMF_WHO_SIZE], was[AMF_WHO_SIZE];
    int64_t lease_ns;
    int64_t clock_ms; /* the cluster's time minus the monotonic clock */
    int64_t view_ns;  /* of the last view; 0: none yet */
    char leader[AMF_WHO_SIZE];
    uint64_t epoch; /* that we lead under; 0: we do not */

    /* What stands in the log, in this order: a mark (a join, or a hole that somebody
     * met), then the state as of the mark. Between them everything is kept. */
    bool blind;                  /* what comes does not concern us until our own mark */
    uint64_t mark;               /* its number */
    bool held;                   /* a mark was read, its state was not */
    char held_who[AMF_WHO_SIZE]; /* whose mark, and its number */
    uint64_t held_seq;
    struct kept *kept, **kept_end;
    bool based;   /* the engine's state is, or was, the cluster's */
    bool settled; /* our nodes have been brought in line with it */
    char *snapshot;

    struct member *members;
    char (*owner)[AMF_WHO_SIZE]; /* of each node; "": nobody plays it */
    uint32_t *generation;        /* of each component: launches and kills ordered */
    uint32_t *carried_out;       /* the same, of ours, as far as carried out here */
    int *pid;                    /* of each component's process, 0: not known */
    struct waiting *waiting;
    int64_t saved_ns;
    size_t saved_size;
    bool unsaved;
};

/* ---- amf_cluster_members.c: members, marks, entries that are appended */

void amf_cluster_member_remove(struct amf_cluster *c, const char *who);
struct member *amf_cluster_member_get(struct amf_cluster *c, const char *who);
struct kept *amf_cluster_kept_take(struct amf_cluster *c);
void amf_cluster_join(struct amf_cluster *c);
void amf_cluster_answer(struct amf_cluster *c, uint64_t seq,
                        enum amf_admin_result result);
/* The same; a leader answers only when the state that comes of it is saved: there may be
 * nobody else who could tell of it. */
void amf_cluster_acknowledge(struct amf_cluster *c, uint64_t seq,
                             enum amf_admin_result result);
/* Answer what was decided and waits for a snapshot up to this number. */
void amf_cluster_on_saved(void *ctx, uint64_t number);
/* The same whatever it waits for: it is up to others to save the state. */
void amf_cluster_answer_decided(struct amf_cluster *c);
bool amf_cluster_is_me(const struct amf_cluster *c, const char *who);
bool amf_cluster_has_joined(const struct amf_cluster *c, const char *who);
uint64_t amf_cluster_append(struct amf_cluster *c, uint64_t epoch, int64_t min_ms,
                            json_t *o);
void amf_cluster_name_make(struct amf_cluster *c);
void amf_cluster_mark_append(struct amf_cluster *c, json_t *mark);
void amf_cluster_kept_free(struct kept *k);
void amf_cluster_answer_all(struct amf_cluster *c);
/* An event of ours: its number. */
uint64_t amf_cluster_event_append(struct amf_cluster *c, const struct amf_wire_event *w);
/* What was asked is under way with another number. */
void amf_cluster_renumber(struct amf_cluster *c, uint64_t seq, uint64_t now);

struct waiting *amf_cluster_wait(struct amf_cluster *c, struct amf_peer *peer,
                                 const json_t *request, amf_cluster_done done);

/* ---- amf_cluster_order.c: orders about nodes of others */

void amf_cluster_read_order(struct amf_cluster *c, const struct amf_log_entry *e,
                            const json_t *o);
void amf_cluster_read_done(struct amf_cluster *c, const json_t *o);
void amf_cluster_read_killed(struct amf_cluster *c, const struct amf_log_entry *e,
                             const json_t *o);
/* Orders to this daemon, or all of them (NULL), will not be answered any more. */
void amf_cluster_orders_end(struct amf_cluster *c, const char *who);

/* ---- amf_cluster_state.c: the state as an entry of the log */

void amf_cluster_state_append(struct amf_cluster *c);

/* What all daemons of a cluster have in common: the model's files, and a version. */
enum { AMF_COMMON_SIZE = 32 };
const char *amf_cluster_common_text(const struct amf_cluster *c,
                                    char text[AMF_COMMON_SIZE]);
bool amf_cluster_in_common(const struct amf_cluster *c, const char *model);

json_t *amf_cluster_members_pack(const struct amf_cluster *c);
json_t *amf_cluster_state_pack(const struct amf_cluster *c);
void amf_cluster_member_admit(struct amf_cluster *c, const char *who, const char *was,
                              int node);
bool amf_cluster_state_take(struct amf_cluster *c, const json_t *state, int64_t ms);

/* ---- amf_cluster_read.c: our own nodes, and what is read */

/* o, of entry e, is an event. */
void amf_cluster_event_read(struct amf_cluster *c, const struct amf_log_entry *e,
                            const json_t *o);
void amf_cluster_on_entry(void *ctx, const struct amf_log_entry *e);
void amf_cluster_on_hole(void *ctx);

/* ---- amf_cluster_ahead.c, amf_cluster_handin.c: restarts while the store is away */

void amf_cluster_ahead_open(struct amf_cluster *c);
void amf_cluster_ahead_close(struct amf_cluster *c);
void amf_cluster_ahead_free(struct amf_cluster *c);
/* An event of ours was appended to the log. */
void amf_cluster_ahead_sent(struct amf_cluster *c, const struct amf_wire_event *w,
                            uint64_t seq);
/* Events of ours are not to be appended, but taken here. */
bool amf_cluster_ahead_on(const struct amf_cluster *c);
void amf_cluster_ahead_take(struct amf_cluster *c, const struct amf_wire_event *w,
                            uint64_t seq);
/* The cluster's invocation for one that a component was told. */
uint64_t amf_cluster_ahead_number(const struct amf_cluster *c, uint64_t told);
/* The store was there; an entry was read, whatever it is; it is what a daemon did. */
void amf_cluster_ahead_view(struct amf_cluster *c, const struct amf_log_view *v);
void amf_cluster_ahead_entry(struct amf_cluster *c, const struct amf_log_entry *e);
void amf_cluster_ahead_read(struct amf_cluster *c, const struct amf_log_entry *e,
                            const json_t *o);
/* The engine gave an order about a component; true: that is carried out already. */
bool amf_cluster_ahead_did(struct amf_cluster *c, const struct amf_action *a, int comp);
/* A state was taken up. */
void amf_cluster_ahead_settle(struct amf_cluster *c);
/* Forget all of it. */
void amf_cluster_ahead_drop(struct amf_cluster *c);

/* ---- amf_cluster_lead.c: who is there, who leads */

void amf_cluster_on_elected(void *ctx, uint64_t epoch, const char *snapshot);
void amf_cluster_on_view(void *ctx, const struct amf_log_view *v);

#endif
