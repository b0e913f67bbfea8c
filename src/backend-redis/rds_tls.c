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
#include <time.h>

#include "backend-redis/rds_tls_trust.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum { RECORD_MAX = 16384 };

struct rds_tls {
    SSL *ssl;
    const char *alert;
    char record[RECORD_MAX]; /* short pieces are sent as one */
};

static struct {
    pthread_mutex_t lock;          /* guards every field */
    struct rds_trust *trust;       /* owned; NULL: not set up */
    struct rds_tls_marks rejected; /* of the files that could not be used last */
    BIO_METHOD *socket;            /* for ever */
    char name[256];                /* CLOVIS_TLS_SNI, or empty */
} tls_base = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the socket below ---------------------------------------------------- */

/* What a BIO knows: the descriptor, and whether more is written at once. */
static void socket_set(BIO *bio, int fd, bool more)
{
    BIO_set_data(bio, (void *)((intptr_t)fd * 2 + more));
}

static int fd_of(BIO *bio)
{
    return (int)((intptr_t)BIO_get_data(bio) / 2);
}

static bool has_more(BIO *bio)
{
    return (intptr_t)BIO_get_data(bio) % 2;
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
    /* the server should get a request at once: of a part it would answer a part */
    const int flags = MSG_NOSIGNAL | (has_more(bio) ? MSG_MORE : 0);
    const ssize_t n = send(fd_of(bio), data, (size_t)size, flags);

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

bool rds_tls_setup(char *why, size_t why_size)
{
    struct rds_trust *now = rds_trust_new(NULL, why, why_size), *before;
    const char *name = clv_setting("CLOVIS_TLS_SNI");
    bool ok;

    pthread_mutex_lock(&tls_base.lock);
    if (!tls_base.socket)
        tls_base.socket = socket_method();
    before = tls_base.trust;
    tls_base.trust = now;
    memset(&tls_base.rejected, 0, sizeof(tls_base.rejected));
    snprintf(tls_base.name, sizeof(tls_base.name), "%s", name ? name : "");
    ok = now && tls_base.socket;
    pthread_mutex_unlock(&tls_base.lock);
    rds_trust_unref(before);
    return ok;
}

void rds_tls_teardown(void)
{
    struct rds_trust *before;

    pthread_mutex_lock(&tls_base.lock);
    before = tls_base.trust;
    tls_base.trust = NULL;
    pthread_mutex_unlock(&tls_base.lock);
    rds_trust_unref(before);
}

/* The files that t was read from have these marks now. What they hold is used from now
 * on, if it can be; while they are being replaced one by one, it often cannot. */
static void trust_renew(const struct rds_trust *t, const struct rds_tls_marks *marks)
{
    char why[400];
    struct rds_trust *now = rds_trust_new(t, why, sizeof(why)), *drop = now;

    pthread_mutex_lock(&tls_base.lock);
    if (!now) {
        tls_base.rejected = *marks;
    } else if (tls_base.trust == t) {
        drop = tls_base.trust;
        tls_base.trust = now;
    }
    pthread_mutex_unlock(&tls_base.lock);
    rds_trust_unref(drop);
    if (now)
        clv_log(CLV_LOG_INFO, "TLS: the files of certificates have changed and are used");
    else
        clv_log(CLV_LOG_WARNING, "%s; what was read before stays in use", why);
}

/* A program runs longer than a certificate: look whether one was replaced. No lock is
 * held meanwhile; the files may be on a slow disk. */
static void trust_refresh(void)
{
    struct rds_tls_marks marks, rejected;
    struct rds_trust *t;

    pthread_mutex_lock(&tls_base.lock);
    t = rds_trust_ref(tls_base.trust);
    rejected = tls_base.rejected;
    pthread_mutex_unlock(&tls_base.lock);
    if (!t)
        return;
    rds_trust_marks(t, &marks);
    if (!rds_tls_marks_equal(&marks, &t->marks) &&
        !rds_tls_marks_equal(&marks, &rejected))
        trust_renew(t, &marks);
    rds_trust_unref(t);
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

    trust_refresh();
    pthread_mutex_lock(&tls_base.lock);
    ssl = tls_base.trust ? SSL_new(tls_base.trust->ctx) : NULL;
    bio = ssl ? BIO_new(tls_base.socket) : NULL;
    snprintf(name, 256, "%s", tls_base.name[0] ? tls_base.name : place->host);
    pthread_mutex_unlock(&tls_base.lock);
    if (bio) {
        socket_set(bio, fd, false);
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
    size_t size = iov[0].iov_len, all = 0, n = 0;
    BIO *bio = SSL_get_wbio(tls->ssl);
    int ok, i;

    if (size < RECORD_MAX && n_iov > 1) {
        size = record_fill(tls, iov, n_iov);
        from = tls->record;
    }
    for (i = 0; i < n_iov; i++)
        all += iov[i].iov_len;
    socket_set(bio, fd_of(bio), all > size);
    ERR_clear_error();
    ok = SSL_write_ex(tls->ssl, from, size, &n);
    return outcome(tls, ok, n);
}

bool rds_tls_has_pending(const struct rds_tls *tls)
{
    return SSL_has_pending(tls->ssl) == 1;
}

static int64_t expiry(const X509 *cert)
{
    struct tm tm;

    return cert && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) ? (int64_t)timegm(&tm)
                                                                  : 0;
}

int64_t rds_tls_expiry(const struct rds_tls *tls, bool own)
{
    const STACK_OF(X509) *chain = SSL_get0_verified_chain(tls->ssl);
    int64_t first_s = 0, end_s;
    int i;

    if (own)
        return expiry(SSL_get_certificate(tls->ssl));
    for (i = 0; chain && i < sk_X509_num(chain); i++) {
        end_s = expiry(sk_X509_value(chain, i));
        if (first_s == 0 || end_s < first_s)
            first_s = end_s;
    }
    return first_s;
}

const char *rds_tls_alert(const struct rds_tls *tls)
{
    return tls->alert;
}
