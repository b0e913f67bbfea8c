/* SPDX-License-Identifier: Apache-2.0 */
/* Events as entries of the log. */
#ifndef AMF_CLUSTER_WIRE_H
#define AMF_CLUSTER_WIRE_H

#include <jansson.h>

#include "amf/amf_engine.h"

/* An event on its way: the process and the generation of orders that it is about. */
struct amf_wire_event {
    struct amf_event ev;
    uint32_t generation;
    int pid;
};

/* New. */
json_t *amf_wire_pack(const struct amf_wire_event *w);
/* False: not an event. Indexes are checked against the model. */
bool amf_wire_unpack(const struct amf_model *m, const json_t *o,
                     struct amf_wire_event *out);

/* The event is about the incarnation of a component. */
bool amf_wire_is_about_comp(enum amf_event_type type);

#endif
