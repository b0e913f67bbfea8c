/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024 };

/* Where in the file we are, and where to complain. */
struct reader {
    const char *path;
    unsigned line;
    char *why;
    size_t why_size;
};

static bool complain(const struct reader *r, const char *what)
{
    snprintf(r->why, r->why_size, "CLOVIS_KEY_FILE: %s:%u: %s", r->path, r->line, what);
    return false;
}

static bool complain_file(const struct reader *r, const char *what)
{
    snprintf(r->why, r->why_size, "CLOVIS_KEY_FILE: %s: %s", r->path, what);
    return false;
}

/* ---- a line -------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A decimal from 1 to 4294967295; returns its length, 0: it is none. */
static size_t id_parse(const char *text, size_t len, uint32_t *out)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < len && text[i] >= '0' && text[i] <= '9' && i < 11; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    *out = (uint32_t)n;
    return n >= 1 && n <= UINT32_MAX && i <= 10 ? i : 0;
}

static bool key_parse(const char *text, size_t len, unsigned char out[RDS_KEYRING_KEY])
{
    size_t i;

    if (len != 2 * RDS_KEYRING_KEY)
        return false;
    for (i = 0; i < RDS_KEYRING_KEY; i++) {
        const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool has_id(const struct rds_keyring *ring, uint32_t id)
{
    size_t i;

    for (i = 0; i < ring->n; i++)
        if (ring->keys[i].id == id)
            return true;
    return false;
}

static bool line_take(const struct reader *r, const char *text, size_t len,
                      struct rds_keyring *ring)
{
    struct rds_keyring_key *key = &ring->keys[ring->n];
    size_t used;

    while (len && is_blank(text[len - 1]))
        len--;
    while (len && is_blank(*text)) {
        text++;
        len--;
    }
    if (len == 0 || *text == '#')
        return true;
    if (ring->n == RDS_KEYRING_MAX)
        return complain(r, "expected at most 64 keys");
    used = id_parse(text, len, &key->id);
    if (used == 0 || used == len || !is_blank(text[used]))
        return complain(r, "expected the key's number, from 1 to 4294967295, and then "
                           "the key");
    if (has_id(ring, key->id))
        return complain(r, "a key of that number stands on an earlier line");
    while (used < len && is_blank(text[used]))
        used++;
    if (!key_parse(text + used, len - used, key->bytes))
        return complain(r, "expected a key of 64 hex digits");
    ring->n++;
    return true;
}

static bool text_take(struct reader *r, const char *text, size_t size,
                      struct rds_keyring *ring)
{
    size_t at = 0;

    while (at < size) {
        const char *end = memchr(text + at, '\n', size - at);
        const size_t len = end ? (size_t)(end - (text + at)) : size - at;

        r->line++;
        if (!line_take(r, text + at, len, ring))
            return false;
        at += len + 1;
    }
    return ring->n > 0 || complain_file(r, "there is no key in it");
}

/* ---- the file ------------------------------------------------------------ */

/* Nobody else may read a key, so that a file made carelessly is noticed. */
static bool file_check(const struct reader *r, int fd)
{
    struct stat st;

    if (fstat(fd, &st))
        return complain_file(r, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return complain_file(r, "expected a file");
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return complain_file(r, "others than its owner may use it, expected mode 0600 or "
                                "0400");
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return complain_file(r,
                             "it belongs to somebody else, expected this user or root");
    return true;
}

/* The whole file; returns its size, -1 after a complaint. */
static ssize_t file_read(const struct reader *r, int fd, char *text)
{
    ssize_t n, size = 0;

    while ((n = read(fd, text + size, (size_t)(FILE_MAX - size))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            complain_file(r, strerror(errno));
            return -1;
        }
        size += n;
    }
    if (size == FILE_MAX) {
        complain_file(r, "expected less than 64 KiB");
        return -1;
    }
    return size;
}

static enum store_status fd_take(struct reader *r, int fd, struct rds_keyring *ring)
{
    char *text = malloc(FILE_MAX);
    ssize_t size;
    bool ok;

    ring->keys = calloc(RDS_KEYRING_MAX + 1, sizeof(*ring->keys));
    if (!text || !ring->keys) {
        free(text);
        complain_file(r, "out of memory");
        return STORE_NO_MEM;
    }
    size = file_check(r, fd) ? file_read(r, fd, text) : -1;
    ok = size >= 0 && text_take(r, text, (size_t)size, ring);
    OPENSSL_cleanse(text, FILE_MAX);
    free(text);
    return ok ? STORE_OK : STORE_CONFIG;
}

enum store_status rds_keyring_read(struct rds_keyring *out, const char *path, char *why,
                                   size_t why_size)
{
    struct reader r = {path, 0, why, why_size};
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum store_status st;

    *out = (struct rds_keyring){NULL, 0};
    if (fd < 0) {
        complain_file(&r, strerror(errno));
        return STORE_CONFIG;
    }
    st = fd_take(&r, fd, out);
    close(fd);
    if (st != STORE_OK)
        rds_keyring_wipe(out);
    return st;
}

void rds_keyring_wipe(struct rds_keyring *ring)
{
    if (ring->keys)
        OPENSSL_cleanse(ring->keys, (RDS_KEYRING_MAX + 1) * sizeof(*ring->keys));
    free(ring->keys);
    *ring = (struct rds_keyring){NULL, 0};
}
