/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_log_store.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend-redis/rds_key.h"
#include "backend-redis/rds_reply.h"
#include "backend-redis/rds_script.h"
#include "backend-redis/rds_sentinel.h"
#include "backend-redis/rds_tls.h"
#include "base/clock.h"
#include "base/logline.h"

enum { ANSWER_MS = 2000, CONNECT_MS = 2000, COMPLAIN_S = 10 };

/* KEYS: log, meta. ARGV: who, then seq, epoch, min_ms, body of each entry. An entry whose
 * number is not above the writer's last one is in already. */
static const char append_lua[] =
    "local t = redis.call('TIME')\n"
    "local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"
    "local m = redis.call('HMGET', KEYS[2], 'n', 'ms', 'epoch', 'w:' .. ARGV[1])\n"
    "local n, ms = tonumber(m[1] or 0), tonumber(m[2] or 0)\n"
    "local epoch, last = m[3] or '0', tonumber(m[4] or 0)\n"
    "for i = 2, #ARGV, 4 do\n"
    "  local seq = tonumber(ARGV[i])\n"
    "  if seq > last then\n"
    "    last = seq\n"
    "    if ARGV[i + 1] == '0' or ARGV[i + 1] == epoch then\n"
    "      n = n + 1\n"
    "      ms = math.max(ms, now, tonumber(ARGV[i + 2]))\n"
    "      redis.call('XADD', KEYS[1], 'MAXLEN', '~', '10000',\n"
    "        string.format('%.0f-0', n), 'w', ARGV[1], 's', ARGV[i],\n"
    "        'm', string.format('%.0f', ms), 'b', ARGV[i + 3])\n"
    "    end\n"
    "  end\n"
    "end\n"
    "redis.call('HSET', KEYS[2], 'n', string.format('%.0f', n),\n"
    "  'ms', string.format('%.0f', ms), 'w:' .. ARGV[1], string.format('%.0f', last))\n"
    "return now\n";

/* KEYS: meta, beats. ARGV: who, count. */
static const char beat_lua[] =
    "local t = redis.call('TIME')\n"
    "redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])\n"
    "local m = redis.call('HMGET', KEYS[1], 'epoch', 'leader', 'n')\n"
    "return {t[1] * 1000 + math.floor(t[2] / 1000), m[1] or '0', m[2] or '',\n"
    "  m[3] or '0', redis.call('HGETALL', KEYS[2])}\n";

/* KEYS: meta, state. ARGV: who, the epoch seen. */
static const char elect_lua[] =
    "local epoch = redis.call('HGET', KEYS[1], 'epoch') or '0'\n"
    "if epoch ~= ARGV[2] then return {'NO'} end\n"
    "epoch = string.format('%.0f', tonumber(epoch) + 1)\n"
    "redis.call('HSET', KEYS[1], 'epoch', epoch, 'leader', ARGV[1])\n"
    "return {'YES', epoch, redis.call('GET', KEYS[2]) or ''}\n";

/* KEYS: meta, state. ARGV: epoch, text. */
static const char save_lua[] = "if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then\n"
                               "  redis.call('SET', KEYS[2], ARGV[2])\n"
                               "end\n"
                               "return 1\n";

/* KEYS: meta, beats. ARGV: who. */
static const char forget_lua[] =
    "redis.call('HDEL', KEYS[2], ARGV[1])\n"
    "if redis.call('HGET', KEYS[1], 'leader') == ARGV[1] then\n"
    "  redis.call('HSET', KEYS[1], 'leader', '')\n"
    "end\n"
    "return redis.call('HDEL', KEYS[1], 'w:' .. ARGV[1])\n";

bool amf_log_keys_make(struct amf_log_keys *k, const char *cluster)
{
    char prefix[RDS_NAMESPACE_MAX + 1];

    if (!rds_key_namespace_load(prefix))
        return false;
    snprintf(k->log, sizeof(k->log), "%s:{amf:%s}:log", prefix, cluster);
    snprintf(k->meta, sizeof(k->meta), "%s:{amf:%s}:meta", prefix, cluster);
    snprintf(k->beats, sizeof(k->beats), "%s:{amf:%s}:beats", prefix, cluster);
    snprintf(k->state, sizeof(k->state), "%s:{amf:%s}:state", prefix, cluster);
    return true;
}

/* ---- one connection ---------------------------------------------------------------- */

static void complain(struct amf_store *s, const char *why)
{
    const int64_t now = clv_now_ns();

    if (s->complained_ns && now - s->complained_ns < COMPLAIN_S * CLV_NS_PER_S)
        return;
    s->complained_ns = now;
    clv_log(CLV_LOG_WARNING, "the cluster's log, %s: %s; trying again", s->use, why);
}

/* The connections that are in use, or are being made. */
static struct {
    pthread_mutex_t lock; /* guards list and connected; a leaf */
    struct amf_store *first;
} used = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void used_begin(struct amf_store *s, const struct rds_place *place)
{
    pthread_mutex_lock(&used.lock);
    s->place = *place;
    s->connected = false;
    atomic_store(&s->moved, false);
    s->next = used.first;
    used.first = s;
    pthread_mutex_unlock(&used.lock);
}

static void used_connected(struct amf_store *s)
{
    pthread_mutex_lock(&used.lock);
    s->connected = true;
    if (atomic_load(&s->moved))
        rds_conn_shut(&s->conn);
    pthread_mutex_unlock(&used.lock);
}

static void used_end(struct amf_store *s)
{
    struct amf_store **link;

    pthread_mutex_lock(&used.lock);
    for (link = &used.first; *link && *link != s; link = &(*link)->next) {
    }
    if (*link)
        *link = s->next;
    pthread_mutex_unlock(&used.lock);
}

/* One that hangs would keep us from the next master for as long as its answer may take.
 */
static void sentinel_news(const struct rds_place *master)
{
    struct amf_store *s;

    pthread_mutex_lock(&used.lock);
    for (s = used.first; s; s = s->next) {
        if (rds_place_equal(&s->place, master) || atomic_exchange(&s->moved, true))
            continue;
        if (s->connected)
            rds_conn_shut(&s->conn);
    }
    pthread_mutex_unlock(&used.lock);
}

static bool needs_tls(const struct rds_url *url)
{
    return rds_url_is_tls(url) || url->sentinel_tls;
}

bool amf_store_setup(const struct rds_url *url)
{
    char why[300] = "OpenSSL has no SHA-1";

    if (rds_url_is_cluster(url)) {
        clv_log(
            CLV_LOG_ERROR,
            "CLOVIS_REDIS_URL: the cluster's log has to be on one master, not in a Redis "
            "Cluster; expected redis, rediss, unix, redis-sentinel or "
            "rediss-sentinel://");
        return false;
    }
    if (!rds_script_setup() || (needs_tls(url) && !rds_tls_setup(why, sizeof(why)))) {
        clv_log(CLV_LOG_ERROR, "the cluster's log: %s", why);
        return false;
    }
    if (!rds_url_has_sentinels(url) || rds_sentinel_start(url, sentinel_news))
        return true;
    clv_log(CLV_LOG_ERROR, "the cluster's log: no memory");
    return false;
}

void amf_store_teardown(void)
{
    rds_sentinel_stop();
    rds_tls_teardown();
}

/* silent_ms: for how long most sentinels miss it; 0: they do not. */
static bool master_find(const struct rds_url *url, struct rds_place *out,
                        int64_t *silent_ms, int64_t deadline_ns, char *why,
                        size_t why_size)
{
    struct rds_tally tally;

    *silent_ms = 0;
    if (!rds_url_has_sentinels(url)) {
        rds_url_place(url, 0, out);
        return true;
    }
    if (rds_sentinel_ask(&tally, deadline_ns, why, why_size) != STORE_OK)
        return false;
    *silent_ms = tally.silent_ms;
    *out = tally.master;
    return true;
}

bool amf_store_gone(const struct rds_url *url, int64_t deadline_ns, int64_t *for_ms)
{
    struct rds_place place;
    char why[300];
    int fd;

    if (!master_find(url, &place, for_ms, deadline_ns, why, sizeof(why)))
        return false;
    if (*for_ms > 0)
        return true;
    fd = rds_dial(&place, NULL, deadline_ns, why, sizeof(why));
    if (fd < 0)
        return errno == ECONNREFUSED || errno == ENOENT;
    close(fd);
    return false;
}

bool amf_store_open(struct amf_store *s)
{
    const int64_t deadline = clv_deadline_ns(CONNECT_MS * CLV_NS_PER_MS);
    const struct rds_session before = s->session;
    struct rds_place place;
    int64_t clock_us;
    char why[300] = "";
    int64_t silent_ms;

    if (s->open)
        return true;
    if (!master_find(s->url, &place, &silent_ms, deadline, why, sizeof(why))) {
        complain(s, why);
        return false;
    }
    used_begin(s, &place);
    if (rds_conn_open(&s->conn, &place, &s->moved, deadline, why, sizeof(why)) !=
        STORE_OK) {
        used_end(s);
        complain(s, why);
        return false;
    }
    used_connected(s);
    s->open = rds_session_begin(&s->conn, &place, s->url, &before, &s->session, &clock_us,
                                deadline, why, sizeof(why)) == STORE_OK;
    if (!s->open) {
        used_end(s);
        rds_conn_close(&s->conn);
        complain(s, why);
        return false;
    }
    if (s->complained_ns)
        clv_log(CLV_LOG_INFO, "the cluster's log, %s: the store is back", s->use);
    s->complained_ns = 0;
    return true;
}

void amf_store_close(struct amf_store *s)
{
    if (s->open) {
        used_end(s);
        rds_conn_close(&s->conn);
    }
    s->open = false;
}

bool amf_store_intact(struct amf_store *s)
{
    struct pollfd p = {.fd = s->conn.fd, .events = POLLRDHUP};

    if (poll(&p, 1, 0) <= 0)
        return true;
    complain(s, "the connection is lost");
    amf_store_close(s);
    return false;
}

/* Send req and free it; an answer that is an error counts as none. */
static redisReply *ask(struct amf_store *s, struct rds_req *req, int64_t limit_ms)
{
    redisReply *reply = NULL;
    enum rds_io io = RDS_IO_LOST;

    if (!req->no_mem)
        io = rds_conn_ask(&s->conn, req, clv_deadline_ns(limit_ms * CLV_NS_PER_MS),
                          &reply);
    rds_req_free(req);
    if (reply && reply->type != REDIS_REPLY_ERROR)
        return reply;
    if (reply)
        complain(s, reply->str);
    else
        complain(s, io == RDS_IO_LATE ? "no answer" : "the connection is lost");
    rds_reply_free(reply);
    amf_store_close(s);
    return NULL;
}

static void number(struct rds_req *req, uint64_t n)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRIu64, n);
    rds_req_text(req, digits);
}

static void script(struct rds_req *req, const char *lua, const char *key1,
                   const char *key2, size_t n_args)
{
    rds_req_init(req);
    rds_req_command(req, 5 + n_args);
    rds_req_text(req, "EVAL");
    rds_req_text(req, lua);
    rds_req_text(req, "2");
    rds_req_text(req, key1);
    rds_req_text(req, key2);
}

/* ---- writing ------------------------------------------------------------- */

redisReply *amf_store_append(struct amf_store *s, const struct amf_log_keys *k,
                             const struct amf_log_line *first, size_t n)
{
    const struct amf_log_line *at = NULL;
    struct rds_req req;
    size_t i;

    script(&req, append_lua, k->log, k->meta, 1 + 4 * n);
    rds_req_text(&req, first->who);
    for (i = 0; i < n; i++) {
        at = i ? at->next : first; /* what follows the last one is not ours to look at */
        number(&req, at->seq);
        number(&req, at->epoch);
        rds_req_int(&req, at->min_ms);
        rds_req_text(&req, at->body);
    }
    return ask(s, &req, ANSWER_MS);
}

redisReply *amf_store_beat(struct amf_store *s, const struct amf_log_keys *k,
                           const char *who, uint64_t count)
{
    struct rds_req req;

    script(&req, beat_lua, k->meta, k->beats, 2);
    rds_req_text(&req, who);
    number(&req, count);
    return ask(s, &req, ANSWER_MS);
}

redisReply *amf_store_elect(struct amf_store *s, const struct amf_log_keys *k,
                            const char *who, uint64_t seen)
{
    struct rds_req req;

    script(&req, elect_lua, k->meta, k->state, 2);
    rds_req_text(&req, who);
    number(&req, seen);
    return ask(s, &req, ANSWER_MS);
}

redisReply *amf_store_save(struct amf_store *s, const struct amf_log_keys *k,
                           uint64_t epoch, const char *text)
{
    struct rds_req req;

    script(&req, save_lua, k->meta, k->state, 2);
    number(&req, epoch);
    rds_req_text(&req, text);
    return ask(s, &req, ANSWER_MS);
}

redisReply *amf_store_forget(struct amf_store *s, const struct amf_log_keys *k,
                             const char *who)
{
    struct rds_req req;

    script(&req, forget_lua, k->meta, k->beats, 1);
    rds_req_text(&req, who);
    return ask(s, &req, ANSWER_MS);
}

/* ---- reading ------------------------------------------------------------- */

/* {ID, {field, value...}} as the append script writes it. */
static bool entry_of(const redisReply *pair, struct amf_log_entry *out)
{
    const struct clv_bytes id = rds_reply_bytes(rds_reply_at(pair, 0));
    const redisReply *fields = rds_reply_at(pair, 1);
    const redisReply *who = rds_reply_at(fields, 1), *body = rds_reply_at(fields, 7);
    int64_t seq, ms;

    if (!id.base || !who || !who->str || !body || !body->str ||
        !rds_reply_int(rds_reply_at(fields, 3), &seq) ||
        !rds_reply_int(rds_reply_at(fields, 5), &ms))
        return false;
    out->n = strtoull(id.base, NULL, 10);
    out->seq = (uint64_t)seq;
    out->ms = ms;
    out->who = who->str;
    out->body = body->str;
    out->size = body->len;
    return true;
}

bool amf_store_entry(const redisReply *reply, size_t i, struct amf_log_entry *out)
{
    const redisReply *list = rds_reply_at(rds_reply_at(reply, 0), 1);

    return entry_of(rds_reply_at(list, i), out);
}

bool amf_store_tail(struct amf_store *s, const struct amf_log_keys *k, uint64_t n,
                    uint64_t *tail, char who[AMF_WHO_SIZE], uint64_t *seq)
{
    struct amf_log_entry e;
    redisReply *reply;
    struct rds_req req;
    int64_t last = 0;
    char id[32];

    rds_req_init(&req);
    rds_req_command(&req, 3);
    rds_req_text(&req, "HGET");
    rds_req_text(&req, k->meta);
    rds_req_text(&req, "n");
    reply = ask(s, &req, ANSWER_MS);
    if (!reply)
        return false;
    rds_reply_int(reply, &last); /* nil: nothing yet */
    rds_reply_free(reply);
    *tail = (uint64_t)last;
    snprintf(id, sizeof(id), "%" PRIu64 "-0", n);
    rds_req_init(&req);
    rds_req_command(&req, 4);
    rds_req_text(&req, "XRANGE");
    rds_req_text(&req, k->log);
    rds_req_text(&req, id);
    rds_req_text(&req, id);
    reply = ask(s, &req, ANSWER_MS);
    if (!reply)
        return false;
    who[0] = '\0';
    *seq = 0;
    if (entry_of(rds_reply_at(reply, 0), &e)) {
        snprintf(who, AMF_WHO_SIZE, "%s", e.who);
        *seq = e.seq;
    }
    rds_reply_free(reply);
    return true;
}

redisReply *amf_store_read(struct amf_store *s, const struct amf_log_keys *k,
                           uint64_t after, int64_t block_ms)
{
    struct rds_req req;
    char id[32];

    snprintf(id, sizeof(id), "%" PRIu64 "-0", after);
    rds_req_init(&req);
    rds_req_command(&req, 8);
    rds_req_text(&req, "XREAD");
    rds_req_text(&req, "COUNT");
    rds_req_text(&req, "256");
    rds_req_text(&req, "BLOCK");
    rds_req_int(&req, block_ms);
    rds_req_text(&req, "STREAMS");
    rds_req_text(&req, k->log);
    rds_req_text(&req, id);
    return ask(s, &req, block_ms + ANSWER_MS);
}
