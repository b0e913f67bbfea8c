/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a TLS client trusts and who it is: an OpenSSL context made from the files that the
 * settings name, and what tells that one of these was replaced.
 */
#ifndef RDS_TLS_TRUST_H
#define RDS_TLS_TRUST_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* A setting that names a file; value NULL: not set. */
struct rds_tls_file {
    const char *key;
    char *value;        /* owned */
    const char *origin; /* for ever */
};

enum { RDS_TLS_CA, RDS_TLS_CERT, RDS_TLS_KEY, RDS_TLS_FILE_N };

/* What the files were: two are equal if and only if no file was touched in between. */
struct rds_tls_marks {
    struct {
        dev_t dev;
        ino_t ino;
        off_t size;
        struct timespec mtime, ctime;
    } at[RDS_TLS_FILE_N];
};

struct rds_trust {
    atomic_uint refs;
    SSL_CTX *ctx;
    struct rds_tls_file file[RDS_TLS_FILE_N];
    struct rds_tls_marks marks; /* taken before the files were read */
};

/* New: from the settings, or as like names its files. Needs stack. NULL: why names the
 * setting. */
struct rds_trust *rds_trust_new(const struct rds_trust *like, char *why, size_t why_size);
struct rds_trust *rds_trust_ref(struct rds_trust *t);
void rds_trust_unref(struct rds_trust *t); /* NULL is fine */

void rds_trust_marks(const struct rds_trust *t, struct rds_tls_marks *out);
bool rds_tls_marks_equal(const struct rds_tls_marks *a, const struct rds_tls_marks *b);

#endif
