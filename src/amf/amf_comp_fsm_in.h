/* SPDX-License-Identifier: Apache-2.0 */
/* The moves in a component's life: made by amf_comp_fsm.c, and by amf_comp_events.c. */
#ifndef AMF_COMP_FSM_IN_H
#define AMF_COMP_FSM_IN_H

#include "amf/amf_state.h"

void amf_comp_set_presence(struct amf_engine *e, int comp, enum amf_presence p);
void amf_comp_set_op(struct amf_engine *e, int comp, enum amf_comp_op op);
/* It can do nothing any more; nor can those that it speaks for be reached. */
void amf_comp_set_dead(struct amf_engine *e, int comp);
void amf_comp_set_up(struct amf_engine *e, int comp);
/* Nothing of it is left. */
void amf_comp_set_gone(struct amf_engine *e, int comp);
void amf_comp_clean_failed(struct amf_engine *e, int comp);
void amf_comp_terminate(struct amf_engine *e, int comp, enum amf_presence presence);
/* It has not answered to that: ask again. */
void amf_comp_remind(struct amf_engine *e, int comp);

#endif
