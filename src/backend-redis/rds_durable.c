/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_durable.h"

#include <string.h>
#include <unistd.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_durable_in.h"
#include "backend-redis/rds_owner.h"
#include "backend-redis/rds_stats.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum {
    RETRY_MS = 50,
    OWNER_MS = 1500,  /* one attempt to make ownership clear */
    CONTACT_MS = 2500 /* sentinels hear of the master every second */
};

struct rds_durable rds_durable;

static struct {
    bool strict;
    int64_t hold_ns;
} settings;

/* ---- ownership ----------------------------------------------------------- */

/* Lock held. *since_ns: when the last of them went missing who is still expected. */
static size_t missing_copy(char (*out)[RDS_PLACE_TEXT], int64_t *since_ns)
{
    const struct rds_replicas *r = &rds_durable.replicas;
    size_t i, n = 0;

    *since_ns = 0;
    for (i = 0; i < r->n; i++)
        if (r->at[i].missing_ns > *since_ns && !r->at[i].excluded)
            *since_ns = r->at[i].missing_ns;
    for (i = 0; i < r->n; i++)
        if (!r->at[i].excluded && (!r->at[i].expected || r->at[i].missing_ns))
            memcpy(out[n++], r->at[i].address, RDS_PLACE_TEXT);
    return n;
}

static void ownership_clear_up(void)
{
    char missing[RDS_REPLICAS_MAX][RDS_PLACE_TEXT];
    const int64_t now_ns = clv_now_ns();
    int64_t since_ns, contact_ms = CONTACT_MS;
    enum rds_owner owner;
    size_t n;

    pthread_mutex_lock(&rds_durable.pipe.lock);
    n = missing_copy(missing, &since_ns);
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    /* what cut the replica off may have cut the master off from everybody: they must have
     * heard of it since */
    if (since_ns && (now_ns - since_ns) / CLV_NS_PER_MS < contact_ms)
        contact_ms = (now_ns - since_ns) / CLV_NS_PER_MS;
    owner = rds_owner_check(missing, n, &rds_durable.lineage, rds_durable.session.replid,
                            contact_ms, clv_deadline_ns(OWNER_MS * CLV_NS_PER_MS));
    pthread_mutex_lock(&rds_durable.pipe.lock);
    if (owner == RDS_OWNER_YES) {
        rds_durable.replicas.owner_ns = now_ns;
        rds_durable.replicas.owner_wanted = false;
    } else {
        rds_durable_rest();
    }
    pthread_mutex_unlock(&rds_durable.pipe.lock);
}

/* ---- the thread ---------------------------------------------------------- */

void rds_durable_rest(void)
{
    if (!rds_durable.stop)
        rds_cond_wait(&rds_durable.pipe.changed, &rds_durable.pipe.lock,
                      clv_deadline_ns(RETRY_MS * CLV_NS_PER_MS));
}

enum work { WORK_STOP, WORK_CONNECT, WORK_OWNERSHIP, WORK_MEMBERS };

/* Wait until there is something to do. */
static enum work work_wait(void)
{
    enum work work = WORK_MEMBERS;

    pthread_mutex_lock(&rds_durable.pipe.lock);
    while (!rds_durable.stop && rds_durable.pipe.up &&
           !rds_durable.replicas.owner_wanted && !rds_durable.replicas.strangers &&
           rds_cond_wait(&rds_durable.pipe.changed, &rds_durable.pipe.lock,
                         rds_durable.refresh_ns)) {
    }
    if (rds_durable.stop)
        work = WORK_STOP;
    else if (!rds_durable.pipe.up)
        work = WORK_CONNECT;
    else if (rds_durable.replicas.owner_wanted && clv_now_ns() < rds_durable.refresh_ns)
        work = WORK_OWNERSHIP;
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    return work;
}

static void *durable_main(void *unused)
{
    (void)unused;
    for (;;)
        switch (work_wait()) {
        case WORK_STOP:
            return NULL;
        case WORK_CONNECT:
            rds_durable_reconnect();
            break;
        case WORK_OWNERSHIP:
            ownership_clear_up();
            break;
        case WORK_MEMBERS:
            rds_durable_members_refresh();
            break;
        }
}

/* ---- start and stop ------------------------------------------------------ */

bool rds_durable_settings(void)
{
    const char *mode = clv_setting("CLOVIS_SYNC_MODE");
    int64_t hold_ms;

    if (mode && strcmp(mode, "available") && strcmp(mode, "strict")) {
        clv_log(CLV_LOG_ERROR, "CLOVIS_SYNC_MODE=%.80s, expected available or strict",
                mode);
        return false;
    }
    if (!clv_setting_int("CLOVIS_SYNC_HOLD_MS", 100, 600000, 2000, &hold_ms))
        return false;
    settings.strict = mode && strcmp(mode, "strict") == 0;
    settings.hold_ns = hold_ms * CLV_NS_PER_MS;
    return true;
}

bool rds_durable_init(void)
{
    memset(&rds_durable, 0, sizeof(rds_durable));
    rds_pipe_init(&rds_durable.pipe);
    rds_durable.round = rds_durable_round;
    rds_durable.replicas.strict = settings.strict;
    rds_durable.replicas.hold_ns = settings.hold_ns;
    rds_durable.ready = rds_pipe_rounds(&rds_durable.pipe, &rds_durable.round);
    if (!rds_durable.ready)
        rds_pipe_free(&rds_durable.pipe);
    return rds_durable.ready;
}

void rds_durable_stop(void)
{
    bool started;

    pthread_mutex_lock(&rds_durable.pipe.lock);
    started = rds_durable.started;
    rds_durable.stop = true;
    atomic_store(&rds_durable.cancel, true);
    pthread_cond_broadcast(&rds_durable.pipe.changed);
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    if (started)
        pthread_join(rds_durable.thread, NULL);
}

void rds_durable_free(void)
{
    if (!rds_durable.ready)
        return;
    if (rds_durable.role)
        rds_reply_free(rds_durable.role);
    rds_pipe_free(&rds_durable.pipe);
    rds_durable.ready = false;
}

void rds_durable_forget(void)
{
    if (rds_durable.ready && rds_durable.pipe.conn.fd >= 0)
        close(rds_durable.pipe.conn.fd);
    memset(&rds_durable, 0, sizeof(rds_durable));
}

static void cluster_say(void)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&said))
        clv_log(CLV_LOG_WARNING,
                "redis: in a Redis Cluster, writes of ALL_REPLICAS checkpoints and "
                "Synchronize do not wait for the replicas");
}

void rds_durable_prepare(void)
{
    if (rds.clustered) {
        cluster_say();
        return;
    }
    pthread_mutex_lock(&rds_durable.pipe.lock);
    if (!rds_durable.started && !rds_durable.stop)
        rds_durable.started = rds_thread_start(&rds_durable.thread, durable_main);
    pthread_mutex_unlock(&rds_durable.pipe.lock);
}

void rds_durable_renew(void)
{
    uint64_t generation;

    pthread_mutex_lock(&rds_durable.pipe.lock);
    generation = rds_durable.generation;
    pthread_mutex_unlock(&rds_durable.pipe.lock);
    if (generation)
        rds_pipe_drop(&rds_durable.pipe);
}

enum store_status rds_durable_run(struct rds_call *call, int64_t deadline_ns)
{
    const int64_t begun_ns = clv_now_ns();
    enum store_status st;

    if (!atomic_load(&rds.running))
        return STORE_AWAY;
    if (rds.clustered) /* nobody waits for the replicas */
        return rds_run(call, deadline_ns);
    rds_durable_prepare();
    st = rds_call_run(&rds_durable.pipe, call, deadline_ns);
    rds_stat_add(RDS_STAT_sync_writes, 1);
    rds_stat_add(RDS_STAT_sync_us, (uint64_t)(clv_now_ns() - begun_ns) / 1000);
    return st;
}
