/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_tls_trust.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"

static const char *const keys[RDS_TLS_FILE_N] = {"CLOVIS_TLS_CA", "CLOVIS_TLS_CERT",
                                                 "CLOVIS_TLS_KEY"};

/* ---- the context --------------------------------------------------------- */

static bool bad_file(const struct rds_tls_file *f, const char *expected, char *why,
                     size_t why_size)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());

    snprintf(why, why_size, "%s=%s (%s): %s, expected %s", f->key, f->value, f->origin,
             text ? text : "unknown error", expected);
    return false;
}

static bool ca_load(SSL_CTX *ctx, const struct rds_tls_file *ca, char *why,
                    size_t why_size)
{
    struct stat s;
    bool dir;

    if (!ca->value)
        return SSL_CTX_set_default_verify_paths(ctx) == 1;
    dir = stat(ca->value, &s) == 0 && S_ISDIR(s.st_mode);
    return SSL_CTX_load_verify_locations(ctx, dir ? NULL : ca->value,
                                         dir ? ca->value : NULL) == 1 ||
           bad_file(ca, "a file of PEM certificates, or a directory", why, why_size);
}

/* A key with a pass phrase must not make the library read the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)arg;
    return 0;
}

static bool own_load(SSL_CTX *ctx, const struct rds_tls_file *cert,
                     const struct rds_tls_file *key, char *why, size_t why_size)
{
    if (!cert->value && key->value) {
        snprintf(why, why_size, "%s=%s (%s): expected CLOVIS_TLS_CERT, too", key->key,
                 key->value, key->origin);
        return false;
    }
    if (!cert->value)
        return true;
    if (!key->value)
        key = cert;
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(ctx, cert->value) != 1)
        return bad_file(cert, "a PEM certificate chain", why, why_size);
    return (SSL_CTX_use_PrivateKey_file(ctx, key->value, SSL_FILETYPE_PEM) == 1 &&
            SSL_CTX_check_private_key(ctx) == 1) ||
           bad_file(key, "the PEM key of CLOVIS_TLS_CERT, without a pass phrase", why,
                    why_size);
}

static SSL_CTX *context_new(const struct rds_trust *t, char *why, size_t why_size)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    if (!ctx)
        return NULL;
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(ctx,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(ctx, 1);
    if (ca_load(ctx, &t->file[RDS_TLS_CA], why, why_size) &&
        own_load(ctx, &t->file[RDS_TLS_CERT], &t->file[RDS_TLS_KEY], why, why_size))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

/* ---- the files ----------------------------------------------------------- */

/* False: no memory. */
static bool files_name(struct rds_trust *t, const struct rds_trust *like)
{
    const char *value;
    bool ok = true;
    int i;

    for (i = 0; i < RDS_TLS_FILE_N; i++) {
        struct rds_tls_file *f = &t->file[i];

        f->key = keys[i];
        f->origin = like ? like->file[i].origin : clv_setting_origin(keys[i]);
        value = like ? like->file[i].value : clv_setting(keys[i]);
        f->value = value ? strdup(value) : NULL;
        ok = ok && (f->value || !value);
    }
    return ok;
}

/* What is not there has a mark, too; without CLOVIS_TLS_CA it is the system's directory
 * that counts. */
void rds_trust_marks(const struct rds_trust *t, struct rds_tls_marks *out)
{
    struct stat s;
    int i;

    memset(out, 0, sizeof(*out));
    for (i = 0; i < RDS_TLS_FILE_N; i++) {
        const char *path = t->file[i].value;

        if (!path && i == RDS_TLS_CA)
            path = X509_get_default_cert_dir();
        if (!path || stat(path, &s))
            continue;
        out->at[i].dev = s.st_dev;
        out->at[i].ino = s.st_ino;
        out->at[i].size = s.st_size;
        out->at[i].mtime = s.st_mtim;
        out->at[i].ctime = s.st_ctim;
    }
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool rds_tls_marks_equal(const struct rds_tls_marks *a, const struct rds_tls_marks *b)
{
    int i;

    for (i = 0; i < RDS_TLS_FILE_N; i++)
        if (a->at[i].dev != b->at[i].dev || a->at[i].ino != b->at[i].ino ||
            a->at[i].size != b->at[i].size ||
            !same_time(a->at[i].mtime, b->at[i].mtime) ||
            !same_time(a->at[i].ctime, b->at[i].ctime))
            return false;
    return true;
}

/* ---- life ---------------------------------------------------------------- */

struct rds_trust *rds_trust_new(const struct rds_trust *like, char *why, size_t why_size)
{
    struct rds_trust *t = calloc(1, sizeof(*t));

    snprintf(why, why_size, "TLS: out of memory");
    if (!t)
        return NULL;
    atomic_init(&t->refs, 1);
    ERR_clear_error();
    if (files_name(t, like)) {
        rds_trust_marks(t, &t->marks);
        t->ctx = context_new(t, why, why_size);
    }
    if (t->ctx)
        return t;
    rds_trust_unref(t);
    return NULL;
}

struct rds_trust *rds_trust_ref(struct rds_trust *t)
{
    if (t)
        atomic_fetch_add(&t->refs, 1);
    return t;
}

void rds_trust_unref(struct rds_trust *t)
{
    int i;

    if (!t || atomic_fetch_sub(&t->refs, 1) > 1)
        return;
    SSL_CTX_free(t->ctx);
    for (i = 0; i < RDS_TLS_FILE_N; i++)
        free(t->file[i].value);
    free(t);
}
