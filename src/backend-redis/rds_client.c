/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "backend-redis/rds_cache.h"
#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_cluster.h"
#include "backend-redis/rds_durable.h"
#include "backend-redis/rds_feed.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_lease.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_orphans.h"
#include "backend-redis/rds_seal.h"
#include "backend-redis/rds_stats.h"
#include "backend-redis/rds_worker.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum { CONNECT_MS = 3000, BACKOFF_FIRST_MS = 20, BACKOFF_MAX_MS = 500, STOP_MS = 2000 };

struct rds_client rds = {
    .start_lock = PTHREAD_MUTEX_INITIALIZER,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

int64_t rds_now_us(void)
{
    return atomic_load(&rds.clock_us) + clv_now_ns() / 1000;
}

enum store_status rds_run_always(struct rds_call *call, int64_t deadline_ns)
{
    return rds.clustered ? rds_cluster_run(call, deadline_ns)
                         : rds_call_run(&rds.pipe, call, deadline_ns);
}

enum store_status rds_run(struct rds_call *call, int64_t deadline_ns)
{
    if (!atomic_load(&rds.running))
        return STORE_AWAY;
    return rds_run_always(call, deadline_ns);
}

enum store_status rds_answer(const struct rds_call *call)
{
    /* clang-format off */
    static const struct {
        const char *word;
        enum store_status status;
    } words[] = {
        { "OK",       STORE_OK },
        { "ABSENT",   STORE_ABSENT },
        { "GONE",     STORE_GONE },
        { "EXISTS",   STORE_EXISTS },
        { "DIFFERS",  STORE_DIFFERS },
        { "FULL",     STORE_FULL },
        { "PAST",     STORE_PAST },
        { "UNLINKED", STORE_UNLINKED },
        { "DAMAGED",  STORE_DAMAGED },
        { "FENCED",   STORE_FENCED },
        { "REFUSED",  STORE_REFUSED },
        { "UNSURE",   STORE_UNSURE },
    };
    /* clang-format on */
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (rds_reply_is(rds_reply_at(call->last, 0), words[i].word))
            return words[i].status;
    return STORE_DAMAGED;
}

bool rds_thread_start(pthread_t *thread, void *(*fn)(void *))
{
    return rds_thread_start_for(thread, fn, NULL);
}

bool rds_thread_start_for(pthread_t *thread, void *(*fn)(void *), void *arg)
{
    sigset_t all, old;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(thread, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return err == 0;
}

/* ---- the keeper ---------------------------------------------------------- */

/* What the keeper remembers between its rounds. */
struct keeper {
    int64_t beat_ns; /* when the next sign of life is due */
    int backoff_ms;
    unsigned seed;
    bool was_up, complained;
};

void rds_first_report(enum store_status st)
{
    pthread_mutex_lock(&rds.pipe.lock);
    if (!rds.first_known && st != STORE_AWAY) {
        rds.first_known = true;
        rds.first = st;
        pthread_cond_broadcast(&rds.pipe.changed);
    }
    pthread_mutex_unlock(&rds.pipe.lock);
}

static void connected_again_say(void)
{
    char address[RDS_PLACE_TEXT];
    struct rds_place place;

    rds_place_get(&place);
    clv_log(CLV_LOG_WARNING, "redis: connected again, to %s",
            rds_place_text(&place, address));
}

static void report(struct keeper *k, enum store_status st)
{
    if (st == STORE_OK) {
        if (k->complained)
            connected_again_say();
        k->complained = false;
        k->was_up = true;
    } else if (k->was_up && !k->complained) {
        clv_log(CLV_LOG_ERROR, "redis: connection lost, trying again: %s", rds.why);
        k->complained = true;
    }
    rds_first_report(st);
}

/* Lock held. Wait, at most until the given time, until there is something to do. */
static void keeper_rest(int64_t until_ns, bool while_up)
{
    while (!rds.stop && rds.pipe.up == while_up && (while_up || !rds.hurry))
        if (!rds_cond_wait(&rds.pipe.changed, &rds.pipe.lock, until_ns))
            return;
}

static void beat(struct keeper *k)
{
    rds_lease_beat(clv_deadline_ns(rds.lease_ns / 3));
    rds_stats_publish(clv_deadline_ns(rds.lease_ns / 3));
    k->beat_ns = clv_now_ns() + rds.lease_ns / 3;
}

static void reconnect(struct keeper *k)
{
    const enum store_status st =
        rds_master_connect(clv_deadline_ns(CONNECT_MS * CLV_NS_PER_MS));
    int wait_ms;

    if (st == STORE_OK && !k->was_up)
        beat(k); /* before there is anything open: who dies then is known by it */
    report(k, st);
    if (st == STORE_OK) {
        k->backoff_ms = BACKOFF_FIRST_MS;
        return;
    }
    rds_pipe_refuse(&rds.pipe, st == STORE_AWAY ? STORE_OK : st);
    wait_ms = k->backoff_ms / 2 + (int)(rand_r(&k->seed) % (unsigned)k->backoff_ms);
    k->backoff_ms =
        k->backoff_ms * 2 < BACKOFF_MAX_MS ? k->backoff_ms * 2 : BACKOFF_MAX_MS;
    pthread_mutex_lock(&rds.pipe.lock);
    keeper_rest(clv_deadline_ns(wait_ms * CLV_NS_PER_MS), false);
    pthread_mutex_unlock(&rds.pipe.lock);
}

/* The servers' own threads connect; to be alive is all that is left. */
static void *keeper_of_cluster(struct keeper *k)
{
    pthread_mutex_lock(&rds.pipe.lock);
    while (!rds.stop) {
        if (rds.first_known && clv_now_ns() >= k->beat_ns) {
            pthread_mutex_unlock(&rds.pipe.lock);
            beat(k);
            pthread_mutex_lock(&rds.pipe.lock);
        } else {
            rds_cond_wait(&rds.pipe.changed, &rds.pipe.lock,
                          rds.first_known ? k->beat_ns : CLV_DEADLINE_NEVER);
        }
    }
    pthread_mutex_unlock(&rds.pipe.lock);
    return NULL;
}

static void *keeper_main(void *unused)
{
    struct keeper k = {.backoff_ms = BACKOFF_FIRST_MS, .seed = rds.writer};
    enum store_status st;
    bool up, stop, pause;

    (void)unused;
    if (!rds_script_setup()) {
        snprintf(rds.why, sizeof(rds.why), "OpenSSL has no SHA-1");
        rds_first_report(STORE_REFUSED);
        return NULL;
    }
    st = rds_seal_start(rds.why, sizeof(rds.why));
    if (st == STORE_OK && !rds_master_start())
        st = STORE_CONFIG;
    if (st == STORE_OK && rds.clustered && !rds_cluster_start())
        st = STORE_NO_MEM;
    if (st != STORE_OK) {
        rds_first_report(st);
        return NULL;
    }
    if (rds.clustered)
        return keeper_of_cluster(&k);
    for (;;) {
        pthread_mutex_lock(&rds.pipe.lock);
        keeper_rest(k.beat_ns, true);
        up = rds.pipe.up;
        stop = rds.stop;
        pause = !up && rds.pipe.pause;
        if (pause && !stop)
            keeper_rest(clv_deadline_ns(BACKOFF_FIRST_MS * CLV_NS_PER_MS), false);
        pthread_mutex_unlock(&rds.pipe.lock);
        if (stop)
            return NULL;
        if (!up)
            reconnect(&k);
        else if (clv_now_ns() >= k.beat_ns)
            beat(&k);
    }
}

/* ---- start and stop ------------------------------------------------------ */

static enum store_status settings_load(void)
{
    const char *node = clv_setting("ASP_NODENAME");
    int64_t lease_ms, op_ms, fence;

    errno = 0;
    if (!clv_setting_int("CLOVIS_LEASE_MS", 500, 3600000, 6000, &lease_ms) ||
        !clv_setting_int("CLOVIS_OP_TIMEOUT_MS", 100, 3600000, 14000, &op_ms) ||
        !clv_setting_int("CLOVIS_FENCE", 0, 1, 0, &fence) || !rds_durable_settings() ||
        !rds_kept_settings() || !rds_cache_settings() ||
        !rds_key_namespace_load(rds.prefix) || !rds_url_load(&rds.url))
        return errno == ENOMEM ? STORE_NO_MEM : STORE_CONFIG;
    rds.lease_ns = lease_ms * CLV_NS_PER_MS;
    rds.op_timeout_ns = op_ms * CLV_NS_PER_MS;
    if (node)
        snprintf(rds.node, sizeof(rds.node), "%s", node);
    else if (gethostname(rds.node, sizeof(rds.node)))
        snprintf(rds.node, sizeof(rds.node), "localhost");
    rds.node[sizeof(rds.node) - 1] = '\0';
    rds.fenced = fence == 1;
    rds.clustered = rds_url_is_cluster(&rds.url);
    if (rds.clustered && !rds_cluster_settings())
        return STORE_CONFIG;
    rds_script_setting(rds.clustered);
    return STORE_OK;
}

static void identity_make(void)
{
    uint64_t id;

    if (getrandom(&id, sizeof(id), 0) != sizeof(id))
        id = (uint64_t)clv_wall_ns() * 1000003U ^ (uint64_t)getpid();
    snprintf(rds.proc, sizeof(rds.proc), "%016llx", (unsigned long long)id);
    rds.writer = (uint32_t)id;
    rds_lease_host(rds.host, sizeof(rds.host));
}

static void keeper_stop(void)
{
    pthread_mutex_lock(&rds.pipe.lock);
    rds.stop = true;
    pthread_cond_broadcast(&rds.pipe.changed);
    pthread_mutex_unlock(&rds.pipe.lock);
    rds_master_cancel();
    pthread_join(rds.keeper, NULL);
    rds_cluster_stop(); /* the keeper has started it */
}

static void client_free(void)
{
    rds_durable_free();
    rds_kept_clear();
    rds_seal_stop();
    rds_master_stop();
    rds_pipe_free(&rds.pipe);
    rds_url_free(&rds.url);
}

static enum store_status first_wait(int64_t deadline_ns)
{
    enum store_status st;

    pthread_mutex_lock(&rds.pipe.lock);
    while (!rds.first_known &&
           rds_cond_wait(&rds.pipe.changed, &rds.pipe.lock, deadline_ns)) {
    }
    st = rds.first_known ? rds.first : STORE_AWAY;
    pthread_mutex_unlock(&rds.pipe.lock);
    return st;
}

static enum store_status client_start(int64_t deadline_ns)
{
    enum store_status st = settings_load();

    if (st != STORE_OK) {
        rds_url_free(&rds.url);
        return st;
    }
    identity_make();
    rds_pipe_init(&rds.pipe);
    if (!rds_durable_init()) {
        client_free();
        return STORE_NO_MEM;
    }
    TAILQ_INIT(&rds.ckpts);
    atomic_fetch_add(&rds.era, 1);
    rds.stop = rds.first_known = rds.hurry = false;
    snprintf(rds.why, sizeof(rds.why), "no answer yet");
    if (!rds_thread_start(&rds.keeper, keeper_main)) {
        client_free();
        return STORE_NO_MEM;
    }
    st = first_wait(deadline_ns);
    if (st == STORE_OK) {
        atomic_store(&rds.running, true);
        if (!rds.clustered)
            rds_cache_start();
        rds_orphans_visit(deadline_ns);
        return STORE_OK;
    }
    keeper_stop();
    clv_log(CLV_LOG_ERROR, "redis: cannot use the store: %s", rds.why);
    client_free();
    return st;
}

/* After a fork the child has none of the parent's threads: forget what they kept. The
 * descriptors are copies, closing them leaves the parent's connection alone. */
static void forget_in_child(void)
{
    const unsigned era = atomic_load(&rds.era) + 1;

    if (rds.starts && rds.pipe.conn.fd >= 0)
        close(rds.pipe.conn.fd);
    rds_durable_forget();
    rds_stats_forget();
    rds_kept_forget();
    rds_seal_stop();
    rds_worker_forget();
    rds_feed_forget();
    rds_cache_forget();
    rds_cluster_forget();
    rds_master_forget();
    memset(&rds, 0, sizeof(rds));
    pthread_mutex_init(&rds.start_lock, NULL);
    pthread_mutex_init(&rds.lock, NULL);
    atomic_store(&rds.era, era);
}

static void fork_hook(void)
{
    pthread_atfork(NULL, NULL, forget_in_child);
}

enum store_status store_start(int64_t deadline_ns)
{
    static pthread_once_t hooked = PTHREAD_ONCE_INIT;
    enum store_status st = STORE_OK;

    pthread_once(&hooked, fork_hook);
    pthread_mutex_lock(&rds.start_lock);
    if (rds.starts == 0)
        st = client_start(deadline_ns);
    if (st == STORE_OK)
        rds.starts++;
    pthread_mutex_unlock(&rds.start_lock);
    return st;
}

void store_stop(void)
{
    const int64_t deadline_ns = clv_deadline_ns(STOP_MS * CLV_NS_PER_MS);

    pthread_mutex_lock(&rds.start_lock);
    if (rds.starts > 0 && --rds.starts == 0) {
        rds_cache_stop();
        rds_feed_stop();
        rds_worker_stop();
        rds_ckpt_close_all(deadline_ns);
        rds_stats_publish(deadline_ns);
        rds_lease_end(deadline_ns);
        rds_durable_stop();
        atomic_store(&rds.running, false);
        keeper_stop();
        client_free();
    }
    pthread_mutex_unlock(&rds.start_lock);
}

int64_t store_op_timeout_ns(void)
{
    int64_t ms;

    if (!atomic_load(&rds.running)) {
        clv_setting_int("CLOVIS_OP_TIMEOUT_MS", 100, 3600000, 14000, &ms);
        return ms * CLV_NS_PER_MS;
    }
    return rds.op_timeout_ns;
}

const char *store_status_text(enum store_status st)
{
#define STORE_STATUS_TEXT(cause, retry, cl, sa, text) [cause] = text,
    static const char *const texts[STORE_STATUS_N] = {
        [STORE_OK] = "success", STORE_STATUS_MAP(STORE_STATUS_TEXT)};
#undef STORE_STATUS_TEXT

    return (unsigned)st < STORE_STATUS_N ? texts[st] : "unknown status";
}
