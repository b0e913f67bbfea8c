/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/settings.h"

enum { RECORD_MAX = 16384 };

struct rds_tls {
    SSL *ssl;
    const char *alert;
    char record[RECORD_MAX]; /* short pieces are sent as one */
};

static struct {
    pthread_mutex_t lock; /* guards every field */
    SSL_CTX *ctx;
    BIO_METHOD *socket; /* for ever */
    char name[256];     /* CLOVIS_TLS_SNI, or empty */
} tls_base = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the socket below ---------------------------------------------------- */

static int fd_of(BIO *bio)
{
    return (int)(intptr_t)BIO_get_data(bio);
}

static int socket_read(BIO *bio, char *out, int size)
{
    const ssize_t n = recv(fd_of(bio), out, (size_t)size, 0);

    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    return (int)n;
}

static int socket_write(BIO *bio, const char *data, int size)
{
    const ssize_t n = send(fd_of(bio), data, (size_t)size, MSG_NOSIGNAL);

    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)n;
}

static long socket_ctrl(BIO *bio, int command, long num, void *ptr)
{
    (void)bio;
    (void)num;
    (void)ptr;
    return command == BIO_CTRL_FLUSH;
}

/* OpenSSL's own socket BIO would raise SIGPIPE. */
static BIO_METHOD *socket_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "clovis");

    if (m && BIO_meth_set_read(m, socket_read) && BIO_meth_set_write(m, socket_write) &&
        BIO_meth_set_ctrl(m, socket_ctrl))
        return m;
    BIO_meth_free(m);
    return NULL;
}

/* ---- settings ------------------------------------------------------------ */

static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());

    return text ? text : "unknown error";
}

static bool bad_setting(const char *key, const char *expected, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s=%s (%s): %s, expected %s", key, clv_setting(key),
             clv_setting_origin(key), reason(), expected);
    return false;
}

static bool ca_load(SSL_CTX *ctx, char *why, size_t why_size)
{
    const char *path = clv_setting("CLOVIS_TLS_CA");
    struct stat s;
    bool dir;

    if (!path)
        return SSL_CTX_set_default_verify_paths(ctx) == 1;
    dir = stat(path, &s) == 0 && S_ISDIR(s.st_mode);
    return SSL_CTX_load_verify_locations(ctx, dir ? NULL : path, dir ? path : NULL) ==
               1 ||
           bad_setting("CLOVIS_TLS_CA", "a file of PEM certificates, or a directory", why,
                       why_size);
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

static bool own_load(SSL_CTX *ctx, char *why, size_t why_size)
{
    const char *cert = clv_setting("CLOVIS_TLS_CERT");
    const char *key = clv_setting("CLOVIS_TLS_KEY");

    if (!cert && key) {
        snprintf(why, why_size, "CLOVIS_TLS_KEY=%s (%s): expected CLOVIS_TLS_CERT, too",
                 key, clv_setting_origin("CLOVIS_TLS_KEY"));
        return false;
    }
    if (!cert)
        return true;
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
        return bad_setting("CLOVIS_TLS_CERT", "a PEM certificate chain", why, why_size);
    if (SSL_CTX_use_PrivateKey_file(ctx, key ? key : cert, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(ctx) == 1)
        return true;
    return bad_setting(key ? "CLOVIS_TLS_KEY" : "CLOVIS_TLS_CERT",
                       "the PEM key of CLOVIS_TLS_CERT, without a pass phrase", why,
                       why_size);
}

static SSL_CTX *context_new(char *why, size_t why_size)
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
    if (ca_load(ctx, why, why_size) && own_load(ctx, why, why_size))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

bool rds_tls_setup(char *why, size_t why_size)
{
    const char *name = clv_setting("CLOVIS_TLS_SNI");
    SSL_CTX *ctx;
    bool ok;

    snprintf(why, why_size, "TLS: out of memory");
    ERR_clear_error();
    ctx = context_new(why, why_size);
    pthread_mutex_lock(&tls_base.lock);
    if (!tls_base.socket)
        tls_base.socket = socket_method();
    SSL_CTX_free(tls_base.ctx);
    tls_base.ctx = ctx;
    snprintf(tls_base.name, sizeof(tls_base.name), "%s", name ? name : "");
    ok = ctx && tls_base.socket;
    pthread_mutex_unlock(&tls_base.lock);
    return ok;
}

void rds_tls_teardown(void)
{
    pthread_mutex_lock(&tls_base.lock);
    SSL_CTX_free(tls_base.ctx);
    tls_base.ctx = NULL;
    pthread_mutex_unlock(&tls_base.lock);
}

/* ---- handshake ----------------------------------------------------------- */

static bool is_address(const char *host)
{
    unsigned char raw[16];

    return inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1;
}

/* Ask for, and verify, this name. */
static bool name_expect(SSL *ssl, const char *name)
{
    if (is_address(name))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

static SSL *ssl_new(int fd, const struct rds_place *place, char name[256])
{
    SSL *ssl;
    BIO *bio;

    pthread_mutex_lock(&tls_base.lock);
    ssl = tls_base.ctx ? SSL_new(tls_base.ctx) : NULL;
    bio = ssl ? BIO_new(tls_base.socket) : NULL;
    snprintf(name, 256, "%s", tls_base.name[0] ? tls_base.name : place->host);
    pthread_mutex_unlock(&tls_base.lock);
    if (bio) {
        BIO_set_data(bio, (void *)(intptr_t)fd);
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl, bio, bio);
    }
    if (bio && name_expect(ssl, name))
        return ssl;
    SSL_free(ssl);
    return NULL;
}

/* After a handshake that did not succeed. */
static enum store_status explain(SSL *ssl, int error, const char *name, char *text,
                                 size_t size)
{
    const long verdict = SSL_get_verify_result(ssl);

    if (verdict != X509_V_OK) {
        snprintf(text, size, "TLS: certificate not accepted as that of %s: %s", name,
                 X509_verify_cert_error_string(verdict));
        return STORE_REFUSED;
    }
    if (error != SSL_ERROR_SSL) {
        snprintf(text, size, "TLS: connection lost in the handshake");
        return STORE_AWAY;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_WRONG_VERSION_NUMBER) {
        snprintf(text, size,
                 "the answer to the TLS handshake is not TLS, expected a TLS port");
        return STORE_REFUSED;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        snprintf(text, size, "TLS: closed in the handshake");
        return STORE_AWAY;
    }
    snprintf(text, size, "TLS: %s", reason());
    return STORE_REFUSED;
}

/* OpenSSL's verdict on what it did: 0 when it is to be called again. */
static int connect_step(SSL *ssl, const atomic_bool *cancel, int64_t deadline_ns,
                        bool *done)
{
    int n, error;

    ERR_clear_error();
    n = SSL_connect(ssl);
    *done = n == 1;
    if (*done)
        return 0;
    error = SSL_get_error(ssl, n);
    if ((error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) &&
        clv_deadline_left_ms(deadline_ns) != 0 && !(cancel && atomic_load(cancel)))
        return 0;
    return error;
}

enum store_status rds_tls_open(int fd, const struct rds_place *place,
                               const atomic_bool *cancel, int64_t deadline_ns,
                               struct rds_tls **out, char *why, size_t why_size)
{
    char name[256], text[400] = "out of memory", address[RDS_PLACE_TEXT];
    struct rds_tls *tls = malloc(sizeof(*tls));
    enum store_status st = STORE_AWAY;
    bool done = false;
    int error = 0;

    *out = NULL;
    if (tls) {
        tls->alert = NULL;
        tls->ssl = ssl_new(fd, place, name);
    }
    while (tls && tls->ssl && !done && !error)
        error = connect_step(tls->ssl, cancel, deadline_ns, &done);
    if (done) {
        *out = tls;
        return STORE_OK;
    }
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        snprintf(text, sizeof(text),
                 "connected, but no answer to the TLS handshake, expected a TLS port");
    else if (error)
        st = explain(tls->ssl, error, name, text, sizeof(text));
    snprintf(why, why_size, "%s: %s", rds_place_text(place, address), text);
    rds_tls_close(tls);
    return st;
}

void rds_tls_close(struct rds_tls *tls)
{
    if (tls)
        SSL_free(tls->ssl);
    free(tls);
}

/* ---- bytes --------------------------------------------------------------- */

/* Like the system call that it stands for. */
static ssize_t outcome(struct rds_tls *tls, int ok, size_t n)
{
    int error;

    if (ok == 1)
        return (ssize_t)n;
    error = SSL_get_error(tls->ssl, ok);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        errno = EAGAIN;
        return -1;
    }
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    if (error == SSL_ERROR_SSL &&
        ERR_GET_REASON(ERR_peek_last_error()) != SSL_R_UNEXPECTED_EOF_WHILE_READING)
        tls->alert = reason();
    errno = ECONNRESET;
    return -1;
}

ssize_t rds_tls_recv(struct rds_tls *tls, void *buf, size_t size)
{
    size_t n = 0;
    int ok;

    ERR_clear_error();
    ok = SSL_read_ex(tls->ssl, buf, size, &n);
    return outcome(tls, ok, n);
}

/* Fill the record from the pieces; returns its size. */
static size_t record_fill(struct rds_tls *tls, const struct iovec *iov, int n_iov)
{
    size_t used = 0, n;
    int i;

    for (i = 0; i < n_iov && used < RECORD_MAX; i++) {
        n = iov[i].iov_len < RECORD_MAX - used ? iov[i].iov_len : RECORD_MAX - used;
        memcpy(tls->record + used, iov[i].iov_base, n);
        used += n;
    }
    return used;
}

ssize_t rds_tls_send(struct rds_tls *tls, const struct iovec *iov, int n_iov)
{
    const void *from = iov[0].iov_base;
    size_t size = iov[0].iov_len, n = 0;
    int ok;

    if (size < RECORD_MAX && n_iov > 1) {
        size = record_fill(tls, iov, n_iov);
        from = tls->record;
    }
    ERR_clear_error();
    ok = SSL_write_ex(tls->ssl, from, size, &n);
    return outcome(tls, ok, n);
}

bool rds_tls_has_pending(const struct rds_tls *tls)
{
    return SSL_has_pending(tls->ssl) == 1;
}

const char *rds_tls_alert(const struct rds_tls *tls)
{
    return tls->alert;
}
