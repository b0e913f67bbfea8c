/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_feed_entry.h"

#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_seal.h"

enum { ENTRY_STEP = 4 };

/* The content of an element that was sealed; false: it cannot be used. */
static bool sealed_take(struct store_ckpt *ckpt, struct store_change *c,
                        struct clv_bytes value)
{
    struct rds_seal_place place = rds_seal_at(ckpt, c->id);
    const char *why = NULL;

    if (value.size > RDS_STAMP_SIZE &&
        ((const char *)value.base)[RDS_STAMP_SIZE] == RDS_SEAL_PART) {
        place.kind = RDS_SEAL_PART;
        place.offset = c->offset;
    }
    if (rds_seal_open(&place, value, &why) != STORE_OK ||
        (place.kind == RDS_SEAL_WHOLE && c->offset > 0)) {
        rds_seal_complain(ckpt, c->id, why ? why : "it is damaged");
        return false;
    }
    c->data = rds_seal_content(value);
    return true;
}

static bool is_sealed(const redisReply *fields, size_t i)
{
    return rds_reply_is(rds_reply_at(fields, RDS_FEED_HEAD + ENTRY_STEP * i + 2), "e");
}

static struct clv_bytes content_at(const redisReply *fields, size_t i)
{
    return rds_reply_bytes(rds_reply_at(fields, RDS_FEED_HEAD + ENTRY_STEP * i + 3));
}

/* Element i; false: it is of no use here. A sealed one is opened in *room, which moves
 * on: other handles want it sealed. */
static bool element_take(struct store_ckpt *ckpt, const redisReply *fields, size_t i,
                         char **room, struct store_change *out)
{
    const size_t at = RDS_FEED_HEAD + ENTRY_STEP * i;
    const struct clv_bytes content = content_at(fields, i);
    const char *why = NULL;
    int64_t offset = 0;

    *out = (struct store_change){.id = rds_reply_bytes(rds_reply_at(fields, at))};
    if (rds_reply_is(rds_reply_at(fields, at + 1), "-"))
        return true;
    rds_reply_int(rds_reply_at(fields, at + 1), &offset);
    out->offset = (uint64_t)offset;
    if (is_sealed(fields, i)) {
        const struct clv_bytes copy = {*room, content.size};

        if (content.size)
            memcpy(*room, content.base, content.size);
        *room += content.size;
        return sealed_take(ckpt, out, copy);
    }
    out->data = content;
    if (rds_seal_plain(&why) == STORE_OK)
        return true;
    rds_seal_complain(ckpt, out->id, why);
    return false;
}

static size_t sealed_size(const redisReply *fields, size_t count)
{
    size_t i, size = 0;

    for (i = 0; i < count; i++)
        size += is_sealed(fields, i) ? content_at(fields, i).size : 0;
    return size;
}

struct store_change *rds_feed_parse(struct store_ckpt *ckpt, const redisReply *fields,
                                    uint32_t *n)
{
    const size_t count = (fields->elements - RDS_FEED_HEAD) / ENTRY_STEP;
    struct store_change *vec =
        malloc((count + 1) * sizeof(*vec) + sealed_size(fields, count));
    char *room = (char *)(vec + count + 1);
    size_t i;

    *n = 0;
    for (i = 0; vec && i < count; i++)
        *n += element_take(ckpt, fields, i, &room, &vec[*n]);
    return vec;
}

bool rds_feed_is_own(const redisReply *fields)
{
    const struct clv_bytes w = rds_reply_bytes(rds_reply_at(fields, 1));

    return w.base && w.size > RDS_PROC_SIZE &&
           memcmp(w.base, rds.proc, RDS_PROC_SIZE) == 0;
}
