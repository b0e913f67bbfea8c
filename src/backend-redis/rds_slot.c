/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_slot.h"

#include <string.h>

/* CRC-16 with polynomial 0x1021, of the hash tag if the key has one. */
static unsigned crc16(const unsigned char *at, size_t size)
{
    unsigned crc = 0;
    int bit;

    for (; size > 0; size--, at++) {
        crc ^= (unsigned)*at << 8;
        for (bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1 & 0xffff;
    }
    return crc;
}

unsigned rds_slot_of_key(struct clv_bytes key)
{
    const char *open = key.size ? memchr(key.base, '{', key.size) : NULL, *close;
    const char *end = (const char *)key.base + key.size;

    close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
    if (close && close > open + 1) {
        key.base = open + 1;
        key.size = (size_t)(close - open) - 1;
    }
    return crc16(key.base, key.size) % RDS_SLOTS_OF_CLUSTER;
}

/* ---- the wire form ------------------------------------------------------- */

struct reader {
    const char *at, *end;
};

/* "*3\r\n" or "$3\r\n"; false: it is not there. */
static bool count_read(struct reader *r, char kind, size_t *out)
{
    size_t n = 0;

    if (r->at == r->end || *r->at != kind)
        return false;
    for (r->at++; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        n = n * 10 + (size_t)(*r->at - '0');
    if (r->end - r->at < 2)
        return false;
    r->at += 2;
    *out = n;
    return true;
}

static bool word_read(struct reader *r, struct clv_bytes *out)
{
    size_t n;

    if (!count_read(r, '$', &n) || (size_t)(r->end - r->at) < n + 2)
        return false;
    *out = (struct clv_bytes){r->at, n};
    r->at += n + 2;
    return true;
}

static bool is(struct clv_bytes word, const char *text)
{
    return clv_bytes_equal(word, (struct clv_bytes){text, strlen(text)});
}

/* Read n words, of which the last one goes to out. */
static bool words_skip(struct reader *r, size_t n, struct clv_bytes *out)
{
    while (n > 0 && word_read(r, out))
        n--;
    return n == 0;
}

/* The first key of a command whose name was read. */
static bool key_read(struct reader *r, struct clv_bytes name, struct clv_bytes *key)
{
    if (is(name, "EVALSHA"))
        return words_skip(r, 3, key); /* digest, number of keys */
    if (!is(name, "XREAD"))
        return word_read(r, key);
    while (word_read(r, key))
        if (is(*key, "STREAMS"))
            return word_read(r, key);
    return false;
}

int rds_slot_of_req(const struct rds_req *req)
{
    struct reader r = {req->text, req->text + req->len};
    struct clv_bytes name, key;
    size_t n;

    while (count_read(&r, '*', &n) && word_read(&r, &name))
        if (n > 1)
            return key_read(&r, name, &key) ? (int)rds_slot_of_key(key) : -1;
    return -1;
}

bool rds_slot_may_ask(const struct rds_req *req)
{
    static const char multi[] = "*1\r\n$5\r\nMULTI\r\n";

    return req->n_replies == 1 ||
           (req->len > sizeof(multi) - 1 && !memcmp(req->text, multi, sizeof(multi) - 1));
}
