/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One daemon among several: all feed their own copies of the engine from one log, and
 * each carries out what concerns its own nodes. doc/design.md tells why.
 */
#ifndef AMF_CLUSTER_H
#define AMF_CLUSTER_H

#include "amf/amf_daemon.h"

/* An event was fed, or could not be (result TRY_AGAIN). peer NULL: gone meanwhile. */
typedef void (*amf_cluster_done)(struct amf_daemon *d, struct amf_peer *peer,
                                 const json_t *request, const struct amf_event *ev,
                                 enum amf_admin_result result);

/* NULL: one line was logged. */
struct amf_cluster *amf_cluster_open(struct amf_daemon *d);
/* Join; was: this daemon's name in an earlier life, whose components are still here, or
 * NULL. */
void amf_cluster_begin(struct amf_cluster *c, const char *was);
/* Say good-bye and end the threads; the loop has to run on. */
void amf_cluster_close(struct amf_cluster *c);
void amf_cluster_free(struct amf_cluster *c);

/* Feed an event to all engines. */
void amf_cluster_feed(struct amf_cluster *c, const struct amf_event *ev);
/* The same, and say when it was fed here. */
void amf_cluster_ask(struct amf_cluster *c, const struct amf_event *ev,
                     struct amf_peer *peer, const json_t *request, amf_cluster_done done);
/* Put an entry (taken) into the log that is no event: "change" or "user-data". done says
 * what came of it here, and gets an event without meaning. */
void amf_cluster_share(struct amf_cluster *c, json_t *entry, struct amf_peer *peer,
                       const json_t *request, amf_cluster_done done);
/* The node is played by another daemon. */
bool amf_cluster_plays(const struct amf_cluster *c, int node);
enum amf_node_order { AMF_NODE_KILL, AMF_NODE_START };
/* Have that daemon do it, and say what came of it; done gets an event without meaning. */
void amf_cluster_order(struct amf_cluster *c, int node, enum amf_node_order order,
                       struct amf_peer *peer, const json_t *request,
                       amf_cluster_done done);
/* A node of ours was killed by an operator: the others are to know. Its coming up tells
 * them that it is not any more. */
void amf_cluster_killed(struct amf_cluster *c, int node);
void amf_cluster_forget_peer(struct amf_cluster *c, const struct amf_peer *peer);

/* The engine gave an order; true: it is for this daemon. */
bool amf_cluster_ours(struct amf_cluster *c, const struct amf_action *a);

/* When the next timer comes due on the monotonic clock; AMF_TIMERS_NONE: others watch. */
int64_t amf_cluster_timer_ms(const struct amf_cluster *c);
void amf_cluster_timers_run(struct amf_cluster *c);

/* What decides on our components now: the daemon's engine, or one that is ahead of it. */
const struct amf_engine *amf_cluster_engine(const struct amf_cluster *c);

/* The state of the cluster is known here. */
bool amf_cluster_based(const struct amf_cluster *c);
/* A component of ours goes on under a state that was taken over. False: what the cluster
 * knows of it is not about its present process. */
bool amf_cluster_resume(struct amf_cluster *c, int comp);

/* For the state file: the name, and what was ordered for a component so far. */
const char *amf_cluster_who(const struct amf_cluster *c);
uint32_t amf_cluster_generation(const struct amf_cluster *c, int comp);
void amf_cluster_generation_set(struct amf_cluster *c, int comp, uint32_t generation);

/* Keep the state for a cluster that begins anew, if that is due. */
void amf_cluster_save(struct amf_cluster *c);

/* The process of a component on any host as far as known, or 0. */
int amf_cluster_pid(const struct amf_cluster *c, int comp);
/* A node of the daemon that leads, or -1. */
int amf_cluster_leader_node(const struct amf_cluster *c);

/* For status: who leads, who is there (new). */
json_t *amf_cluster_describe(const struct amf_cluster *c);

#endif
