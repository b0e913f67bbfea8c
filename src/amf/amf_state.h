/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine remembers, shared by its files and by nobody else.
 *
 * Decisions are made by levels, not by edges: an event changes facts, then
 * amf_engine_settle() looks at all facts again and again, and does what they ask
 * for, until nothing changes any more. So a sequence that is broken by a fault
 * needs no code of its own, and a state that was loaded goes on by itself.
 */
#ifndef AMF_STATE_H
#define AMF_STATE_H

#include "amf/amf_engine.h"

#define AMF_NEVER INT64_MAX
#define AMF_DUPLICATE_FAULT_MS 500
#define AMF_ADJUST_RETRY_MS 3000

/* Timer ids are kind << 32 | index of the component or SG. */
enum amf_timer_kind {
    AMF_TM_LIFE,   /* the lifecycle operation of a component */
    AMF_TM_SET,    /* CSI sets of a component that wait for an answer */
    AMF_TM_REMOVE, /* the same for removes */
    AMF_TM_QUIESCE,
    AMF_TM_COMP_KINDS,
    AMF_TM_START = AMF_TM_COMP_KINDS, /* an SG's wait before its first assignment */
    AMF_TM_ADJUST,                    /* an SG's next look at its layout */
    AMF_TM_KINDS
};

/* Classes of invocations, the high half of the id. */
enum {
    AMF_INV_TERMINATE = 0x22,
    AMF_INV_CSI_SET = 0x23,
    AMF_INV_CSI_REMOVE = 0x24,
    AMF_INV_PROXIED_INSTANTIATE = 0x26,
    AMF_INV_PROXIED_CLEANUP = 0x27,
    AMF_INV_CSI_QUIESCING = 0x28
};

/* Faults counted in a window that starts with the first one. */
struct amf_window {
    uint32_t count;
    int64_t end_ms;
};

struct amf_node_state {
    enum amf_admin admin;
    enum amf_oper oper;
    bool up;
    enum amf_recovery leaving; /* NONE, or why everything leaves this node */
    bool restart;              /* it comes back after leaving */
    bool reset_sent;
    struct amf_window failovers;
};

/* A set of indexes. */
struct amf_marks {
    uint64_t *words;
    size_t n_words;
};

/* What a look goes over: SGs, and what belongs to them. */
struct amf_looking {
    struct amf_marks sgs, sus, comps, sis;
};

struct amf_sg_state {
    enum amf_admin admin;
    bool started; /* the wait for the first assignment is over */
    int64_t start_due_ms, adjust_due_ms;
    bool auto_adjust, has_depends;
    bool adjusting; /* the layout is being improved: take away, then assign by rank */
    struct amf_window failovers;
    int swap_from, swap_to; /* SUs of a swap that waits for removes, or -1 */
    int *sus, *sis;         /* by rank; ties in the order of the model */
    size_t n_sus, n_sis;
    size_t slot, n_slots; /* its part of the engine's assignments */
    int relative;         /* the next SG of its family; a ring */
};

struct amf_su_state {
    enum amf_admin admin;
    enum amf_oper oper;
    bool wanted;          /* chosen to run */
    bool in_service;      /* as of the last look */
    bool restarting;      /* the whole SU, for the strength of the running recovery */
    bool force_locked;    /* from LOCKED_A it goes on to LOCKED_I once its work is off */
    uint32_t order;       /* when it came into service, for ties of rank */
    int64_t probation_ms; /* autoAdjust leaves a repaired SU alone until then */
    struct amf_window comp_restarts, su_restarts;
    int pos; /* in the SG's sus */
};

enum amf_comp_op {
    AMF_COMP_IDLE,
    AMF_COMP_CLEAN_DUE, /* to be killed; the order goes out with the next look */
    AMF_COMP_CLEANING,
    AMF_COMP_LAUNCHING,
    AMF_COMP_DELAYED, /* waits for the next attempt */
    AMF_COMP_TERMINATING
};

struct amf_comp_state {
    enum amf_presence presence;
    enum amf_oper oper;
    enum amf_comp_op op;
    bool alive;                /* something may still act on its CSIs */
    bool failed;               /* the launch that is being cleaned up failed */
    bool reminded;             /* TERMINATE was sent for the second time */
    bool unsure;               /* loaded, RESTORED has not come yet */
    int proxy;                 /* component that speaks for it, or -1 */
    uint32_t attempts;         /* of the running instantiation */
    uint32_t launches, faults; /* ever */
    uint64_t invocation;       /* of op */
    int64_t fault_ms;          /* last report; AMF_NEVER: none */
    int64_t due_ms[AMF_TM_COMP_KINDS];
};

struct amf_si_state {
    enum amf_admin admin;
    int wish_active, wish_standby; /* SUs that an operator has asked for, until it is so;
                                      -1: none */
    int pos;                       /* in the SG's sis */
};

struct amf_csi_state {
    int former;    /* the component that got ACTIVE last, or -1 */
    bool quiesced; /* and confirmed that it has stopped */
};

enum amf_pending { AMF_PEND_NONE, AMF_PEND_SET, AMF_PEND_REMOVE };

/* One CSI on one component. */
struct amf_part {
    int comp;       /* -1: none */
    enum amf_ha ha; /* confirmed */
    bool lost;      /* the process that had it is gone; give it back */
    enum amf_pending pending;
    struct amf_csi_set sent; /* what is pending, to be repeated after a load */
};

/* One SI on one SU; role NONE: the slot is free. The role is what the engine
 * wants, the parts tell how far it got. */
struct amf_asg {
    int su, si;
    enum amf_ha role;
    bool removing;
    bool swap;              /* its role comes from a swap */
    bool ignored;           /* while trying what would fit without it */
    bool tentative;         /* while trying what could be promoted together */
    struct amf_part *parts; /* one for each CSI, in the order of the SI */
    size_t n_parts;
};

/* What a dump consists of. */
enum amf_dump_list {
    AMF_DUMP_NODES,
    AMF_DUMP_SGS,
    AMF_DUMP_SUS,
    AMF_DUMP_COMPS,
    AMF_DUMP_SIS,
    AMF_DUMP_CSIS,
    AMF_DUMP_WORK, /* by SG: the assignments */
    AMF_DUMP_LISTS
};

/* Where to look for the owner of an invocation; an entry may be overwritten. */
enum { AMF_ASKED = 4096 };

struct amf_asked {
    uint32_t key; /* low half of the invocation; 0: free */
    int comp;
};

struct amf_engine {
    const struct amf_model *m;
    struct amf_node_state *nodes;
    struct amf_sg_state *sgs;
    struct amf_su_state *sus;
    struct amf_comp_state *comps;
    struct amf_si_state *sis;
    struct amf_csi_state *csis;
    struct amf_asg *asgs; /* of each SG: by SI rank, then by SU rank */
    size_t n_asgs;
    struct amf_part *parts;
    int *order;   /* of sus and sis of all SGs */
    uint32_t key; /* low half of the last invocation */
    uint32_t service_order;
    int64_t now_ms;
    bool dirty;                    /* something changed since the last look */
    struct amf_marks touched;      /* SGs that the next look goes over */
    struct amf_marks unchecked;    /* SGs touched since amf_engine_check_touched() */
    struct amf_looking looking;    /* SGs of the look under way, and what is in them */
    bool any_proxied, any_outside; /* components; SUs or SIs that are in no SG */
    struct amf_marks unkept;       /* SGs changed since the last amf_engine_dump_text() */
    struct amf_kept *kept[AMF_DUMP_LISTS]; /* of it; owned */
    struct amf_asked *asked;               /* by key: whose invocation it is */
    bool timers_lost; /* loaded: armed timers are to be ordered again */
    uint64_t steps;
    struct amf_actions *out; /* of the running step */
    char broken[256];        /* text of amf_engine_check() */
};

/* ---- amf_look.c: what is to be looked at --------------------------------------- */

bool amf_look_make(struct amf_engine *e);
void amf_look_lay_out(struct amf_engine *e);
void amf_look_free(struct amf_engine *e);
/* Look until nothing changes any more. */
void amf_look(struct amf_engine *e);
void amf_marks_add(struct amf_marks *m, int i);
void amf_marks_clear(struct amf_marks *m);
/* The first at or after from; -1: none. Those that are added meanwhile are found. */
int amf_marks_next(const struct amf_marks *m, int from);
bool amf_marks_have(const struct amf_marks *m, int i);
/* Something changed that nothing follows from. */
void amf_change_sg(struct amf_engine *e, int sg);
void amf_change_comp(struct amf_engine *e, int comp);
/* Something changed there: it is looked at once more. None (-1): what is outside of SGs.
 */
void amf_touch_sg(struct amf_engine *e, int sg);
void amf_touch_su(struct amf_engine *e, int su);
void amf_touch_comp(struct amf_engine *e, int comp);
void amf_touch_node(struct amf_engine *e, int node);
void amf_touch_all(struct amf_engine *e);

/* ---- amf_order.c: orders, timers, notes ---------------------------------------- */

struct amf_action *amf_order(struct amf_engine *e, enum amf_action_type type, int index);
void amf_note(struct amf_engine *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void amf_timer_arm(struct amf_engine *e, enum amf_timer_kind kind, int index, int64_t ms);
void amf_timer_cancel(struct amf_engine *e, enum amf_timer_kind kind, int index);
int64_t *amf_timer_due(struct amf_engine *e, enum amf_timer_kind kind, int index);
void amf_timers_repeat(struct amf_engine *e);
uint64_t amf_invocation(struct amf_engine *e, uint32_t klass, int comp);
/* Whose it is; -1: not known any more, search. */
int amf_asked(const struct amf_engine *e, uint64_t invocation);
const char *amf_presence_name(enum amf_presence p);
const char *amf_admin_name(enum amf_admin a);
const char *amf_oper_name(enum amf_oper o);
const char *amf_readiness_name(enum amf_readiness r);
const char *amf_ha_name(enum amf_ha h);
const char *amf_recovery_name(enum amf_recovery r);

/* ---- amf_view.c: facts that follow from facts ---------------------------------- */

enum amf_admin amf_node_effective(const struct amf_engine *e, int node);
enum amf_admin amf_su_effective(const struct amf_engine *e, int su);
enum amf_admin amf_si_effective(const struct amf_engine *e, int si);
enum amf_presence amf_su_presence(const struct amf_engine *e, int su);
enum amf_readiness amf_su_readiness(const struct amf_engine *e, int su);
bool amf_su_eligible(const struct amf_engine *e, int su); /* it may run */
bool amf_su_down(const struct amf_engine *e, int su);
bool amf_su_moving(const struct amf_engine *e, int su); /* an operation is under way */
bool amf_su_idle(const struct amf_engine *e, int su);   /* holds no assignment */
bool amf_si_depends_met(const struct amf_engine *e, int si);      /* they are confirmed */
bool amf_si_depends_unserved(const struct amf_engine *e, int si); /* nor will be soon */
bool amf_comp_down(const struct amf_engine *e, int comp);
bool amf_comp_ready(const struct amf_engine *e, int comp); /* can take callbacks */
bool amf_comp_preinstantiable(const struct amf_engine *e, int comp);
bool amf_comp_proxied(const struct amf_engine *e, int comp);
bool amf_comp_has_callbacks(const struct amf_engine *e, int comp);

/* ---- amf_custom.c: assignments by the operator ----------------------------------- */

enum amf_admin_result amf_custom_request(struct amf_engine *e,
                                         const struct amf_event *ev);
/* The next step of what was asked for. */
void amf_custom_look(struct amf_engine *e, int sg);
/* Nobody else was asked for. */
bool amf_custom_may_lead(const struct amf_engine *e, const struct amf_asg *a);

/* ---- amf_comp_fsm.c: the life of a component ----------------------------------- */

void amf_comp_step(struct amf_engine *e, int comp);
/* Kill what there is of it, then go on to presence (TERMINATING, RESTARTING or
 * INSTANTIATING). Its CSIs are lost. */
void amf_comp_clean(struct amf_engine *e, int comp, enum amf_presence presence);
void amf_comp_restart_softly(struct amf_engine *e, int comp);

/* ---- amf_comp_events.c: what happens to a component ------------------------------ */

void amf_comp_launched(struct amf_engine *e, int comp);
void amf_comp_launch_failed(struct amf_engine *e, int comp);
void amf_comp_registered(struct amf_engine *e, int comp, int proxy);
void amf_comp_exited(struct amf_engine *e, int comp);
void amf_comp_answered(struct amf_engine *e, uint64_t invocation, bool ok);
void amf_comp_life_timeout(struct amf_engine *e, int comp);
void amf_comp_gone(struct amf_engine *e, int comp);              /* with its node */
void amf_comp_restored(struct amf_engine *e, int comp, bool ok); /* after a load */
void amf_comp_repaired(struct amf_engine *e, int comp);

/* ---- amf_asg.c: records of assignments ------------------------------------------ */

struct amf_asg *amf_asg_at(const struct amf_engine *e, int su, int si);
/* The CSI that a part is for. */
int amf_asg_csi(const struct amf_engine *e, const struct amf_asg *a, size_t part);
bool amf_asg_place(struct amf_engine *e, int su, int si, enum amf_ha role);
bool amf_asg_fits(struct amf_engine *e, int su, int si, enum amf_ha role);
bool amf_asg_could_fit(struct amf_engine *e, int su, int si, enum amf_ha role);
enum amf_promotable {
    AMF_PROMOTABLE,
    AMF_PROMOTABLE_ALONE, /* when other standbys are off its components */
    AMF_NOT_PROMOTABLE
};
enum amf_promotable amf_asg_promotable(struct amf_engine *e, struct amf_asg *a);
void amf_asg_set_role(struct amf_engine *e, struct amf_asg *a, enum amf_ha role);
void amf_asg_set_removing(struct amf_engine *e, struct amf_asg *a);
bool amf_su_clearing(const struct amf_engine *e, int su);
bool amf_su_overloaded(const struct amf_engine *e, int su);
bool amf_asg_stands_by(const struct amf_asg *a);
bool amf_asg_leaving(const struct amf_asg *a);
bool amf_asg_confirmed(const struct amf_engine *e, const struct amf_asg *a);
bool amf_asg_quiesced(const struct amf_asg *a);
/* Take out what needs no callback any more; free the record with its last part. */
void amf_asg_prune(struct amf_engine *e, struct amf_asg *a);
void amf_part_drop(struct amf_engine *e, struct amf_asg *a, size_t part);
int amf_csi_active(const struct amf_engine *e, int su_not, int si, size_t part);
enum { AMF_PGC_ADDED = 2, AMF_PGC_REMOVED = 3, AMF_PGC_STATE_CHANGE = 4 };
void amf_pg_change(struct amf_engine *e, int comp, int csi, enum amf_ha ha, int change);

/* ---- amf_work.c: work of components, lost or answered ---------------------------- */

void amf_work_lose(struct amf_engine *e, int comp);
void amf_work_answered(struct amf_engine *e, uint64_t invocation, bool ok);
void amf_work_quiescing_done(struct amf_engine *e, uint64_t invocation, bool ok);
void amf_work_timeout(struct amf_engine *e, int comp, enum amf_timer_kind kind);
void amf_work_failed(struct amf_engine *e, int comp);
bool amf_work_pending(const struct amf_engine *e, int comp, enum amf_pending what);

/* ---- amf_issue.c: sets and removes that the roles ask for ----------------------- */

void amf_issue(struct amf_engine *e, int sg);
void amf_reissue(struct amf_engine *e, int comp);

/* ---- amf_place.c, amf_assign.c: who gets what ----------------------------------- */

int amf_place_active(struct amf_engine *e, int sg, int si);
int amf_place_standby(struct amf_engine *e, int sg, int si);
uint32_t amf_place_limit(const struct amf_engine *e, int sg, enum amf_ha role);
bool amf_place_may_take_spare(struct amf_engine *e, int sg, enum amf_ha role);
uint32_t amf_place_wanted_active(const struct amf_engine *e, int si);
uint32_t amf_place_wanted_standby(const struct amf_engine *e, int si);
bool amf_su_stands_by_for(const struct amf_engine *e, int su, int active_su);
uint32_t amf_su_count(const struct amf_engine *e, int su, enum amf_ha role);
uint32_t amf_si_count(const struct amf_engine *e, int si, enum amf_ha role);
int amf_si_heir(struct amf_engine *e, int si);
void amf_sg_evaluate(struct amf_engine *e, int sg);
void amf_sg_choose_running(struct amf_engine *e, int sg);
/* Answers are outstanding; shutdowns, which may take for ever, count if asked. */
bool amf_sg_busy(const struct amf_engine *e, int sg, bool count_quiescing);

/* ---- amf_swap.c ------------------------------------------------------------------ */

bool amf_swap_fits(struct amf_engine *e, int sg, int from, int to);
void amf_swap_start(struct amf_engine *e, int sg, int from, int to);
void amf_swap_if_ready(struct amf_engine *e, int sg);

/* ---- amf_adjust.c ---------------------------------------------------------------- */

bool amf_adjust_may_assign(const struct amf_engine *e, int sg);
void amf_adjust_look(struct amf_engine *e, int sg);

/* ---- amf_recovery.c ------------------------------------------------------------- */

enum amf_fault_kind {
    AMF_FAULT_REPORT,  /* somebody says so: may be filtered */
    AMF_FAULT_FAILURE, /* it did not do what it was told */
    AMF_FAULT_DEATH
};
/* Filtered, completed by the model, then recovered from. */
void amf_fault(struct amf_engine *e, int comp, enum amf_recovery advice,
               enum amf_fault_kind kind);
/* Escalate and carry out; ignored when something as strong is under way. */
void amf_recover(struct amf_engine *e, int comp, enum amf_recovery recovery);
void amf_su_fail(struct amf_engine *e, int su);
void amf_su_repair(struct amf_engine *e, int su);
void amf_node_lost(struct amf_engine *e, int node);
void amf_node_joined(struct amf_engine *e, int node);
void amf_recovery_settle(struct amf_engine *e); /* repairs, nodes that have emptied */

/* ---- amf_admin.c, amf_finish.c --------------------------------------------------- */

enum amf_admin_result amf_admin_request(struct amf_engine *e, const struct amf_event *ev);
void amf_admin_set(struct amf_engine *e, enum amf_kind kind, int index,
                   enum amf_admin to);
void amf_admin_settle(struct amf_engine *e); /* shutdowns that have finished */

/* ---- amf_check.c, amf_check_assigned.c: NULL, or what is broken --------------- */

const char *amf_broken(struct amf_engine *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *amf_check_limits(struct amf_engine *e, int sg);
const char *amf_check_assigned(struct amf_engine *e, int sg); /* when all is quiet */

/* ---- amf_dump.c, amf_dump_text.c ------------------------------------------------- */

json_t *amf_dump_entity(const struct amf_engine *e, enum amf_dump_list list, size_t i);
void amf_dump_text_free(struct amf_engine *e);

/* ---- amf_engine.c --------------------------------------------------------------- */

void amf_engine_reset(struct amf_engine *e); /* back to the model's configuration */

#endif
