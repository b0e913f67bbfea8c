/* SPDX-License-Identifier: Apache-2.0 */
/* A run of random operations that are compared with the model. */
#ifndef CKPT_MODEL_RUN_H
#define CKPT_MODEL_RUN_H

#include "ckpt_model.h"

enum { RUN_HANDLES = 6, RUN_SERVICES = 3, RUN_ROUND_OPS = 400 };

extern struct model_run {
    uint64_t state; /* of the random numbers: the seed at first */
    ClHandleT services[RUN_SERVICES];
    long round;
    int logged;     /* lines of this round, since everything was fresh */
    long agreed_ok; /* calls that succeeded, as they should */
} run;

/* A service for each family and rule set. */
void run_begin(void);
void run_end(void);

void run_operation(void);

/* Close and delete everything. */
void run_fresh(void);

/* Print the operations of this round, and fail. */
void run_differs(const char *what);

#endif
