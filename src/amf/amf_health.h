/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Health checks: one per component, of either kind. Knows no clock: the daemon
 * says what time it is and carries out what comes back.
 *
 * AMF-invoked: each period the callback is called, unless the previous one is
 * unanswered; no answer within the maximum, or a bad one, is a fault.
 * Client-invoked: each period has to bring at least one confirmation.
 */
#ifndef AMF_HEALTH_H
#define AMF_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amf/amf_model.h"

enum amf_health_type { AMF_HEALTH_AMF_INVOKED = 1, AMF_HEALTH_CLIENT_INVOKED = 2 };

enum amf_health_result {
    AMF_HEALTH_OK,
    AMF_HEALTH_FAULT, /* the check has ended, its recovery is due */
    AMF_HEALTH_IGNORED
};

struct amf_health_check {
    int comp;
    enum amf_health_type type;
    enum amf_recovery recovery;
    char key[33];
    int64_t period_ms, max_ms;
    int64_t next_ms;   /* the next call, or the end of the client's period */
    int64_t answer_ms; /* when the open call has to be answered; 0: none is open */
    bool confirmed;    /* in this period */
};

struct amf_health {
    struct amf_health_check *at; /* owned */
    size_t n, cap;
};

enum amf_health_due { AMF_HEALTH_NOTHING, AMF_HEALTH_CALL, AMF_HEALTH_FAILED };

void amf_health_free(struct amf_health *h);

/* Begin; a second start for the same component is ignored. Periods are those of
 * the model, raised to the legacy minimum (5 s, and an answer within 10 s or two
 * periods). */
enum amf_health_result amf_health_start(struct amf_health *h,
                                        const struct amf_comp *model, int comp,
                                        enum amf_health_type type,
                                        enum amf_recovery recovery, const char *key,
                                        int64_t now_ms);
void amf_health_stop(struct amf_health *h, int comp);

/* The answer to a call; the recovery is set on AMF_HEALTH_FAULT. */
enum amf_health_result amf_health_answer(struct amf_health *h, int comp, bool ok,
                                         enum amf_recovery *recovery);

/* The client's own confirmation. */
enum amf_health_result amf_health_confirm(struct amf_health *h, int comp, bool ok,
                                          enum amf_recovery *recovery);

/* When amf_health_take() has something, or INT64_MAX. */
int64_t amf_health_next_ms(const struct amf_health *h);

/* What is due: AMF_HEALTH_CALL with a copy of the check to call, AMF_HEALTH_FAILED
 * with a copy of the check that has ended. */
enum amf_health_due amf_health_take(struct amf_health *h, int64_t now_ms,
                                    struct amf_health_check *out);

#endif
