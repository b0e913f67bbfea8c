/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world for the AMF engine: a model, a virtual clock, and everything that the
 * daemon and the programs would do. Orders become lines of a story; answers come
 * back by themselves after the times set here, until a test says otherwise.
 *
 * For clovis amf simulate and for tests: without memory it ends the process.
 */
#ifndef AMF_WORLD_H
#define AMF_WORLD_H

#include <stdio.h>

#include "amf/amf_engine.h"

enum { WORLD_QUEUE = 4096 };

struct world_shape {
    enum amf_redundancy redundancy;
    int nodes, sus,
        comps;     /* SUs of a group over all nodes, round robin; components in each */
    int sis, csis; /* CSIs in each SI */
};

/* How the program behind a component behaves. Times in ms; negative: never. */
struct world_comp {
    int64_t launch_ms, answer_ms, quiesce_ms, kill_ms;
    int refuse_sets;    /* answer so many of the next sets with an error */
    int refuse_launch;  /* so many launches cannot be executed */
    bool quiescing_ack; /* answers a QUIESCING set with Response first */
    /* what really is */
    bool running, registered;
    int proxy; /* a proxied one: who speaks for it, and goes with it; or -1 */
    uint32_t generation;
    enum amf_ha *ha; /* by CSI; owned by the world */
    bool *giving;    /* by CSI: active, and told to become standby by a swap; owned */
};

struct world_event {
    int64_t at_ms;
    uint64_t seq;
    int comp; /* whose answer it is; -1: nobody's */
    uint32_t generation;
    struct amf_event ev;
    enum amf_ha ha; /* what the program is for csi once it answers so */
    int csi;
    bool ends; /* and it works no more */
    bool used;
};

struct world {
    struct amf_model m;
    struct amf_engine *e;
    struct amf_actions out;
    int64_t now_ms;
    struct world_comp *comp; /* by component; owned */
    int64_t reboot_ms;
    struct world_event queue[WORLD_QUEUE];
    size_t queue_end;  /* everything from here on is unused */
    uint64_t seq, fed; /* events that were queued; fed to the engine */
    struct {
        uint64_t id;
        int64_t at_ms;
    } timer[WORLD_QUEUE];
    size_t n_timers;
    void **owned;
    size_t n_owned;
    bool notes;          /* tell them as well */
    bool silent;         /* no story */
    FILE *aloud;         /* the story goes there at once; NULL: it is kept */
    unsigned twin_every; /* so many steps, a twin takes the state over; 0: none */
    struct amf_engine *twin;
    struct amf_actions twin_out;
    bool repeating;               /* a new daemon repeats what was not answered */
    enum amf_admin_result result; /* of the last admin operation */
    const char *broken;
    char trouble[256];
    char story[65536];
    size_t told;
};

struct world *world_new(const struct world_shape *shape);
/* So many groups of the shape, on the same nodes. */
struct world *world_new_groups(const struct world_shape *shape, int groups);
/* One with a model that was loaded; borrowed for the life of the world. */
struct world *world_of(const struct amf_model *m);
/* Call after changing the model: makes the engine. */
void world_begin(struct world *w);
void world_free(struct world *w);

void world_feed(struct world *w, const struct amf_event *ev);
void world_look(struct world *w);                  /* numbers of the model have changed */
void world_run(struct world *w, int64_t until_ms); /* the clock stands there then */
void world_run_quiet(struct world *w);             /* until nothing is due any more */
bool world_quiet(const struct world *w);

void world_node_up(struct world *w, int node);
void world_node_down(struct world *w, int node);
void world_nodes_up(struct world *w);
void world_crash(struct world *w, int comp);
void world_vanish(struct world *w, int comp); /* and nobody hears of it */
void world_fault(struct world *w, int comp, enum amf_recovery r);
enum amf_admin_result world_admin(struct world *w, enum amf_admin_op op,
                                  enum amf_kind kind, int index);
/* The daemon dies and a new one takes over what it had saved. */
bool world_restart_daemon(struct world *w);

/* What was told since the last call; borrowed until the next order. */
const char *world_story(struct world *w);
void world_forget(struct world *w);

/* Says that the world is broken, with a text that it copies. */
void world_trouble(struct world *w, const char *what);

/* The twin decides the same from what it took over; amf_world_twin.c. */
void world_twin_step(struct world *w, const struct amf_event *ev);
void world_twin_free(struct world *w);

/* Parts of making one; amf_world_model.c. */
struct world *world_empty(void);
void world_make_comps(struct world *w);
void *world_own(struct world *w, void *p);

/* A copy that lives as long as the world. */
char *world_text(struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int *world_ints(struct world *w, size_t n);

#endif
