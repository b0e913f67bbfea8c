/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator wants to read in the daemon's log beside its notes, switched while it
 * runs: the flags of the old console. Nothing of it outlives the daemon.
 */
#ifndef AMF_TRACE_H
#define AMF_TRACE_H

#include <jansson.h>

#include "amf/amf_engine.h"
#include "base/logline.h"

enum {
    AMF_TRACE_MSG = 1,     /* lines to and from components and programs */
    AMF_TRACE_TIMER = 2,   /* timers: ordered, cancelled, due */
    AMF_TRACE_STATE = 4,   /* what else the engine was fed, and what it ordered */
    AMF_TRACE_FUNCTION = 8 /* the log's own level is debug meanwhile */
};

struct amf_trace {
    unsigned flags;
    char name[256];     /* only lines with it; "": all */
    enum clv_sev level; /* of the log without AMF_TRACE_FUNCTION */
};

void amf_trace_step(const struct amf_trace *t, const struct amf_model *m,
                    const struct amf_event *ev, const struct amf_actions *orders);
/* way: "from" or "to" the process pid. */
void amf_trace_message(const struct amf_trace *t, const char *way, int pid,
                       const json_t *o);

/* {"level": "info", "trace": ["msg"], "name": "", "console": false} (new) */
json_t *amf_trace_describe(const struct amf_trace *t);

/* Set what o has of "level", "name", "console", and of the flags to put "on" and "off".
 * False: a word that is not known; nothing was set. */
bool amf_trace_set(struct amf_trace *t, const json_t *o);

#endif
