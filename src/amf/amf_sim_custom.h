/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator of a simulation's CUSTOM groups: orders assignments, and sees to it that
 * nobody has a role that was not asked for.
 */
#ifndef AMF_SIM_CUSTOM_H
#define AMF_SIM_CUSTOM_H

#include "amf/amf_world.h"

struct amf_sim_custom {
    bool *titles; /* by SI and SU: it was asked for, since it last held nothing of it;
                     NULL: there is no CUSTOM group */
};

void amf_sim_custom_begin(struct amf_sim_custom *c, const struct world *w);
void amf_sim_custom_end(struct amf_sim_custom *c);

/* Assign an SI to these SUs; -1: nobody. */
enum amf_admin_result amf_sim_custom_assign(struct amf_sim_custom *c, struct world *w,
                                            int si, int active, int standby);

/* Call after every step of the history: breaks the world when a role has no reason, or
 * when an order is open and nothing is under way. */
void amf_sim_custom_check(struct amf_sim_custom *c, struct world *w);

/* The world is quiet and everything is unlocked: each SI that nobody is active for is
 * assigned by hand. */
void amf_sim_custom_finish(struct amf_sim_custom *c, struct world *w);

#endif
