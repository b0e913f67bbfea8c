/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_sentinel.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backend-redis/rds_call.h"
#include "backend-redis/rds_talk.h"
#include "base/clock.h"
#include "base/thread.h"

enum {
    ASK_MS = 1000,      /* connect, authenticate and ask one sentinel */
    ROUND_MS = 1500,    /* ask all of them */
    POLL_MS = 1000,     /* ask again without a reason */
    RETRY_MIN_MS = 100, /* between attempts to reach a sentinel, whatever the hurry */
    RETRY_MAX_MS = 2000,
    STOP_MS = 2000,
    WHY_SIZE = 200
};

struct watch;

struct watcher {
    struct watch *all;
    struct rds_place place;
    int wake; /* eventfd */

    /* the thread's own */
    struct rds_conn ask, listen;
    int64_t tried_ns; /* last attempt to connect */
    int retry_ms;
    unsigned seed;

    /* guarded by the lock of all */
    struct rds_vote vote; /* valid only while the sentinel answers */
    enum store_status st; /* of the last attempt */
    char why[WHY_SIZE];
    uint64_t round; /* which question was answered last */
};

/* Shared by the watchers and the client; the last of them frees it. A watcher may outlive
 * the client by as long as a resolver makes it wait. */
struct watch {
    pthread_mutex_t lock;    /* guards what follows; a leaf */
    pthread_cond_t answered; /* an answer, or a watcher has ended */
    uint64_t round;          /* which question is being asked */
    size_t n_threads;
    bool stop, abandoned;
    atomic_bool cancel; /* not guarded: connecting watchers look at it */
    struct rds_vote scratch[RDS_SENTINELS_MAX]; /* too large for a caller's stack */

    /* constant */
    void (*news)(const struct rds_place *master);
    char *master, *user, *password; /* owned */
    bool master_tls;
    size_t n;
    struct watcher watchers[];
};

static struct watch *watch; /* of the client; set and reset by start and stop */

/* ---- one sentinel -------------------------------------------------------- */

static void watcher_close(struct watcher *w)
{
    rds_conn_close(&w->ask);
    rds_conn_close(&w->listen);
}

static enum store_status watcher_connect(struct watcher *w, struct rds_conn *conn,
                                         int64_t deadline_ns, char *why)
{
    struct rds_talk t = {conn, &w->place, deadline_ns, why, WHY_SIZE};
    enum store_status st;

    st = rds_conn_open(conn, &w->place, &w->all->cancel, deadline_ns, why, WHY_SIZE);
    if (st != STORE_OK)
        return st;
    st = rds_talk_auth(&t, w->all->user, w->all->password);
    if (st != STORE_OK)
        rds_conn_close(conn);
    return st;
}

/* SENTINEL MASTER answers with names and values in turn. */
static bool epoch_read(const redisReply *reply, int64_t *epoch)
{
    size_t i;

    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2)
        if (rds_reply_is(reply->element[i], "config-epoch"))
            return rds_reply_int(reply->element[i + 1], epoch);
    return false;
}

static bool address_read(const redisReply *reply, struct rds_place *out)
{
    const struct clv_bytes host = rds_reply_bytes(rds_reply_at(reply, 0));
    int64_t port;

    if (!host.base || host.size == 0 || host.size >= sizeof(out->host) ||
        !rds_reply_int(rds_reply_at(reply, 1), &port) || port < 1 || port > 65535)
        return false;
    memset(out->host, 0, sizeof(out->host));
    memcpy(out->host, host.base, host.size);
    out->port = (uint16_t)port;
    return true;
}

/* The epoch first: the address may be newer than that, never older. During a fail-over
 * this question is answered with the promoted one as soon as it is promoted. */
static enum store_status watcher_question(struct watcher *w, struct rds_vote *vote,
                                          int64_t deadline_ns, char *why)
{
    struct rds_talk t = {&w->ask, &w->place, deadline_ns, why, WHY_SIZE};
    enum store_status st;
    redisReply *reply;

    reply = rds_talk_words(&t, &st, 3, "SENTINEL", "MASTER", w->all->master);
    if (st == STORE_OK && !epoch_read(reply, &vote->epoch))
        st = rds_talk_fail(&t, STORE_AWAY, "answers, but is no sentinel");
    if (reply)
        freeReplyObject(reply);
    if (st != STORE_OK)
        return st;
    reply =
        rds_talk_words(&t, &st, 3, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", w->all->master);
    if (st == STORE_OK && !address_read(reply, &vote->master))
        st = rds_talk_fail(&t, STORE_AWAY, "knows no address of the master");
    if (reply)
        freeReplyObject(reply);
    vote->master.tls = w->all->master_tls;
    vote->valid = st == STORE_OK;
    return st;
}

/* Without this the next poll finds out. */
static void watcher_subscribe(struct watcher *w, int64_t deadline_ns)
{
    char why[WHY_SIZE];
    struct rds_talk t = {&w->listen, &w->place, deadline_ns, why, sizeof(why)};
    enum store_status st;
    redisReply *reply;

    if (watcher_connect(w, &w->listen, deadline_ns, why) != STORE_OK)
        return;
    reply = rds_talk_words(&t, &st, 2, "SUBSCRIBE", "+switch-master");
    if (reply)
        freeReplyObject(reply);
    if (st != STORE_OK)
        rds_conn_close(&w->listen);
}

static enum store_status watcher_attempt(struct watcher *w, struct rds_vote *vote,
                                         char *why)
{
    const int64_t deadline_ns = clv_deadline_ns(ASK_MS * CLV_NS_PER_MS);
    enum store_status st = STORE_OK;

    if (w->ask.fd < 0) {
        w->tried_ns = clv_now_ns();
        st = watcher_connect(w, &w->ask, deadline_ns, why);
    }
    if (st == STORE_OK)
        st = watcher_question(w, vote, deadline_ns, why);
    if (st != STORE_OK)
        watcher_close(w);
    else if (w->listen.fd < 0)
        watcher_subscribe(w, deadline_ns);
    return st;
}

/* ---- a watcher's life ---------------------------------------------------- */

/* Lock held. */
static void tally(struct watch *all, uint64_t since_round, struct rds_tally *out)
{
    size_t i;

    for (i = 0; i < all->n; i++) {
        all->scratch[i] = all->watchers[i].vote;
        if (all->watchers[i].round < since_round)
            all->scratch[i].valid = false;
    }
    rds_vote_count(all->scratch, all->n, out);
}

static void publish(struct watcher *w, uint64_t round, enum store_status st,
                    const struct rds_vote *vote, const char *why)
{
    struct watch *all = w->all;
    struct rds_tally now;
    bool tell;

    pthread_mutex_lock(&all->lock);
    w->vote = *vote;
    w->st = st;
    w->round = round;
    snprintf(w->why, sizeof(w->why), "%s", why);
    tally(all, 0, &now);
    tell = st == STORE_OK && now.majority && !all->stop;
    pthread_cond_broadcast(&all->answered);
    pthread_mutex_unlock(&all->lock);
    if (tell)
        all->news(&now.master);
}

/* Take what was announced off the connection; that something was is all that counts. */
static void announcements_take(struct watcher *w)
{
    enum rds_io io = rds_conn_recv(&w->listen, clv_deadline_ns(CLV_NS_PER_MS));
    redisReply *reply;

    while (io == RDS_IO_OK && (io = rds_conn_reply(&w->listen, &reply)) == RDS_IO_OK &&
           reply)
        freeReplyObject(reply);
    if (io == RDS_IO_LOST)
        rds_conn_close(&w->listen);
}

/* Until there is a question, an announcement, or it is time. */
static void watcher_rest(struct watcher *w, int ms)
{
    struct pollfd p[2] = {{w->wake, POLLIN, 0}, {w->listen.fd, POLLIN, 0}};
    uint64_t n;

    if (poll(p, 2, ms) <= 0)
        return;
    if (p[0].revents && read(w->wake, &n, sizeof(n)) < 0)
        return;
    if (p[1].revents)
        announcements_take(w);
}

static int jittered(struct watcher *w, int ms)
{
    return ms * 3 / 4 + (int)(rand_r(&w->seed) % (unsigned)(ms / 2 + 1));
}

/* How long it was since the last attempt to connect is short: who asks now is told what
 * came of that. */
static bool tried_just_now(const struct watcher *w)
{
    return w->ask.fd < 0 && w->tried_ns &&
           clv_now_ns() - w->tried_ns < RETRY_MIN_MS * CLV_NS_PER_MS;
}

static void watcher_turn(struct watcher *w, uint64_t round)
{
    struct rds_vote vote = {0};
    char why[WHY_SIZE] = "";
    enum store_status st;

    if (tried_just_now(w)) {
        pthread_mutex_lock(&w->all->lock);
        w->round = round;
        pthread_cond_broadcast(&w->all->answered);
        pthread_mutex_unlock(&w->all->lock);
        watcher_rest(w, RETRY_MIN_MS);
        return;
    }
    st = watcher_attempt(w, &vote, why);
    publish(w, round, st, &vote, why);
    if (st == STORE_OK) {
        w->retry_ms = RETRY_MIN_MS;
        watcher_rest(w, jittered(w, POLL_MS));
        return;
    }
    watcher_rest(w, jittered(w, w->retry_ms));
    w->retry_ms = w->retry_ms * 2 < RETRY_MAX_MS ? w->retry_ms * 2 : RETRY_MAX_MS;
}

static void watch_free(struct watch *all)
{
    size_t i;

    for (i = 0; i < all->n; i++)
        if (all->watchers[i].wake >= 0)
            close(all->watchers[i].wake);
    pthread_cond_destroy(&all->answered);
    pthread_mutex_destroy(&all->lock);
    free(all->master);
    free(all->user);
    free(all->password);
    free(all);
}

static void *watcher_main(void *arg)
{
    struct watcher *w = arg;
    struct watch *all = w->all;
    uint64_t round;
    bool stop, last;

    for (;;) {
        pthread_mutex_lock(&all->lock);
        round = all->round;
        stop = all->stop;
        pthread_mutex_unlock(&all->lock);
        if (stop)
            break;
        watcher_turn(w, round);
    }
    watcher_close(w);
    pthread_mutex_lock(&all->lock);
    last = --all->n_threads == 0 && all->abandoned;
    pthread_cond_broadcast(&all->answered);
    pthread_mutex_unlock(&all->lock);
    if (last)
        watch_free(all);
    return NULL;
}

/* ---- start and stop ------------------------------------------------------ */

static void wake_all(struct watch *all)
{
    const uint64_t one = 1;
    size_t i;

    for (i = 0; i < all->n; i++)
        if (write(all->watchers[i].wake, &one, sizeof(one)) < 0)
            continue; /* full: it is awake */
}

/* False: no memory. */
static bool text_copy(const char *text, char **out)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

static bool watcher_init(struct watcher *w, struct watch *all, const struct rds_url *url,
                         uint32_t i)
{
    w->all = all;
    w->ask.fd = w->listen.fd = -1;
    w->retry_ms = RETRY_MIN_MS;
    w->seed = (unsigned)clv_now_ns() + i;
    w->st = STORE_AWAY;
    snprintf(w->why, sizeof(w->why), "no answer yet");
    rds_url_place(url, i, &w->place);
    w->place.tls = url->sentinel_tls;
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return w->wake >= 0;
}

static struct watch *watch_new(const struct rds_url *url,
                               void (*news)(const struct rds_place *master))
{
    struct watch *all = calloc(1, sizeof(*all) + url->n_hosts * sizeof(*all->watchers));
    bool ok = true;
    uint32_t i;

    if (!all)
        return NULL;
    pthread_mutex_init(&all->lock, NULL);
    clv_cond_init(&all->answered);
    all->n = url->n_hosts;
    all->news = news;
    all->master_tls = url->scheme == RDS_SENTINEL_TLS;
    for (i = 0; i < url->n_hosts; i++)
        ok = watcher_init(&all->watchers[i], all, url, i) && ok;
    ok = text_copy(url->master, &all->master) && ok;
    ok = text_copy(url->sentinel_user, &all->user) && ok;
    ok = text_copy(url->sentinel_password, &all->password) && ok;
    if (ok)
        return all;
    watch_free(all);
    return NULL;
}

bool rds_sentinel_start(const struct rds_url *url,
                        void (*news)(const struct rds_place *master))
{
    struct watch *all = watch_new(url, news);
    size_t i;

    if (!all)
        return false;
    watch = all;
    pthread_mutex_lock(&all->lock);
    for (i = 0; i < all->n && !all->stop; i++) {
        if (clv_thread_start(watcher_main, &all->watchers[i], 0, NULL))
            all->n_threads++;
        else
            all->stop = true;
    }
    pthread_mutex_unlock(&all->lock);
    if (i == all->n && !all->stop)
        return true;
    rds_sentinel_stop();
    return false;
}

void rds_sentinel_stop(void)
{
    const int64_t deadline_ns = clv_deadline_ns(STOP_MS * CLV_NS_PER_MS);
    struct watch *all = watch;
    bool last;

    if (!all)
        return;
    watch = NULL;
    pthread_mutex_lock(&all->lock);
    all->stop = true;
    atomic_store(&all->cancel, true);
    wake_all(all);
    while (all->n_threads > 0 && rds_cond_wait(&all->answered, &all->lock, deadline_ns)) {
    }
    all->abandoned = true;
    last = all->n_threads == 0;
    pthread_mutex_unlock(&all->lock);
    if (last)
        watch_free(all);
}

void rds_sentinel_forget(void)
{
    size_t i;

    for (i = 0; watch && i < watch->n; i++) {
        struct watcher *w = &watch->watchers[i];

        close(w->wake);
        if (w->ask.fd >= 0)
            close(w->ask.fd);
        if (w->listen.fd >= 0)
            close(w->listen.fd);
    }
    watch = NULL;
}

/* ---- asking all ---------------------------------------------------------- */

/* Lock held. Nobody is left who could still answer. */
static bool round_over(const struct watch *all, uint64_t round)
{
    size_t i;

    for (i = 0; i < all->n; i++)
        if (all->watchers[i].round < round)
            return false;
    return true;
}

/* Lock held. */
static enum store_status explain(const struct watch *all, const struct rds_tally *t,
                                 char *why, size_t why_size)
{
    const char *first = NULL;
    size_t i, n_refused = 0;

    for (i = 0; i < all->n; i++) {
        const struct watcher *w = &all->watchers[i];

        n_refused += w->st != STORE_OK && w->st != STORE_AWAY;
        if (w->st != STORE_OK && !first)
            first = w->why;
    }
    snprintf(why, why_size,
             "master %s: %zu of %zu sentinels answer, %zu agree, expected %zu%s%s",
             all->master, t->n_valid, all->n, t->n_for, all->n / 2 + 1, first ? "; " : "",
             first ? first : "");
    return 2 * n_refused > all->n ? STORE_REFUSED : STORE_AWAY;
}

enum store_status rds_sentinel_ask(struct rds_tally *out, int64_t deadline_ns, char *why,
                                   size_t why_size)
{
    const int64_t until_ns = clv_deadline_ns(ROUND_MS * CLV_NS_PER_MS);
    enum store_status st = STORE_OK;
    struct watch *all = watch;
    uint64_t round;

    if (until_ns < deadline_ns)
        deadline_ns = until_ns;
    pthread_mutex_lock(&all->lock);
    round = ++all->round;
    wake_all(all);
    for (;;) {
        tally(all, round, out);
        if (out->majority || round_over(all, round) ||
            !rds_cond_wait(&all->answered, &all->lock, deadline_ns))
            break;
    }
    if (!out->majority)
        st = explain(all, out, why, why_size);
    pthread_mutex_unlock(&all->lock);
    return st;
}
