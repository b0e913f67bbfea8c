/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine decides, the daemon acts: a pure state machine over one model.
 * An event goes in with the time, orders come out; inside there is no I/O, no
 * clock and no thread, so a test needs neither a process nor patience.
 *
 * Every answer from outside comes back as an event: a launch succeeded when the
 * component registers, a kill when its exit is reported, a CSI set when the
 * response with its invocation arrives.
 */
#ifndef AMF_ENGINE_H
#define AMF_ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amf/amf_model.h"

enum amf_presence {
    AMF_PRES_NONE = 0,
    AMF_PRES_UNINSTANTIATED = 1,
    AMF_PRES_INSTANTIATING = 2,
    AMF_PRES_INSTANTIATED = 3,
    AMF_PRES_TERMINATING = 4,
    AMF_PRES_RESTARTING = 5,
    AMF_PRES_INSTANTIATION_FAILED = 6,
    AMF_PRES_TERMINATION_FAILED = 7
};

enum amf_oper { AMF_OPER_NONE = 0, AMF_OPER_ENABLED = 1, AMF_OPER_DISABLED = 2 };

enum amf_readiness {
    AMF_READY_NONE = 0,
    AMF_READY_OUTOFSERVICE = 1,
    AMF_READY_INSERVICE = 2,
    AMF_READY_STOPPING = 3
};

enum amf_ha {
    AMF_HA_NONE = 0,
    AMF_HA_ACTIVE = 1,
    AMF_HA_STANDBY = 2,
    AMF_HA_QUIESCED = 3,
    AMF_HA_QUIESCING = 4
};

enum { AMF_CSI_ADD_ONE = 1, AMF_CSI_TARGET_ONE = 2, AMF_CSI_TARGET_ALL = 4 };

enum amf_transition {
    AMF_TR_NONE = 0,
    AMF_TR_NEW_ASSIGN = 1,
    AMF_TR_QUIESCED = 2,
    AMF_TR_NOT_QUIESCED = 3,
    AMF_TR_STILL_ACTIVE = 4
};

enum amf_kind {
    AMF_KIND_NONE = 0,
    AMF_KIND_NODE = 1,
    AMF_KIND_SG = 3,
    AMF_KIND_SU = 4,
    AMF_KIND_SI = 5,
    AMF_KIND_COMP = 6,
    AMF_KIND_CSI = 7
};

enum amf_admin_op {
    AMF_OP_LOCK_ASSIGNMENT = 1,
    AMF_OP_LOCK_INSTANTIATION,
    AMF_OP_UNLOCK,
    AMF_OP_SHUTDOWN,
    AMF_OP_SHUTDOWN_RESTART,
    AMF_OP_RESTART,
    AMF_OP_REPAIRED,
    AMF_OP_SI_SWAP,
    AMF_OP_SG_ADJUST,
    AMF_OP_FORCE_LOCK_INSTANTIATION,
    AMF_OP_FORCE_LOCK,
    AMF_OP_SI_ASSIGN_SU
};

/* ---- in ------------------------------------------------------------------ */

enum amf_event_type {
    AMF_EV_NODE_UP = 1,    /* index: node. Its components may be launched */
    AMF_EV_NODE_DOWN,      /* index: node. Everything on it is dead */
    AMF_EV_LAUNCH_FAILED,  /* index: comp. The command could not be executed */
    AMF_EV_LAUNCHED,       /* index: comp. The command runs (matters for NPNP only) */
    AMF_EV_REGISTERED,     /* index: comp; proxy: comp that registers for it, or -1 */
    AMF_EV_UNREGISTERED,   /* index: comp */
    AMF_EV_EXITED,         /* index: comp. Process (or its connection) ended; also the
                              answer to AMF_DO_KILL */
    AMF_EV_RESPONSE,       /* invocation, ok */
    AMF_EV_QUIESCING_DONE, /* invocation, ok */
    AMF_EV_FAULT,          /* index: comp, recovery: error report or health check */
    AMF_EV_FAULT_CLEAR,    /* index: comp */
    AMF_EV_TIMER,          /* timer: the id of an AMF_DO_TIMER that has come due */
    AMF_EV_ADMIN,          /* kind, index, op, arg */
    AMF_EV_RESTORED        /* after amf_engine_load(): index: comp, ok: its process still
                              runs and is connected again; not ok: it is gone */
};

struct amf_event {
    enum amf_event_type type;
    enum amf_kind kind;
    int index;
    int proxy;
    uint64_t invocation;
    bool ok;
    enum amf_recovery recovery;
    uint64_t timer;
    enum amf_admin_op op;
    int arg;                   /* SG_ADJUST: 1 on, 0 off */
    int active_su, standby_su; /* SI_ASSIGN_SU: -1: nobody */
};

/* Result of an ADMIN event: the low half of the legacy code, 0 is accepted. */
enum amf_admin_result {
    AMF_ADMIN_OK = 0,
    AMF_ADMIN_NOT_EXIST = 0x4,
    AMF_ADMIN_INVALID_STATE = 0x12,
    AMF_ADMIN_TRY_AGAIN = 0x16,
    AMF_ADMIN_NO_OP = 0x19,
    AMF_ADMIN_BAD_OPERATION = 0x23,
    AMF_ADMIN_NOT_SUPPORTED = 0x25,
    AMF_ADMIN_INVALID_ENTITY = 0x101,
    /* never of the engine */
    AMF_ADMIN_INVALID_PARAMETER = 0x2,
    AMF_ADMIN_TOO_BIG = 0x1d,
    AMF_ADMIN_NO_SPACE = 0x21,
    AMF_ADMIN_BAD_CONFIG = 0x105
};

/* ---- out ----------------------------------------------------------------- */

enum amf_action_type {
    AMF_DO_LAUNCH = 1, /* index: comp */
    AMF_DO_KILL,       /* index: comp. Clean up: cleanup command, then SIGKILL. If no
                          process is there, EXITED is still reported */
    AMF_DO_CSI_SET,    /* set */
    AMF_DO_CSI_REMOVE, /* set: comp, csi, flags, invocation */
    AMF_DO_TERMINATE, /* index: comp (for a proxied one: sent to its proxy), invocation */
    AMF_DO_PROXIED_INSTANTIATE, /* index: comp, proxy, invocation */
    AMF_DO_PROXIED_CLEANUP,     /* index: comp, proxy, invocation */
    AMF_DO_TIMER,        /* timer, at_ms: report TIMER then. Same id again: moved */
    AMF_DO_TIMER_CANCEL, /* timer */
    AMF_DO_NODE_RESET,   /* index: node. Kill all on it, then report NODE_DOWN; NODE_UP
                            follows when restart is set */
    AMF_DO_PG_CHANGE,    /* set.csi, set.comp, set.ha, pg_change */
    AMF_DO_NOTE          /* note: one line for the log and the event stream */
};

struct amf_csi_set {
    int comp;
    int csi; /* -1: TARGET_ALL, the name is sent empty */
    enum amf_ha ha;
    uint32_t flags;                 /* AMF_CSI_... */
    enum amf_transition transition; /* ACTIVE only */
    int active_comp;                /* for the descriptor; -1: zeroed */
    uint32_t standby_rank;
    bool with_attrs; /* send the CSI's attributes */
    uint64_t invocation;
};

struct amf_action {
    enum amf_action_type type;
    int index;
    int proxy;
    uint64_t invocation;
    struct amf_csi_set set;
    uint64_t timer;
    int64_t at_ms;
    bool restart;
    int pg_change; /* ClAmsPGChangeT */
    char note[200];
};

/* The orders of one step; owned by the caller, reused from step to step. */
struct amf_actions {
    struct amf_action *at;
    size_t n, cap;
};

void amf_actions_free(struct amf_actions *a);

/* ---- the machine --------------------------------------------------------- */

struct amf_engine;

/* New; the model is borrowed for the engine's life. NULL: no memory. */
struct amf_engine *amf_engine_new(const struct amf_model *model);
void amf_engine_free(struct amf_engine *e);

/* Feed one event; out is emptied first, then holds the orders in the order in
 * which they are to be carried out. now_ms must not go back. The result matters
 * for ADMIN events only. Stale answers (unknown invocation, component that is
 * not there) are ignored. */
enum amf_admin_result amf_engine_step(struct amf_engine *e, int64_t now_ms,
                                      const struct amf_event *ev,
                                      struct amf_actions *out);

/* ---- looking in ---------------------------------------------------------- */

enum amf_presence amf_engine_presence(const struct amf_engine *e, int comp);
enum amf_oper amf_engine_oper(const struct amf_engine *e, enum amf_kind kind, int index);
enum amf_admin amf_engine_admin(const struct amf_engine *e, enum amf_kind kind,
                                int index);
/* The time of the last step; of a state that was taken over: the one it was taken at. */
int64_t amf_engine_now_ms(const struct amf_engine *e);
/* How often a component was launched. */
uint32_t amf_engine_launches(const struct amf_engine *e, int comp);
bool amf_engine_node_up(const struct amf_engine *e, int node);
enum amf_readiness amf_engine_readiness(const struct amf_engine *e, int su);
/* HA state of a component for a CSI. */
enum amf_ha amf_engine_ha(const struct amf_engine *e, int comp, int csi);

/* An SI on an SU: the role it is to have, and what its components confirmed. */
struct amf_assigned {
    enum amf_ha role;
    uint32_t csis[AMF_HA_QUIESCING + 1]; /* by state; those that are given up count too */
    uint32_t pending;                    /* sets and removes without an answer */
};

/* False: it is not assigned there. */
bool amf_engine_assigned(const struct amf_engine *e, int su, int si,
                         struct amf_assigned *out);
/* autoAdjust as it is now: operators turn it. */
bool amf_engine_auto_adjust(const struct amf_engine *e, int sg);
enum amf_presence amf_engine_su_presence(const struct amf_engine *e, int su);

/* The whole state as JSON (new): for status, for keeping across a restart of the
 * daemon. See doc/amf-status.md for the members. */
json_t *amf_engine_dump(const struct amf_engine *e);

/* The same as text (new); costs in proportion to what has changed since the last call.
 * NULL: no memory. */
char *amf_engine_dump_text(struct amf_engine *e);

/* Take over a dumped state into a fresh engine of the same model; then feed
 * RESTORED for each component and go on. False: it does not fit, the engine is
 * as new. */
bool amf_engine_load(struct amf_engine *e, const json_t *state, int64_t now_ms);

/* The same, but the engine that was dumped still runs, and this one is to decide as it
 * does from here on: nothing is unsure, no order is repeated. */
bool amf_engine_resume(struct amf_engine *e, const json_t *state, int64_t now_ms);

/* The model's numbers have changed: the next step looks at everything. */
void amf_engine_look(struct amf_engine *e);

/* Check the invariants that must hold between steps; NULL, or the text of the
 * first one that is broken (borrowed until the next call). */
const char *amf_engine_check(struct amf_engine *e);
/* The same for those groups only that have changed since the last check. */
const char *amf_engine_check_touched(struct amf_engine *e);

/* The same without what the next step may still bring about: that everything that can be
 * assigned is. For an engine whose model has just changed. */
const char *amf_engine_check_state(struct amf_engine *e);

#endif
