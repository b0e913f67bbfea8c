/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component for tests: its callbacks note what they were given, and the test looks
 * at the notes in order.
 */
#ifndef CPM_APP_H
#define CPM_APP_H

#include <pthread.h>
#include <stdbool.h>

#include <clCpmApi.h>

#include "fake_amfd.h"

struct app_note {
    char
        what[16]; /* "csiset", "csirmv", "terminate", "health", "pg", "pinst", "pclean" */
    ClInvocationT invocation;
    ClNameT comp, csi;
    ClAmsHAStateT ha;
    ClAmsCSIFlagsT flags;
    ClAmsCSIDescriptorT descriptor; /* attributes: see text */
    char text[256]; /* "name=value " of each attribute or "comp:ha:change " */
    ClAmsCompHealthcheckKeyT key;
    pthread_t thread;
};

extern struct fake_amfd *app_daemon;

/* All seven callbacks; and the minimum. */
extern const ClCpmCallbacksT app_callbacks;

/* A daemon, ASP_COMPNAME=comp1, and what runs in each test before its body. */
void app_setup(void);
void app_end(void);

/* Initialize with app_callbacks; and register comp1, too. */
ClCpmHandleT app_initialize(void);
ClCpmHandleT app_register(void);

/* The next note; aborts the test when none comes. */
struct app_note app_next(const char *what);

/* False when no further note comes within ms. */
bool app_noted(int ms);

ClNameT app_name(const char *text);

/* Send a CSI set; extra are further members with a leading comma, or "". */
void app_csi_set(unsigned inv, const char *csi, int ha, unsigned flags,
                 const char *extra);

/* The daemon gets an answer with this invocation and result. */
void app_expect_response(unsigned inv, unsigned rc, const char *kind);

#endif
