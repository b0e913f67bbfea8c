/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each call of the checkpoint service as a row, with arguments that are all right: for
 * tests in which something else goes wrong. A call undoes what it did.
 */
#ifndef CKPT_CALLS_H
#define CKPT_CALLS_H

#include "ckpt_case.h"

extern ClHandleT h; /* collocated and active, with the sections "s" and "t" */

struct call {
    const char *call, *store; /* what it asks the store */
    unsigned int (*run)(void);
    bool cl_only, allocates; /* in the API itself */
};

extern const struct call calls[];
extern const size_t n_calls;

/* A service with h, and its end. */
void calls_begin(void);
void calls_end(void);

unsigned int call_initialize(void);
unsigned int call_open(void);
unsigned int call_read(void);
unsigned int call_status(void);

#endif
