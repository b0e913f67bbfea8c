/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random histories of a world. After every step the engine's invariants and what the
 * world sees (two active processes, orders for the dead) are checked; at the end all
 * faults stop, everything is unlocked, and all that could be assigned at all has to be.
 */
#ifndef AMF_SIM_H
#define AMF_SIM_H

#include "amf/amf_world.h"

struct amf_sim {
    uint64_t seed;
    unsigned faults;       /* crashes, reports, operations, changes of behaviour */
    bool plain;            /* without force lock, adjust and changes of numbers */
    bool numbers;          /* alpha and beta may change; the world owns its model */
    FILE *aloud;           /* tell the story there; NULL: do not */
    const bool *reachable; /* by CSI: has to be active in the end; NULL: each has to */
};

/* Play one history in w, which was just made; it is used up. False: why says what
 * broke. steps: events that were fed so far, added to; may be NULL. */
bool amf_sim_history(struct world *w, const struct amf_sim *o, char *why, size_t size,
                     uint64_t *steps);

/* Play a model without faults, and note for each CSI whether somebody was active for it
 * in the end. False: something broke even so. */
bool amf_sim_reachable(const struct amf_model *m, bool *active, char *why, size_t size);

#endif
