/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One service per ClCpmHandleT: the application's callbacks and their queue.
 */
#ifndef CLV_CPM_SERVICE_H
#define CLV_CPM_SERVICE_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

#include <clCpmApi.h>

#include "shim/dispatch.h"

struct cpm {
    ClCpmHandleT handle;
    ClCpmCallbacksT callbacks; /* a copy. The proxied members may be garbage, and must
                                  only be read when a proxied component needs them */
    struct clv_dispatch queue;
    bool queued;    /* there is a selection object; guarded by cpm_lock */
    bool finalized; /* only Response still works; guarded by cpm_lock */
};

/* Guards components, pending orders, tracked groups and the flags above. Nothing
 * is called with it held but the handle table and memory. */
extern pthread_mutex_t cpm_lock;

/* Pin the service of a handle that was not finalized; NULL: a bad one. */
struct cpm *cpm_get(ClCpmHandleT handle);

/* Also of a finalized one: programs answer their terminate after Finalize. */
struct cpm *cpm_get_any(ClCpmHandleT handle);

void cpm_put(struct cpm *s);

/* Whether a service is there that was not finalized. */
bool cpm_is_open(void);

/* True when the process runs without a daemon: ASP_WITHOUT_CPM. */
bool cpm_is_alone(void);

/* How long a call waits for the daemon, as a deadline from now. */
int64_t cpm_deadline_ns(void);

/* Send m (taken) to the daemon; ask it and wait. Alone: nothing is sent, and every
 * call succeeds without an answer. */
void cpm_send(json_t *m);
ClRcT cpm_call(json_t *m, json_t **answer);

/* Legacy codes. A bad handle is reported in the name of the handle service. */
#define CPM_RC(error) CL_RC(CL_CID_CPM, error)
#define CPM_BAD_HANDLE CL_RC(CL_CID_HANDLE, CL_ERR_INVALID_HANDLE)

#endif
