/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS on a connected socket, through OpenSSL: version 1.2 or later, and the server's name
 * or address is always verified. CLOVIS_TLS_CA is a file or a directory (default: the
 * system's), CLOVIS_TLS_CERT and _KEY are the client's certificate, CLOVIS_TLS_SNI is the
 * name to ask for and to verify when it is not the host of the URL. Files that have been
 * replaced are read anew by the next handshake; when they are no good, what was read
 * before stays in use.
 *
 * Sending and receiving look like sendmsg() and recv() on a blocking socket; no SIGPIPE.
 */
#ifndef RDS_TLS_H
#define RDS_TLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "backend-redis/rds_dial.h"
#include "shim/status.h"

struct rds_tls;

/* Read the settings and the files that they name. Needs stack. False: why names the
 * setting. */
bool rds_tls_setup(char *why, size_t why_size);
void rds_tls_teardown(void);

/* Handshake. New: *out. STORE_REFUSED: trying again would not help. */
enum store_status rds_tls_open(int fd, const struct rds_place *place,
                               const atomic_bool *cancel, int64_t deadline_ns,
                               struct rds_tls **out, char *why, size_t why_size);
void rds_tls_close(struct rds_tls *tls);

/* Bytes moved; 0: the end; -1 with errno, EAGAIN after a slice of waiting. After EAGAIN
 * the same bytes must be sent again. */
ssize_t rds_tls_recv(struct rds_tls *tls, void *buf, size_t size);
ssize_t rds_tls_send(struct rds_tls *tls, const struct iovec *iov, int n_iov);

/* Something is here already: waiting for the socket might be in vain. */
bool rds_tls_has_pending(const struct rds_tls *tls);

/* Seconds since the epoch when the first certificate ends of those that the server is
 * trusted by; own: of this client. 0: there is none. */
int64_t rds_tls_expiry(const struct rds_tls *tls, bool own);

/* What the server objected to, or NULL. */
const char *rds_tls_alert(const struct rds_tls *tls);

#endif
