/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/logline.h"
#include "shim/handle.h"
#include "shim/store.h"

static struct {
    atomic_uint services; /* alive */
    atomic_uint process;  /* forks between the first ancestor and us, plus 1 */
} registry = {.process = 1};

static _Thread_local unsigned int store_thread_depth;

/* The table's lock is held by the thread that forked, which is the only one here. */
static void child_begin(void)
{
    atomic_store(&registry.services, 0);
    atomic_fetch_add(&registry.process, 1);
    store_thread_depth = 0;
    clv_handle_forget_all();
    clv_handle_unlock();
}

static void fork_watch(void)
{
    if (pthread_atfork(clv_handle_lock, clv_handle_unlock, child_begin) != 0)
        clv_log(CLV_LOG_ERROR,
                "no memory to watch fork(): children must not use handles");
}

void clv_registry_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fork_watch);
}

enum store_status clv_registry_join(int64_t deadline_ns)
{
    enum store_status st;

    clv_registry_prepare();
    st = store_start(deadline_ns);
    if (st == STORE_OK)
        atomic_fetch_add(&registry.services, 1);
    return st;
}

void clv_registry_leave(void)
{
    atomic_fetch_sub(&registry.services, 1);
}

static void *stop_elsewhere(void *unused)
{
    store_stop();
    return unused;
}

void clv_registry_release(void)
{
    pthread_t t;

    if (store_thread_depth == 0) {
        store_stop();
    } else if (pthread_create(&t, NULL, stop_elsewhere, NULL) == 0) {
        pthread_detach(t);
    } else {
        clv_log(CLV_LOG_WARNING, "no thread to stop the store client with: it runs on");
    }
}

bool clv_registry_is_joined(void)
{
    return atomic_load(&registry.services) > 0;
}

uint32_t clv_registry_process(void)
{
    return atomic_load(&registry.process);
}

void clv_registry_store_thread_enter(void)
{
    store_thread_depth++;
}

void clv_registry_store_thread_leave(void)
{
    store_thread_depth--;
}
