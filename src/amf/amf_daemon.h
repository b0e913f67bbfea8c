/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon around the engine: facts from processes, connections and the clock
 * become events, the engine's orders become messages, processes and timers. It
 * decides nothing about assignments.
 *
 * One thread, one loop. Events queue up and are fed one after the other; launches
 * wait until all messages of the same moment are out, because starting a process
 * takes longer than telling a standby that it is active.
 */
#ifndef AMF_DAEMON_H
#define AMF_DAEMON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "amf/amf_engine.h"
#include "amf/amf_health.h"
#include "amf/amf_history.h"
#include "amf/amf_overlay.h"
#include "amf/amf_peer.h"
#include "amf/amf_pending.h"
#include "amf/amf_pg.h"
#include "amf/amf_record.h"
#include "amf/amf_settings.h"
#include "amf/amf_supervisor.h"
#include "amf/amf_timers.h"
#include "amf/amf_trace.h"
#include "base/logline.h"

/* Legacy codes that answers carry: CPM's id over the error. */
enum {
    AMF_RE_OK = 0,
    AMF_RE_INVALID_PARAMETER = 0x000f0002,
    AMF_RE_NOT_EXIST = 0x000f0004,
    AMF_RE_NOT_IMPLEMENTED = 0x000f0007,
    AMF_RE_NOT_INITIALIZED = 0x000f000e,
    AMF_RE_VERSION_MISMATCH = 0x000f000f,
    AMF_RE_INVALID_STATE = 0x000f0012,
    AMF_RE_DOESNT_EXIST = 0x000f0013,
    AMF_RE_TRY_AGAIN = 0x000f0016,
    AMF_RE_NO_OP = 0x000f0019,
    AMF_RE_BAD_OPERATION = 0x000f0107,
    AMF_RE_EXIST = 0x000f0108,
    AMF_RE_CPM = 0x000f0000,  /* over a result of the engine's numbers */
    AMF_RE_AMS = 0x00220000,  /* or this over the engine's result */
    AMF_RE_LATER = 0x7fffffff /* of ours: it is answered later */
};

/* What the daemon knows of a component; the rest is the engine's. */
struct amf_comp_run {
    struct amf_peer *peer; /* connection of the registered process, NULL: none */
    pid_t pid;             /* of the process that registered, else the launched one */
    int proxy;             /* component that speaks for it, or -1 */
    bool alive;            /* there is an incarnation whose end is to be reported */
    bool registered;
    bool working;  /* it has been told to do something */
    bool launched; /* by this daemon or an earlier one, not by hand */
    bool launch_wanted;
    uint64_t terminate; /* invocation that is answered by its end; 0: none */
    int told_pid;       /* that others were told of, 0: none */
    char *problem;      /* owned; why the last launch failed, NULL: it did not */
    /* while an earlier daemon's components come back */
    bool expected;
    char *kept; /* owned; what the state file says of it, NULL: nothing yet */
    uint64_t kept_hash;
};

struct amf_node_run {
    bool played;
    bool up;
    bool held;      /* killed by the operator: down until started again */
    bool told_up;   /* others were told that it is up */
    bool resetting; /* comes back when its last process is gone */
};

struct amf_deferred {
    struct amf_peer *peer;
    json_t *request; /* owned */
};

struct amf_daemon {
    uv_loop_t *loop;
    const struct amf_settings *settings;
    struct amf_model *model;    /* borrowed */
    struct amf_overlay overlay; /* of the model, by programs */
    char refused[700];          /* why the last change was */
    json_t *user_data;          /* owned; NULL: none */
    struct amf_engine *engine;
    struct amf_actions actions;
    struct amf_supervisor *supervisor;
    struct amf_listener *listener;
    struct amf_comp_run *comps;
    struct amf_node_run *nodes;

    struct amf_event *events; /* owned queue */
    size_t n_events, cap_events;
    bool feeding, dirty;

    struct amf_timers timers;
    struct amf_health health;
    struct amf_pending pending;
    struct amf_pg pg;
    struct amf_history history;
    struct amf_recorder *recorder; /* NULL: nothing is recorded */
    uv_timer_t tick;               /* for timers and health */
    uv_prepare_t save;             /* keeps the state once per turn of the loop */
    uv_idle_t launching;           /* runs while there is more to launch */
    uint64_t health_key;
    uint64_t fingerprint, epoch;

    bool restoring;
    uv_timer_t restore_limit;
    struct amf_deferred *deferred; /* owned */
    size_t n_deferred;

    struct amf_trace trace;
    int64_t began_ms; /* on the monotonic clock */

    bool stopping;
    struct amf_cluster *cluster; /* owned; NULL: this daemon is alone */
    bool restore_late;           /* the time for coming back is over */

    int stop_level; /* of the components that are being terminated */
    int64_t stop_end_ns;
    uv_timer_t stop_limit;
    uv_signal_t on_term, on_int;
    int exit_status;
};

/* ---- amf_daemon.c: the loop ---------------------------------------------------- */

/* Set up over an engine and a model that are borrowed. False: one line was logged. */
bool amf_daemon_open(struct amf_daemon *d, uv_loop_t *loop, const struct amf_settings *s,
                     struct amf_model *m);
/* Bring the nodes up, or take over what an earlier daemon left. */
void amf_daemon_begin(struct amf_daemon *d);
void amf_daemon_close(struct amf_daemon *d);

int64_t amf_daemon_now_ms(void);

/* Feed one event, now or after those that are being fed. */
void amf_daemon_feed(struct amf_daemon *d, const struct amf_event *ev);
/* Feed an event that all daemons of the cluster feed. */
enum amf_admin_result amf_daemon_step(struct amf_daemon *d, int64_t now_ms,
                                      const struct amf_event *ev);
/* Launch what was ordered to be. */
void amf_daemon_launches(struct amf_daemon *d);
enum amf_admin_result amf_daemon_admin(struct amf_daemon *d, const struct amf_event *ev);

/* Log a line, remember it for clovis amf events, and send it to those who watch; at the
 * level info, or another one. */
void amf_daemon_note(struct amf_daemon *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void amf_daemon_note_at(struct amf_daemon *d, enum clv_sev level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Arm the loop's timer for what is due next. */
void amf_daemon_rearm(struct amf_daemon *d);

/* Write the state down now, if it has changed: before an answer that must hold also
 * when the daemon is killed right after it. */
void amf_daemon_keep(struct amf_daemon *d);

bool amf_daemon_node_up(struct amf_daemon *d, int node);
void amf_daemon_node_down(struct amf_daemon *d, int node);
/* The same, and it stays down until it is started again. False: it is killed already. */
bool amf_daemon_node_kill(struct amf_daemon *d, int node);
int amf_daemon_comp_node(const struct amf_daemon *d, int comp);

/* Something is under way that was ordered or answered for. */
bool amf_daemon_busy(const struct amf_daemon *d);

/* ---- amf_orders.c: what the engine wants done ------------------------------------ */

void amf_orders_carry_out(struct amf_daemon *d, const struct amf_action *a);
/* Tell a component to terminate, under an invocation of the caller's. False: nobody
 * is there to be told. */
bool amf_orders_terminate(struct amf_daemon *d, int comp, uint64_t invocation);
void amf_orders_health_call(struct amf_daemon *d, const struct amf_health_check *c);
const char *amf_ha_word(enum amf_ha ha);
/* Members of a CSI's protection group (new); the one of comp with this change. */
json_t *amf_pg_members(const struct amf_daemon *d, int csi, int comp, int change,
                       bool only);

/* ---- amf_component.c: incarnations and their ends --------------------------------- */

struct amf_supervisor_events amf_component_events(struct amf_daemon *d);
/* The present incarnation is over for a reason other than an order. */
void amf_component_gone(struct amf_daemon *d, int comp, const char *why);
/* Forget the incarnation without reporting anything. */
void amf_component_forget(struct amf_daemon *d, int comp);

/* ---- amf_component_join.c: hello and registration; each answers what carries an id - */

void amf_component_hello(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_register(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_unregister(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_bye(struct amf_daemon *d, struct amf_peer *p, const json_t *o);

/* ---- amf_component_say.c: what else components say; each answers likewise --------- */

void amf_component_response(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_quiesced(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_hastate(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_fault(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_clear(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_hcstart(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_hcconfirm(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_hcstop(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_pgtrack(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_component_pgstop(struct amf_daemon *d, struct amf_peer *p, const json_t *o);

/* ---- amf_operator.c --------------------------------------------------------------- */

void amf_operator_status(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_admin(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_kill_node(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_start_node(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_watch(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_events(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_log(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_operator_stop(struct amf_daemon *d, struct amf_peer *p, const json_t *o);

/* ---- amf_query.c ------------------------------------------------------------------ */

void amf_query_master(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_query_node(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_query_node_op(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_query_comp(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_query_entity(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_query_list(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
/* What an entity is configured to and how it is (new); NULL: there is none. */
json_t *amf_query_config(const struct amf_daemon *d, const char *kind, const char *name);

/* ---- amf_ccb.c: changes of the configuration ----------------------------------- */

void amf_ccb_commit(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
/* A commit has its turn; by names who made it. What comes of it depends on the model, the
 * engine and ms alone. A refusal leaves its reason in d->refused. */
enum amf_admin_result amf_ccb_apply(struct amf_daemon *d, int64_t ms, const char *by,
                                    const json_t *changes);
/* An engine (new) that goes on from a saved state, over the model with these changes
 * (NULL: none). NULL: one of the two does not fit, the model is as it was. */
struct amf_engine *amf_ccb_engine(struct amf_daemon *d, const json_t *changes,
                                  const json_t *state, int64_t ms);

/* ---- amf_user_data.c: what programs keep with entities ------------------------- */

void amf_user_data(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
/* To set, or delete, has its turn. What comes of it depends on the model and on what is
 * kept alone. */
enum amf_admin_result amf_user_data_apply(struct amf_daemon *d, const json_t *o);
/* What is in a state, or nothing, takes the place of what is kept. */
void amf_user_data_restore(struct amf_daemon *d, const json_t *saved);

/* ---- amf_updown.c ----------------------------------------------------------------- */

/* Something may have come or gone. */
void amf_updown_look(struct amf_daemon *d);
void amf_updown_notify(struct amf_daemon *d, struct amf_peer *p, const json_t *o);

/* ---- amf_server.c: which line is for whom ----------------------------------------- */

struct amf_listener_events amf_server_events(struct amf_daemon *d);
void amf_server_dispatch(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
/* Answer o with rc, if it wants an answer; members (taken, may be NULL) are added. */
void amf_server_reply(struct amf_peer *p, const json_t *o, uint32_t rc, json_t *members);
/* A string member, or NULL. */
const char *amf_server_text(const json_t *o, const char *key);
/* The index of the component that a member names, or -1. */
int amf_server_comp(const struct amf_daemon *d, const json_t *o, const char *key);

/* ---- amf_restore.c: state over the end of a daemon ----------------------------- */

/* Write down what is known; a failure is logged once. */
void amf_restore_save(struct amf_daemon *d);
/* Take over what an earlier daemon left; was: its name in the cluster. False: nothing
 * usable; what it had launched is gone. */
bool amf_restore_begin(struct amf_daemon *d, char *was, size_t was_size);
/* An expected component said hello again, or ended. */
void amf_restore_progress(struct amf_daemon *d);
/* Tell the cluster which components still run. */
void amf_restore_report(struct amf_daemon *d);
/* There is nothing to be taken over any more. */
void amf_restore_abandon(struct amf_daemon *d);
void amf_restore_defer(struct amf_daemon *d, struct amf_peer *p, const json_t *o);
void amf_restore_forget_peer(struct amf_daemon *d, const struct amf_peer *p);
void amf_restore_free(struct amf_daemon *d);

/* ---- amf_stop.c: the orderly end ------------------------------------------------- */

/* Terminate all components, then end the loop; again: kill them. */
void amf_stop_begin(struct amf_daemon *d, const char *why);
/* Something ended or answered. */
void amf_stop_progress(struct amf_daemon *d);

#endif
