/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_seal.h"

#include <endian.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "backend-redis/rds_keyring.h"
#include "base/logline.h"
#include "base/settings.h"

enum { BLOCK = 16, IV = 12, CONTENT_MAX = 512 * 1024 * 1024 };

bool rds_seal_on;

static struct {
    struct rds_keyring ring;
    unsigned char (*masks)[BLOCK]; /* owned; of each key: what its key blocks are xored
                                      with */
    bool required;                 /* what is not sealed is damaged */
    const EVP_CIPHER *ecb, *gcm;
} seal;

/* ---- ciphers ------------------------------------------------------------- */

/* Looking a cipher up takes locks and stack, so that is done once; what is fetched stays
 * for the process. */
static bool ciphers_fetch(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    if (!seal.gcm) {
        seal.ecb = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
        seal.gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    }
#else
    seal.ecb = EVP_aes_256_ecb();
    seal.gcm = EVP_aes_256_gcm();
#endif
    return seal.ecb && seal.gcm;
}

/* Encrypt whole blocks, each by itself. */
static bool blocks_encrypt(EVP_CIPHER_CTX *ctx, const unsigned char *key,
                           unsigned char *blocks, int size)
{
    int n = 0;

    return EVP_EncryptInit_ex(ctx, seal.ecb, NULL, key, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
           EVP_EncryptUpdate(ctx, blocks, &n, blocks, size) == 1 && n == size;
}

/* The first subkey of CMAC. */
static bool mask_make(EVP_CIPHER_CTX *ctx, const unsigned char *key,
                      unsigned char mask[BLOCK])
{
    unsigned char top;
    int i;

    memset(mask, 0, BLOCK);
    if (!blocks_encrypt(ctx, key, mask, BLOCK))
        return false;
    top = mask[0] >> 7;
    for (i = 0; i < BLOCK - 1; i++)
        mask[i] = (unsigned char)(mask[i] << 1 | mask[i + 1] >> 7);
    mask[BLOCK - 1] = (unsigned char)(mask[BLOCK - 1] << 1 ^ (top ? 0x87 : 0));
    return true;
}

/* The key of one sealing, from the first half of its nonce. */
static bool key_derive(EVP_CIPHER_CTX *ctx, size_t which, const unsigned char *nonce,
                       unsigned char key[RDS_KEYRING_KEY])
{
    size_t half, i;

    for (half = 0; half < 2; half++) {
        unsigned char *block = key + half * BLOCK;

        memset(block, 0, BLOCK);
        block[1] = (unsigned char)(half + 1);
        block[2] = 'X';
        memcpy(block + 4, nonce, RDS_SEAL_NONCE - IV);
        for (i = 0; i < BLOCK; i++)
            block[i] ^= seal.masks[which][i];
    }
    return blocks_encrypt(ctx, seal.ring.keys[which].bytes, key, 2 * BLOCK);
}

/* Begin with key number which and a nonce. */
static bool cipher_begin(EVP_CIPHER_CTX *ctx, size_t which, const unsigned char *nonce,
                         bool encrypt)
{
    unsigned char key[RDS_KEYRING_KEY];
    bool ok;

    ok = key_derive(ctx, which, nonce, key) &&
         EVP_CipherInit_ex(ctx, seal.gcm, NULL, key, nonce + RDS_SEAL_NONCE - IV,
                           encrypt) == 1;
    OPENSSL_cleanse(key, sizeof(key));
    return ok;
}

/* ---- what is bound ------------------------------------------------------- */

static bool bind_bytes(EVP_CIPHER_CTX *ctx, const void *base, size_t size)
{
    int n;

    return size == 0 || EVP_CipherUpdate(ctx, NULL, &n, base, (int)size) == 1;
}

/* The stamp but for its number, which is not known yet, the head but for the nonce, the
 * offset, and the four names, each after all of their lengths. */
static bool bind_all(EVP_CIPHER_CTX *ctx, const struct rds_seal_place *p,
                     const struct rds_stamp *stamp, const unsigned char *head)
{
    const struct store_ckpt *ckpt = p->ckpt;
    const size_t prefix = strlen(rds.prefix), instance = strlen(p->instance);
    const uint64_t words[] = {
        htole64((uint64_t)stamp->flags << 32 | stamp->writer),
        htole64((uint64_t)stamp->update_us),
        htole64(p->offset),
        htole64(prefix),
        htole64(ckpt->name_size),
        htole64(instance),
        htole64(p->id.size),
    };

    return bind_bytes(ctx, "clovis 1", 8) &&
           bind_bytes(ctx, head, RDS_SEAL_HEAD - RDS_SEAL_NONCE) &&
           bind_bytes(ctx, words, sizeof(words)) && bind_bytes(ctx, rds.prefix, prefix) &&
           bind_bytes(ctx, ckpt->name, ckpt->name_size) &&
           bind_bytes(ctx, p->instance, instance) &&
           bind_bytes(ctx, p->id.base, p->id.size);
}

/* ---- sealing ------------------------------------------------------------- */

static bool nonce_draw(unsigned char nonce[RDS_SEAL_NONCE])
{
    ssize_t n;

    do
        n = getrandom(nonce, RDS_SEAL_NONCE, 0);
    while (n < 0 && errno == EINTR);
    return n == RDS_SEAL_NONCE;
}

static bool head_make(unsigned char *head, enum rds_seal_kind kind)
{
    const uint32_t id = htole32(seal.ring.keys[0].id);

    memset(head, 0, RDS_SEAL_HEAD);
    head[0] = (unsigned char)kind;
    memcpy(head + 4, &id, sizeof(id));
    return nonce_draw(head + RDS_SEAL_HEAD - RDS_SEAL_NONCE);
}

static bool encrypt(EVP_CIPHER_CTX *ctx, const struct rds_seal_place *place,
                    const struct rds_stamp *stamp, struct clv_bytes data,
                    unsigned char *out)
{
    unsigned char *content = out + RDS_SEAL_HEAD, none[BLOCK];
    int n = 0;

    return head_make(out, place->kind) &&
           cipher_begin(ctx, 0, out + RDS_SEAL_HEAD - RDS_SEAL_NONCE, true) &&
           bind_all(ctx, place, stamp, out) &&
           (data.size == 0 ||
            EVP_CipherUpdate(ctx, content, &n, data.base, (int)data.size) == 1) &&
           EVP_CipherFinal_ex(ctx, none, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, RDS_SEAL_TAG,
                               content + data.size) == 1;
}

enum store_status rds_seal_make(const struct rds_seal_place *place,
                                struct rds_stamp *stamp, struct clv_bytes data,
                                struct clv_bytes *out)
{
    EVP_CIPHER_CTX *ctx;
    unsigned char *base;
    bool ok;

    if (data.size > CONTENT_MAX - RDS_STAMP_SIZE - RDS_SEAL_EXTRA)
        return STORE_REFUSED;
    ctx = EVP_CIPHER_CTX_new();
    base = malloc(RDS_SEAL_EXTRA + data.size);
    ok = ctx && base && encrypt(ctx, place, stamp, data, base);
    EVP_CIPHER_CTX_free(ctx);
    if (!ok) {
        free(base);
        return STORE_NO_MEM;
    }
    stamp->sealed = true;
    *out = (struct clv_bytes){base, RDS_SEAL_EXTRA + data.size};
    return STORE_OK;
}

/* ---- opening ------------------------------------------------------------- */

static size_t key_find(uint32_t id)
{
    size_t i;

    for (i = 0; i < seal.ring.n && seal.ring.keys[i].id != id; i++) {
    }
    return i;
}

static bool decrypt(EVP_CIPHER_CTX *ctx, size_t which, const struct rds_seal_place *place,
                    const struct rds_stamp *stamp, unsigned char *sealed, size_t size)
{
    unsigned char *content = sealed + RDS_SEAL_HEAD, none[BLOCK];
    int n = 0;

    size -= RDS_SEAL_EXTRA;
    return cipher_begin(ctx, which, sealed + RDS_SEAL_HEAD - RDS_SEAL_NONCE, false) &&
           bind_all(ctx, place, stamp, sealed) &&
           (size == 0 || EVP_CipherUpdate(ctx, content, &n, content, (int)size) == 1) &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, RDS_SEAL_TAG,
                               content + size) == 1 &&
           EVP_CipherFinal_ex(ctx, none, &n) == 1;
}

/* Why a sealed value cannot be opened, or NULL. */
static const char *sealed_open(const struct rds_seal_place *place,
                               const struct rds_stamp *stamp, unsigned char *sealed,
                               size_t size)
{
    EVP_CIPHER_CTX *ctx;
    uint32_t id;
    size_t which;
    bool ok;

    if (size < RDS_SEAL_EXTRA || size > CONTENT_MAX)
        return "its seal is damaged";
    if (!rds_seal_on)
        return "it is sealed, and CLOVIS_KEY_FILE is not set";
    memcpy(&id, sealed + 4, sizeof(id));
    which = key_find(le32toh(id));
    if (which == seal.ring.n)
        return "it is sealed with a key that is not in CLOVIS_KEY_FILE";
    if (sealed[0] != place->kind)
        return "its seal is for another place";
    ctx = EVP_CIPHER_CTX_new();
    if (!ctx)
        return "out of memory";
    ok = decrypt(ctx, which, place, stamp, sealed, size);
    EVP_CIPHER_CTX_free(ctx);
    return ok ? NULL : "its seal does not fit: wrong key, or changed by somebody else";
}

enum store_status rds_seal_plain(const char **why)
{
    if (!seal.required)
        return STORE_OK;
    if (why)
        *why = "it is not sealed, and CLOVIS_KEY_REQUIRED is set";
    return STORE_DAMAGED;
}

enum store_status rds_seal_open(const struct rds_seal_place *place,
                                struct clv_bytes value, const char **why)
{
    const char *reason = NULL;
    struct rds_stamp stamp;
    unsigned char *sealed;

    if (!value.base || !rds_stamp_parse(&stamp, value.base, value.size))
        return STORE_DAMAGED;
    if (!stamp.sealed)
        return rds_seal_plain(why);
    /* the reply that the value is part of is ours */
    sealed = (unsigned char *)(uintptr_t)value.base + RDS_STAMP_SIZE;
    reason = sealed_open(place, &stamp, sealed, value.size - RDS_STAMP_SIZE);
    if (why)
        *why = reason;
    return reason ? STORE_DAMAGED : STORE_OK;
}

size_t rds_seal_content_size(const struct rds_stamp *stamp, size_t value_size)
{
    const size_t extra = RDS_STAMP_SIZE + (stamp->sealed ? RDS_SEAL_EXTRA : 0);

    return value_size > extra ? value_size - extra : 0;
}

void rds_seal_complain(struct store_ckpt *ckpt, struct clv_bytes id, const char *why)
{
    if (why && !atomic_exchange(&ckpt->seal_logged, true))
        clv_log(CLV_LOG_ERROR, "ckpt \"%.100s\" section \"%.*s\": content not used: %s",
                ckpt->name, (int)(id.size < 100 ? id.size : 100),
                id.base ? (const char *)id.base : "", why);
}

/* ---- start and stop ------------------------------------------------------ */

static bool masks_make(void)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok;
    size_t i;

    seal.masks = calloc(seal.ring.n, sizeof(*seal.masks));
    ok = ctx && seal.masks;
    for (i = 0; ok && i < seal.ring.n; i++)
        ok = mask_make(ctx, seal.ring.keys[i].bytes, seal.masks[i]);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

static enum store_status keys_take(const char *path, char *why, size_t why_size)
{
    const enum store_status st = rds_keyring_read(&seal.ring, path, why, why_size);

    if (st != STORE_OK)
        return st;
    if (!ciphers_fetch() || !masks_make()) {
        snprintf(why, why_size, "CLOVIS_KEY_FILE: no memory, or no AES-256-GCM");
        rds_seal_stop();
        return STORE_NO_MEM;
    }
    rds_seal_on = true;
    return STORE_OK;
}

enum store_status rds_seal_start(char *why, size_t why_size)
{
    const char *path = clv_setting("CLOVIS_KEY_FILE");
    int64_t required;

    rds_seal_stop();
    if (!clv_setting_int("CLOVIS_KEY_REQUIRED", 0, 1, 0, &required)) {
        snprintf(why, why_size, "CLOVIS_KEY_REQUIRED: expected 0 or 1");
        return STORE_CONFIG;
    }
    if (required && !path) {
        snprintf(why, why_size, "CLOVIS_KEY_REQUIRED=1: expected CLOVIS_KEY_FILE, too");
        return STORE_CONFIG;
    }
    seal.required = required == 1;
    return path ? keys_take(path, why, why_size) : STORE_OK;
}

void rds_seal_stop(void)
{
    if (seal.masks)
        OPENSSL_cleanse(seal.masks, seal.ring.n * sizeof(*seal.masks));
    free(seal.masks);
    seal.masks = NULL;
    rds_keyring_wipe(&seal.ring);
    rds_seal_on = seal.required = false;
}
