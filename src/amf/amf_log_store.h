/* SPDX-License-Identifier: Apache-2.0 */
/* The log's requests to the store: keys, scripts, answers. For the log's threads. */
#ifndef AMF_LOG_STORE_H
#define AMF_LOG_STORE_H

#include <stdatomic.h>

#include "amf/amf_log.h"
#include "backend-redis/rds_conn.h"
#include "backend-redis/rds_session.h"

struct amf_log_keys {
    char log[160], meta[160], beats[160], state[160];
};

/* Read what connecting needs, and watch the sentinels if there are any. url stays in use
 * until amf_store_teardown(). False: one line was logged. */
bool amf_store_setup(const struct rds_url *url);
void amf_store_teardown(void);

/* The store is away for everybody, not only out of our reach: its server's host answers
 * and refuses, while no other one is the master; or most sentinels count it as down.
 * for_ms: for so long already. */
bool amf_store_gone(const struct rds_url *url, int64_t deadline_ns, int64_t *for_ms);

/* One connection, opened when it is needed. */
struct amf_store {
    const struct rds_url *url;
    struct rds_conn conn;
    struct rds_session session;
    bool open;
    struct rds_place place; /* guarded by the lock of the file, as what follows */
    bool connected;
    atomic_bool moved; /* the master is elsewhere; not guarded */
    struct amf_store *next;
    const char *use; /* for log lines */
    int64_t complained_ns;
};

struct amf_log_line {
    struct amf_log_line *next;
    char who[AMF_WHO_SIZE];
    uint64_t seq, epoch;
    int64_t min_ms;
    char body[];
};

bool amf_log_keys_make(struct amf_log_keys *k, const char *cluster);

/* False: not now; said so in the log, not each time. */
bool amf_store_open(struct amf_store *s);
void amf_store_close(struct amf_store *s);
/* False: the server has closed the connection, which is closed here, too. To be asked
 * while no answer is due. */
bool amf_store_intact(struct amf_store *s);

/* Each answers NULL, with the connection closed, when the store did not. New. */
/* n lines of one writer. */
redisReply *amf_store_append(struct amf_store *s, const struct amf_log_keys *k,
                             const struct amf_log_line *first, size_t n);
redisReply *amf_store_beat(struct amf_store *s, const struct amf_log_keys *k,
                           const char *who, uint64_t count);
redisReply *amf_store_elect(struct amf_store *s, const struct amf_log_keys *k,
                            const char *who, uint64_t seen);
redisReply *amf_store_save(struct amf_store *s, const struct amf_log_keys *k,
                           uint64_t epoch, const char *text);
redisReply *amf_store_forget(struct amf_store *s, const struct amf_log_keys *k,
                             const char *who);
/* The last number of the log, and the writer and number of entry n (empty: not there). */
bool amf_store_tail(struct amf_store *s, const struct amf_log_keys *k, uint64_t n,
                    uint64_t *tail, char who[AMF_WHO_SIZE], uint64_t *seq);
redisReply *amf_store_read(struct amf_store *s, const struct amf_log_keys *k,
                           uint64_t after, int64_t block_ms);

/* Entry i of an answer of amf_store_read(); false: none, or not ours. */
bool amf_store_entry(const redisReply *reply, size_t i, struct amf_log_entry *out);

#endif
