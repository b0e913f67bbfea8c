/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that components have not answered yet, by invocation: who was asked, about
 * which component, since when.
 */
#ifndef AMF_PENDING_H
#define AMF_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum amf_call_kind {
    AMF_CALL_CSISET,
    AMF_CALL_CSIRMV,
    AMF_CALL_TERMINATE,
    AMF_CALL_HEALTH,
    AMF_CALL_PROXIED /* instantiate or clean up */
};

struct amf_pending_call {
    uint64_t invocation;
    enum amf_call_kind kind;
    int comp;       /* whom it is about */
    int asked;      /* whose process answers: comp, or its proxy */
    bool quiescing; /* a set to QUIESCING: answered by a response, a completion or both */
    int64_t sent_ns;
};

struct amf_pending {
    struct amf_pending_call *at; /* owned, in no order */
    size_t n, cap;
};

void amf_pending_free(struct amf_pending *p);
void amf_pending_add(struct amf_pending *p, const struct amf_pending_call *call);

/* Borrowed until the next change; NULL: unknown, or long settled. */
const struct amf_pending_call *amf_pending_find(const struct amf_pending *p,
                                                uint64_t invocation);
void amf_pending_drop(struct amf_pending *p, uint64_t invocation);

/* The component's process is gone, or cannot answer any more. */
void amf_pending_drop_comp(struct amf_pending *p, int comp);

/* Calls that hold up an operation: all but health checks. */
size_t amf_pending_operations(const struct amf_pending *p);

#endif
