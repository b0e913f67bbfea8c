/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed contents: their form, what betrays them, and who tampers with them. */
#include <criterion/criterion.h>

#include <endian.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_seal.h"

TestSuite(seal, .timeout = 110);

enum { STAMP = 24, HEAD = 32, TAG = 16 };

static const struct store_attrs roomy = {2, 50, 1000000, 3600 * CLV_NS_PER_S, 100000, 40};

/* ---- the form ------------------------------------------------------------ */

/* XAES-256-GCM as its description has it, over OpenSSL's CMAC. */
static bool xaes_open(const unsigned char *key, const unsigned char *nonce,
                      const unsigned char *aad, int aad_size, const unsigned char *in,
                      int size, const unsigned char *tag, unsigned char *out)
{
    unsigned char derived[32], block[16] = {0, 1, 'X', 0};
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    size_t n;
    int len;
    bool ok;

    memcpy(block + 4, nonce, 12);
    for (block[1] = 1; block[1] <= 2; block[1]++)
        EVP_Q_mac(NULL, "CMAC", NULL, "AES-256-CBC", NULL, key, 32, block, sizeof(block),
                  derived + 16 * (block[1] - 1), 16, &n);
    ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, derived, nonce + 12) &&
         (aad_size == 0 || EVP_DecryptUpdate(ctx, NULL, &len, aad, aad_size)) &&
         EVP_DecryptUpdate(ctx, out, &len, in, size) &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(uintptr_t)tag) &&
         EVP_DecryptFinal_ex(ctx, out + size, &len);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

/* The published example. */
Test(seal, the_cipher_that_these_tests_compare_with_is_the_published_one)
{
    static const unsigned char sealed[] = {0xce, 0x54, 0x6e, 0xf6, 0x3c, 0x9c, 0xc6,
                                           0x07, 0x65, 0x92, 0x36, 0x09, 0xb3, 0x3a,
                                           0x9a, 0x19, 0x74, 0xe9, 0x6e, 0x52, 0xda,
                                           0xf2, 0xfc, 0xf7, 0x07, 0x5e, 0x22, 0x71};
    const int size = (int)sizeof(sealed) - TAG;
    unsigned char key[32], out[32] = "";

    memset(key, 1, sizeof(key));
    cr_assert(xaes_open(key, (const unsigned char *)"ABCDEFGHIJKLMNOPQRSTUVWX", NULL, 0,
                        sealed, size, sealed + size, out));
    cr_expect_eq(memcmp(out, "XAES-256-GCM", (size_t)size), 0);
}

static size_t word(unsigned char *at, uint64_t n)
{
    n = htole64(n);
    memcpy(at, &n, sizeof(n));
    return sizeof(n);
}

/* Associated data of a section's value, after doc/store-format.md. */
static int bound(unsigned char *at, const struct value *v, const char *name,
                 const char *id)
{
    const char *names[] = {"clovis", name, instance_of(name), id};
    uint32_t writer;
    uint64_t time;
    size_t n = 8, i;

    memcpy(at, "clovis 1", 8);
    memcpy(at + n, v->at + STAMP, 8);
    n += 8;
    memcpy(&writer, v->at + 4, sizeof(writer));
    memcpy(&time, v->at + 8, sizeof(time));
    n += word(at + n, (uint64_t)(unsigned char)v->at[3] << 32 | le32toh(writer));
    n += word(at + n, le64toh(time));
    n += word(at + n, 0);
    for (i = 0; i < 4; i++)
        n += word(at + n, strlen(names[i]));
    for (i = 0; i < 4; i++) {
        memcpy(at + n, names[i], strlen(names[i]));
        n += strlen(names[i]);
    }
    return (int)n;
}

Test(seal, a_value_is_what_the_document_says)
{
    static const char content[] = "what nobody may see";
    const int size = (int)sizeof(content) - 1;
    unsigned char aad[512], key[32], out[64] = "";
    struct store_ckpt *c;
    const unsigned char *at;
    static struct value v;

    fixture_seal_start("# two\n\n" KEY_1 KEY_2);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", content), STORE_OK);
    value_get("c", "s", &v);
    at = (const unsigned char *)v.at + STAMP;
    cr_assert_eq(v.size, (size_t)(STAMP + HEAD + size + TAG));
    cr_expect_eq(memcmp(v.at, "CS1\1", 4), 0);
    cr_expect_eq(memcmp(at, "W\0\0\0\1\0\0\0", 8), 0);
    memset(key, 1, sizeof(key));
    cr_assert(xaes_open(key, at + 8, aad, bound(aad, &v, "c", "s"), at + HEAD, size,
                        at + HEAD + size, out));
    cr_expect_str_eq((char *)out, content);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(seal, the_same_content_never_looks_the_same)
{
    static struct value v[50];
    struct store_ckpt *c;
    size_t i, j;

    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", "content"), STORE_OK);
    for (i = 0; i < 50; i++) {
        cr_assert_eq(store_section_write(c, bytes("s"), bytes("content"), soon()),
                     STORE_OK);
        value_get("c", "s", &v[i]);
        for (j = 0; j < i; j++)
            cr_assert_neq(memcmp(v[i].at + STAMP + 8, v[j].at + STAMP + 8, 24), 0);
    }
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- who looks into the store -------------------------------------------- */

static const char marker[] = "MARKER-that-must-not-be-seen";
static char long_marker[20000];

/* Files of the server that have the marker in them. */
static int files_with_marker(void)
{
    char command[600];
    FILE *f;
    int n = -1;

    snprintf(command, sizeof(command), "grep -rlaF %s %s | wc -l", marker, server.dir);
    f = popen(command, "r");
    cr_assert(f && fscanf(f, "%d", &n) == 1);
    pclose(f);
    return n;
}

static void story_of_writes(struct store_ckpt *c)
{
    const struct clv_bytes large = bytes(long_marker);
    const struct store_write vec[] = {{bytes("a"), bytes(marker), 3},
                                      {bytes("b"), large, 0},
                                      {bytes("b"), large, 5000}};
    uint32_t bad;

    cr_assert_eq(create(c, "a", marker), STORE_OK);
    cr_assert_eq(create(c, "b", long_marker), STORE_OK);
    cr_assert_eq(create(c, "d", ""), STORE_OK);
    cr_assert_eq(store_section_write(c, bytes("a"), bytes(marker), soon()), STORE_OK);
    cr_assert_eq(store_section_write(c, bytes("b"), large, soon()), STORE_OK);
    cr_assert_eq(write_at(c, "d", 0, marker), STORE_OK);
    cr_assert_eq(write_at(c, "d", 10, marker), STORE_OK);
    cr_assert_eq(write_at(c, "b", 100, marker), STORE_OK);
    cr_assert_eq(store_write(c, vec, 3, &bad, soon()), STORE_OK);
}

static int markers_after(const char *keys)
{
    static const char *const args[] = {"--appendonly",
                                       "yes",
                                       "--appendfsync",
                                       "always",
                                       "--aof-use-rdb-preamble",
                                       "no",
                                       "--rdbcompression",
                                       "no",
                                       NULL};
    const struct store_open_how how = {.create = &roomy, .notify = true};
    struct store_ckpt *c, *fed;
    int n;

    keys_set(keys);
    fixture_store_start(args);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(store_ckpt_open(bytes("fed"), &how, soon(), &fed), STORE_OK);
    story_of_writes(c);
    story_of_writes(fed);
    redis_int(&server, "SAVE");
    n = files_with_marker();
    store_ckpt_close(c, soon());
    store_ckpt_close(fed, soon());
    fixture_store_end();
    return n;
}

Test(seal, no_file_of_the_server_has_a_content_in_it)
{
    size_t i;

    for (i = 0; i + sizeof(marker) < sizeof(long_marker); i += sizeof(marker) - 1)
        memcpy(long_marker + i, marker, sizeof(marker) - 1);
    cr_expect_eq(markers_after(NULL), 2, "without keys the dump and the log have it");
    cr_expect_eq(markers_after(KEY_1), 0, "with keys");
}

/* ---- who tampers --------------------------------------------------------- */

Test(seal, a_changed_bit_anywhere_but_in_the_number_is_noticed)
{
    static struct value good, bad;
    struct store_ckpt *c;
    size_t i;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", "content"), STORE_OK);
    value_get("c", "s", &good);
    for (i = 0; i < 8 * good.size; i++) {
        const bool in_number = i / 8 >= 16 && i / 8 < STAMP;

        bad = good;
        bad.at[i / 8] ^= (char)(1 << i % 8);
        value_set("c", "s", &bad);
        cr_assert_eq(is_corrupted(c, "s"), !in_number, "bit %zu of byte %zu", i % 8,
                     i / 8);
    }
    for (i = 0; i < good.size; i++) {
        bad = good;
        bad.size = i;
        value_set("c", "s", &bad);
        cr_assert(is_corrupted(c, "s"), "cut after %zu bytes", i);
    }
    bad = good;
    bad.at[bad.size++] = 0;
    value_set("c", "s", &bad);
    cr_assert(is_corrupted(c, "s"), "a byte more");
    value_set("c", "s", &good);
    cr_assert_not(is_corrupted(c, "s"));
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(seal, a_value_in_another_place_is_noticed)
{
    static struct value in_a, in_b, in_empty;
    struct store_ckpt *c, *d;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    d = ckpt_make_with("d", &roomy);
    cr_assert_eq(create(c, "a", "of a"), STORE_OK);
    cr_assert_eq(create(c, "b", "of b"), STORE_OK);
    cr_assert_eq(create(d, "a", "of d"), STORE_OK);
    cr_assert_eq(create(c, "empty", ""), STORE_OK);
    value_get("c", "a", &in_a);
    value_get("c", "b", &in_b);
    value_get("c", "empty", &in_empty);
    value_set("c", "a", &in_b);
    cr_expect(is_corrupted(c, "a"), "another section's");
    value_set("c", "a", &in_empty);
    cr_expect(is_corrupted(c, "a"), "another section's, empty");
    value_set("d", "a", &in_a);
    cr_expect(is_corrupted(d, "a"), "another checkpoint's");
    value_set("c", "a", &in_a);
    cr_expect_not(is_corrupted(c, "a"));
    cr_assert_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    store_ckpt_close(c, soon());
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "a", "new"), STORE_OK);
    value_set("c", "a", &in_a);
    cr_expect(is_corrupted(c, "a"), "that of an earlier checkpoint of the name");
    store_ckpt_close(c, soon());
    store_ckpt_close(d, soon());
    fixture_store_end();
}

Test(seal, a_value_of_another_namespace_is_noticed)
{
    static struct value v;
    struct store_ckpt *c;
    char id[64];

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", "content"), STORE_OK);
    value_get("c", "s", &v);
    snprintf(id, sizeof(id), "%s", instance_of("c"));
    store_ckpt_close(c, soon());
    store_stop();
    /* the same names and the same instance, but for the prefix */
    redis_int(&server, "COPY clovis:{c:c} other:{c:c}");
    redis_int(&server, "COPY clovis:{c:c}:%s:meta other:{c:c}:%s:meta", id, id);
    redis_int(&server, "COPY clovis:{c:c}:%s:index other:{c:c}:%s:index", id, id);
    redis_int(&server, "COPY clovis:{c:c}:%s:data other:{c:c}:%s:data", id, id);
    setenv("CLOVIS_NAMESPACE", "other", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make_with("c", &roomy);
    cr_expect(is_corrupted(c, "s"));
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(seal, damage_can_be_covered_but_not_written_into)
{
    static struct value good, bad, now;
    struct store_ckpt *c;
    char text[64];

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", "content"), STORE_OK);
    value_get("c", "s", &good);
    bad = good;
    bad.at[bad.size - 1] ^= 1;
    value_set("c", "s", &bad);
    cr_expect_eq(write_at(c, "s", 2, "xx"), STORE_DAMAGED);
    cr_expect_eq(write_at(c, "s", 0, "short"), STORE_DAMAGED);
    value_get("c", "s", &now);
    cr_expect(now.size == bad.size && memcmp(now.at, bad.at, bad.size) == 0);
    cr_expect_eq(write_at(c, "s", 0, "all of it"), STORE_OK);
    cr_assert_eq(read_text(c, "s", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "all of it");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(seal, iteration_comes_through_sections_of_any_size)
{
    enum { SECTIONS = 12 };
    static const size_t sizes[] = {3, 900000, 0, 2000000, 40};
    static char content[2000000];
    const struct store_attrs huge = {2, 50, UINT32_MAX, 0, sizeof(content), 40};
    struct store_section_info info;
    struct store_iter *it;
    struct store_ckpt *c;
    size_t i, n = 0;
    char id[8];

    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &huge);
    for (i = 0; i < SECTIONS; i++) {
        snprintf(id, sizeof(id), "%02zu", i);
        cr_assert_eq(store_section_create(c, bytes(id), never,
                                          (struct clv_bytes){content, sizes[i % 5]}, NULL,
                                          soon()),
                     STORE_OK);
    }
    cr_assert_eq(store_iter_begin(c, STORE_ANY, never, soon(), &it), STORE_OK);
    for (i = 0; store_iter_next(it, &info, soon()) == STORE_OK; i++) {
        n = (size_t)atoi(info.id.base);
        cr_expect_eq(n, i);
        cr_expect_not(info.corrupted, "section %zu", n);
        cr_expect_eq(info.size, sizes[n % 5], "section %zu has %zu bytes", n,
                     (size_t)info.size);
    }
    cr_expect_eq(i, SECTIONS);
    store_iter_end(it);
    store_ckpt_close(c, soon());
    fixture_store_end();
}
