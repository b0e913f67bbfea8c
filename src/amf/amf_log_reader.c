/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that reads the shared log. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amf/amf_log_in.h"
#include "base/clock.h"
#include "base/logline.h"

enum { BLOCK_MS = 250 };

struct reading {
    uint64_t n; /* read up to here */
    char who[AMF_WHO_SIZE];
    uint64_t seq;
};

/* After a connection: the log still goes on from where we were, or there is a hole. */
static bool place_find(struct amf_log *l, struct amf_store *s, struct reading *at)
{
    char who[AMF_WHO_SIZE];
    uint64_t tail, seq;

    if (!amf_store_tail(s, &l->keys, at->n, &tail, who, &seq))
        return false;
    if (tail >= at->n && (!at->who[0] || (strcmp(who, at->who) == 0 && seq == at->seq)))
        return true;
    clv_log(CLV_LOG_WARNING,
            "the store lost the end of the cluster's log: entry %" PRIu64
            " is not there any more, the last one is %" PRIu64,
            at->n, tail);
    at->n = tail;
    at->who[0] = '\0';
    amf_log_tell(l, AMF_LOG_HOLE, NULL, 0);
    return true;
}

static bool read_on(struct amf_log *l, struct amf_store *s, struct reading *at)
{
    redisReply *reply = amf_store_read(s, &l->keys, at->n, BLOCK_MS);
    struct amf_log_entry e;
    bool first = true;
    size_t i;

    if (!reply)
        return false;
    for (i = 0; amf_store_entry(reply, i, &e); i++) {
        if (first && at->who[0] && e.n != at->n + 1)
            amf_log_tell(l, AMF_LOG_HOLE, NULL, 0); /* dropped before we came to them */
        first = false;
        at->n = e.n;
        at->seq = e.seq;
        snprintf(at->who, sizeof(at->who), "%s", e.who);
    }
    if (first)
        rds_reply_free(reply);
    else
        amf_log_tell(l, AMF_LOG_READ, reply, 0);
    return true;
}

void *amf_log_reader_main(void *arg)
{
    struct amf_log *l = arg;
    struct amf_store s = {.url = &l->url, .use = "reading"};
    struct reading at = {0};
    int64_t from = AMF_LOG_UNKNOWN;
    bool known = false;

    while (!amf_log_stopped(l)) {
        pthread_mutex_lock(&l->lock);
        if (from == AMF_LOG_UNKNOWN && l->read_from != AMF_LOG_UNKNOWN) {
            from = l->read_from;
            at.n = (uint64_t)from;
        }
        pthread_mutex_unlock(&l->lock);
        if (from == AMF_LOG_UNKNOWN || !amf_store_open(&s)) {
            amf_log_pause(l, from == AMF_LOG_UNKNOWN ? AMF_LOG_RETRY_MS / 20
                                                     : AMF_LOG_RETRY_MS);
            continue;
        }
        if (!known)
            known = place_find(l, &s, &at);
        if (!known || !read_on(l, &s, &at)) {
            known = false;
            amf_store_close(&s);
            amf_log_pause(l, AMF_LOG_RETRY_MS / 4);
        }
    }
    amf_store_close(&s);
    return NULL;
}
