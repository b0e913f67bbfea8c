/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_req.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 3 };

static const char magic_plain[] = "CV1", magic_sealed[] = "CS1";

void rds_req_init(struct rds_req *req)
{
    memset(req, 0, offsetof(struct rds_req, small));
    req->text = req->small;
    req->cap = sizeof(req->small);
    req->ext = req->small_ext;
    req->cap_ext = sizeof(req->small_ext) / sizeof(*req->small_ext);
    req->stamps = req->small_stamps;
    req->cap_stamps = sizeof(req->small_stamps) / sizeof(*req->small_stamps);
}

void rds_req_free(struct rds_req *req)
{
    if (req->text != req->small)
        free(req->text);
    if (req->ext != req->small_ext)
        free(req->ext);
    if (req->stamps != req->small_stamps)
        free(req->stamps);
    rds_req_init(req);
}

/* Make *block hold need elements; small is where it started. */
static bool grow(struct rds_req *req, void **block, void *small, size_t *cap, size_t need,
                 size_t elem)
{
    size_t n = *cap;
    void *p;

    if (need <= n)
        return true;
    while (n < need)
        n *= 2;
    p = *block == small ? malloc(n * elem) : realloc(*block, n * elem);
    if (!p) {
        req->no_mem = true;
        return false;
    }
    if (*block == small)
        memcpy(p, small, *cap * elem);
    *block = p;
    *cap = n;
    return true;
}

/* Make room for size more bytes of text; false: no memory. */
static bool text_grow(struct rds_req *req, size_t size)
{
    void *text = req->text;

    if (!grow(req, &text, req->small, &req->cap, req->len + size, 1))
        return false;
    req->text = text;
    return true;
}

static inline void put(struct rds_req *req, const void *base, size_t size)
{
    if (size == 0 || (req->len + size > req->cap && !text_grow(req, size)))
        return;
    memcpy(req->text + req->len, base, size);
    req->len += size;
}

/* The payload of an argument: copied when short, else borrowed. */
static void put_payload(struct rds_req *req, struct clv_bytes b)
{
    void *ext = req->ext;

    if (b.size <= RDS_REQ_COPY_MAX) {
        put(req, b.base, b.size);
        return;
    }
    if (!grow(req, &ext, req->small_ext, &req->cap_ext, req->n_ext + 1,
              sizeof(*req->ext)))
        return;
    req->ext = ext;
    req->ext[req->n_ext++] = (struct rds_ext){b, req->len};
}

/* "*12\r\n" or "$12\r\n". */
static void put_count(struct rds_req *req, char kind, uint64_t n)
{
    char digits[24];
    size_t at = sizeof(digits);

    digits[--at] = '\n';
    digits[--at] = '\r';
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    digits[--at] = kind;
    put(req, digits + at, sizeof(digits) - at);
}

void rds_req_command(struct rds_req *req, size_t n_args)
{
    put_count(req, '*', n_args);
    req->n_replies++;
}

void rds_req_pair(struct rds_req *req, struct clv_bytes a, struct clv_bytes b)
{
    put_count(req, '$', a.size + b.size);
    put(req, a.base, a.size);
    put_payload(req, b);
    put(req, "\r\n", 2);
}

void rds_req_open(struct rds_req *req, size_t size)
{
    put_count(req, '$', size);
}

void rds_req_more(struct rds_req *req, struct clv_bytes part)
{
    put(req, part.base, part.size);
}

void rds_req_close(struct rds_req *req)
{
    put(req, "\r\n", 2);
}

void rds_req_arg(struct rds_req *req, struct clv_bytes arg)
{
    rds_req_pair(req, (struct clv_bytes){NULL, 0}, arg);
}

void rds_req_text(struct rds_req *req, const char *arg)
{
    rds_req_arg(req, (struct clv_bytes){arg, strlen(arg)});
}

void rds_req_int(struct rds_req *req, int64_t arg)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRId64, arg);
    rds_req_text(req, digits);
}

void rds_req_ready(struct rds_req *req, const char *wire, uint32_t n_commands)
{
    put(req, wire, strlen(wire));
    req->n_replies += n_commands;
}

void rds_req_wire(struct rds_req *req, struct clv_bytes wire)
{
    put(req, wire.base, wire.size);
}

static void stamp_note(struct rds_req *req)
{
    void *stamps = req->stamps;

    if (!grow(req, &stamps, req->small_stamps, &req->cap_stamps, req->n_stamps + 1,
              sizeof(*req->stamps)))
        return;
    req->stamps = stamps;
    req->stamps[req->n_stamps++] = req->len + RDS_STAMP_SIZE - sizeof(uint64_t);
}

void rds_req_value(struct rds_req *req, const struct rds_stamp *stamp,
                   struct clv_bytes data)
{
    const uint32_t writer = htole32(stamp->writer);
    const uint64_t time = htole64((uint64_t)stamp->update_us);
    const uint64_t seq = htole64(stamp->seq);

    put_count(req, '$', RDS_STAMP_SIZE + data.size);
    stamp_note(req);
    put(req, stamp->sealed ? magic_sealed : magic_plain, MAGIC);
    put(req, &stamp->flags, 1);
    put(req, &writer, sizeof(writer));
    put(req, &time, sizeof(time));
    put(req, &seq, sizeof(seq));
    put_payload(req, data);
    put(req, "\r\n", 2);
}

void rds_req_writer(struct rds_req *req, const char *prefix, const char *proc)
{
    const size_t prefix_len = strlen(prefix), proc_len = strlen(proc);

    put_count(req, '$', prefix_len + proc_len + 2);
    put(req, prefix, prefix_len);
    put(req, proc, proc_len);
    req->slot_at = req->len;
    put(req, "00\r\n", 4);
}

void rds_req_seq(struct rds_req *req)
{
    put(req, "$16\r\n", 5);
    req->seq_at = req->len;
    put(req, "0000000000000000\r\n", RDS_SEQ_DIGITS + 2);
}

void rds_req_settle(struct rds_req *req)
{
    put(req, "$1\r\n", 4);
    req->settle_at = req->len;
    put(req, "0\r\n", 3);
}

void rds_req_seal(struct rds_req *req, unsigned slot, uint64_t seq, bool settle)
{
    const uint64_t wire = htole64(seq);
    size_t i;

    if (req->slot_at) {
        req->text[req->slot_at] =
            (char)(slot < 100 ? '0' + slot / 10 : 'a' + slot / 10 - 10);
        req->text[req->slot_at + 1] = (char)('0' + slot % 10);
    }
    if (req->settle_at)
        req->text[req->settle_at] = settle ? '1' : '0';
    for (i = 0; i < req->n_stamps; i++)
        memcpy(req->text + req->stamps[i], &wire, sizeof(wire));
    /* what was filled in before was less, so its zeros are right */
    for (i = RDS_SEQ_DIGITS; req->seq_at && i-- > 0 && seq; seq /= 10)
        req->text[req->seq_at + i] = (char)('0' + seq % 10);
}

bool rds_stamp_parse(struct rds_stamp *out, const char *value, size_t size)
{
    uint32_t writer;
    uint64_t time, seq;

    if (size < RDS_STAMP_SIZE)
        return false;
    out->sealed = rds_stamp_seals((struct clv_bytes){value, size});
    if (!out->sealed && memcmp(value, magic_plain, MAGIC) != 0)
        return false;
    memcpy(&writer, value + 4, sizeof(writer));
    memcpy(&time, value + 8, sizeof(time));
    memcpy(&seq, value + 16, sizeof(seq));
    out->flags = (uint8_t)value[3];
    out->writer = le32toh(writer);
    out->update_us = (int64_t)le64toh(time);
    out->seq = le64toh(seq);
    return true;
}
