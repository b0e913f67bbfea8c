/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkpoint service behind both families of names. Each clCkpt and saCkpt
 * function is a thin wrapper around one clv_ckpt_ function here, and rules decide
 * where Clovis and SAF B.02.02 behaviour part.
 *
 * Locks: none is held while the store or a callback runs, except an iterator's own.
 */
#ifndef CLV_CKPT_H
#define CLV_CKPT_H

#include <stdatomic.h>

#include <clCkptApi.h>
#include <clCkptErrors.h>
#include <saCkpt.h>

#include "base/bytes.h"
#include "shim/children.h"
#include "shim/dispatch.h"
#include "shim/errmap.h"
#include "shim/handle.h"
#include "shim/rules.h"
#include "shim/store.h"

/* What a program may call the default section of a checkpoint, beside {0, NULL};
 * the NUL counts. */
#define CKPT_DEFAULT_ID "defaultSection"

/* What a failed open leaves in a handle, where a rule asks for a value. */
#define CKPT_NO_HANDLE UINT64_MAX

/* ---- the service --------------------------------------------------------- */

struct ckpt_callbacks {
    bool is_sa; /* which of the two is in use */
    ClCkptCallbacksT cl;
    SaCkptCallbacksT sa;
};

struct ckpt_service {
    uint64_t handle;
    const struct clv_rules *rules;
    struct ckpt_callbacks callbacks;
    struct clv_dispatch dispatch;
    struct clv_children checkpoints;
    atomic_bool is_queued; /* completions wait for Dispatch */
    _Atomic int64_t
        close_deadline_ns; /* shared by all closes of one Finalize; 0: not yet */
};

/* callbacks is copied. */
clv_err clv_ckpt_initialize(const struct clv_rules *rules,
                            const struct ckpt_callbacks *callbacks, uint64_t *out);
clv_err clv_ckpt_finalize(uint64_t service);
clv_err clv_ckpt_selection_object(uint64_t service, uint64_t *out);
clv_err clv_ckpt_dispatch(uint64_t service, int flags);

/* The service behind a handle, pinned until clv_handle_put(), or why not. */
clv_err clv_ckpt_service_get(uint64_t service, struct ckpt_service **out);

/* ---- checkpoints --------------------------------------------------------- */

struct ckpt {
    struct clv_child child;       /* its handle is ours */
    struct ckpt_service *service; /* pinned */
    struct store_ckpt *store;     /* owned */
    struct store_attrs attrs;     /* as of the open */
    ClCkptOpenFlagsT open_flags;
    struct clv_children iterators;

    pthread_mutex_t lock;               /* guards what follows; a leaf */
    ClCkptNotificationCallbackT notify; /* NULL: not registered */
    ClPtrT cookie;
};

/* What a call needs besides an open handle; tested in this order. */
enum ckpt_need { CKPT_WRITE = 1, CKPT_READ = 2, CKPT_ACTIVE = 4 };

/* The checkpoint behind a handle, pinned until clv_ckpt_leave(), or why not. */
clv_err clv_ckpt_enter(uint64_t h, unsigned int needs, struct ckpt **out);
void clv_ckpt_leave(struct ckpt *c);

/* Whether a collocated checkpoint has got its active replica. */
clv_err clv_ckpt_active_check(struct ckpt *c);

bool clv_ckpt_is_collocated(const struct ckpt *c);
bool clv_ckpt_has_default(const struct ckpt *c);

/* The operation limit, from now on. */
int64_t clv_ckpt_deadline(void);

/* Borrowed from name; cropped to what a name may hold. */
struct clv_bytes clv_ckpt_name(const ClNameT *name);

clv_err clv_ckpt_open(uint64_t service, const ClNameT *name,
                      const ClCkptCheckpointCreationAttributesT *attrs,
                      ClCkptOpenFlagsT flags, uint64_t *out);
clv_err clv_ckpt_open_async(uint64_t service, ClInvocationT invocation,
                            const ClNameT *name,
                            const ClCkptCheckpointCreationAttributesT *attrs,
                            ClCkptOpenFlagsT flags);
clv_err clv_ckpt_close(uint64_t h);
void clv_ckpt_close_handle(uint64_t h); /* harmless when it is stale */
clv_err clv_ckpt_unlink(uint64_t service, const ClNameT *name);
clv_err clv_ckpt_retention_set(uint64_t h, ClTimeT retention_ns);
clv_err clv_ckpt_active_set(uint64_t h);
clv_err clv_ckpt_status(uint64_t h, ClCkptCheckpointDescriptorT *out);

/* saCkptCheckpointOpen: the checkpointSize to go on with. */
ClSizeT clv_ckpt_clipped_size(const ClCkptCheckpointCreationAttributesT *attrs);

/* The open itself, after the checks of the arguments. */
clv_err clv_ckpt_open_checked(struct ckpt_service *s, struct clv_bytes name,
                              const ClCkptCheckpointCreationAttributesT *attrs,
                              ClCkptOpenFlagsT flags, uint64_t *out);
clv_err clv_ckpt_open_check(const struct clv_rules *rules, const ClNameT *name,
                            const ClCkptCheckpointCreationAttributesT *attrs,
                            ClCkptOpenFlagsT flags);

/* ---- completions --------------------------------------------------------- */

/* The end of an asynchronous call, on its way to the application. */
struct ckpt_completion {
    struct clv_job job;
    struct ckpt_callbacks callbacks;
    bool is_open; /* else a synchronize */
    ClInvocationT invocation;
    uint64_t handle; /* of a successful open; 0: none */
    clv_err result;
};

/* owner: the handle whose close cancels it, or 0. */
void clv_ckpt_completion_init(struct ckpt_completion *c, const struct ckpt_service *s,
                              bool is_open, ClInvocationT invocation, uint64_t owner);

/* Takes c, which starts a block of malloc(). Call it on the store's thread. */
void clv_ckpt_completion_deliver(struct ckpt_service *s, struct ckpt_completion *c);

/* ---- sections ------------------------------------------------------------ */

/* The bytes of an id. An empty one, or CKPT_DEFAULT_ID, means the default section;
 * no_default is the answer when there is none. Borrowed from id. */
clv_err clv_ckpt_section_id(const struct ckpt *c, const ClCkptSectionIdT *id,
                            clv_err no_default, struct clv_bytes *out);

/* When a section ends, or the time of a filter. */
struct store_when clv_ckpt_when(ClTimeT t);

clv_err clv_ckpt_section_create(uint64_t h, ClCkptSectionCreationAttributesT *attrs,
                                const void *data, ClSizeT size);
clv_err clv_ckpt_section_delete(uint64_t h, const ClCkptSectionIdT *id);
clv_err clv_ckpt_section_expire(uint64_t h, const ClCkptSectionIdT *id, ClTimeT t);
clv_err clv_ckpt_section_overwrite(uint64_t h, const ClCkptSectionIdT *id,
                                   const void *data, ClSizeT size);
clv_err clv_ckpt_section_check(uint64_t h, const ClCkptSectionIdT *id);

/* ---- vectors ------------------------------------------------------------- */

clv_err clv_ckpt_write(uint64_t h, const ClCkptIOVectorElementT *vec, ClUint32T n,
                       ClUint32T *bad);

/* Of vec, dataBuffer (where it is NULL) and readSize are written. */
clv_err clv_ckpt_read(uint64_t h, ClCkptIOVectorElementT *vec, ClUint32T n,
                      ClUint32T *bad);

/* ---- iteration ----------------------------------------------------------- */

clv_err clv_ckpt_iter_begin(uint64_t h, int chosen, ClTimeT t, uint64_t *out);

/* The id in out is new: free(). CL_CKPT_ERR_NO_SECTIONS at the end. */
clv_err clv_ckpt_iter_next(uint64_t iter, ClCkptSectionDescriptorT *out);
clv_err clv_ckpt_iter_end(uint64_t iter);

/* ---- replicas ------------------------------------------------------------ */

clv_err clv_ckpt_sync(uint64_t h, ClTimeT timeout_ns);
clv_err clv_ckpt_sync_async(uint64_t h, ClInvocationT invocation);

/* End the registration for changes, and wait for a callback that runs on another thread.
 */
void clv_ckpt_notify_end(struct ckpt *c);

#endif
