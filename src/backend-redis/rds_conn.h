/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: moves bytes within a deadline and cuts the stream into replies
 * (hiredis' reader). Blocking sockets, so that the good case is one system call each
 * way; they wake up every RDS_SLICE_MS for the deadline. Resolving and connecting
 * need stack, so they are for background threads.
 */
#ifndef RDS_CONN_H
#define RDS_CONN_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "backend-redis/rds_dial.h"
#include "backend-redis/rds_req.h"
#include "backend-redis/rds_tls.h"
#include "backend-redis/rds_tree.h"

enum { RDS_RECV_SIZE = 256 * 1024 };

struct rds_conn {
    int fd;              /* -1: closed */
    struct rds_tls *tls; /* NULL: plain */
    bool heard;          /* something has been received */
    redisReader *reader;
    char *block; /* RDS_RECV_SIZE bytes */
    struct iovec iov[64];
    int n_iov;
};

enum rds_io { RDS_IO_OK, RDS_IO_LATE, RDS_IO_LOST };

/* Connect. On failure why says what to whom, and conn is closed; STORE_REFUSED: trying
 * again would not help. cancel, unless NULL: give up when it becomes true. */
enum store_status rds_conn_open(struct rds_conn *conn, const struct rds_place *place,
                                const atomic_bool *cancel, int64_t deadline_ns, char *why,
                                size_t why_size);

/* What RDS_IO_LOST on a young connection most likely means. */
enum store_status rds_conn_loss(const struct rds_conn *conn, const char **text);

/* Make what is in flight fail at once; from any thread. */
void rds_conn_shut(struct rds_conn *conn);

void rds_conn_close(struct rds_conn *conn);

/* Queue a request for sending; may send. Its text and payloads are borrowed until
 * rds_conn_flush() returned. */
enum rds_io rds_conn_put(struct rds_conn *conn, const struct rds_req *req,
                         int64_t deadline_ns);
enum rds_io rds_conn_flush(struct rds_conn *conn, int64_t deadline_ns);

/* The next reply, when all of it is here: new, rds_reply_free(). *out NULL: more has
 * to be received. RDS_IO_LOST: what came is not RESP. */
enum rds_io rds_conn_reply(struct rds_conn *conn, redisReply **out);

/* Pass over replies that only say OK or QUEUED and are here already, max at most; returns
 * how many. They cost more to build than all the rest. */
uint32_t rds_conn_skip(struct rds_conn *conn, uint32_t max);

/* Receive once. */
enum rds_io rds_conn_recv(struct rds_conn *conn, int64_t deadline_ns);

/* Send req and read the last of its replies; an error among the earlier ones comes
 * instead. New: *out. */
enum rds_io rds_conn_ask(struct rds_conn *conn, const struct rds_req *req,
                         int64_t deadline_ns, redisReply **out);

#endif
