/* SPDX-License-Identifier: Apache-2.0 */
/* Key files, and processes with other keys or none. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend-redis/rds_keyring.h"
#include "base/clock.h"
#include "fixture_seal.h"

TestSuite(seal_keys, .timeout = 110);

#define HEX_1 "0101010101010101010101010101010101010101010101010101010101010101"

static const struct store_attrs roomy = {2, 50, 1000000, 3600 * CLV_NS_PER_S, 100000, 40};

/* ---- files --------------------------------------------------------------- */

Test(seal_keys, a_key_file_is_taken_or_the_line_is_named)
{
    /* clang-format off */
    static const struct {
        const char *text, *want; /* want: end of the complaint; NULL: n keys */
        size_t n;
    } rows[] = {
        { "1 " HEX_1 "\n",                           NULL, 1 },
        { "1 " HEX_1,                                NULL, 1 },
        { "# a\n\n  \t\n1 " HEX_1 "\n#b",            NULL, 1 },
        { " 4294967295 \t " HEX_1 " \r\n",           NULL, 1 },
        { KEY_2 KEY_1,                               NULL, 2 },
        { "1 ABCDEFabcdef0123456789" "ABCDEFabcdef0123456789" "01234567890123456789\n", NULL, 1 },
        { "",                                        ": there is no key in it", 0 },
        { "# 1 " HEX_1 "\n",                         ": there is no key in it", 0 },
        { HEX_1 "\n",                                ":1: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "\n0 " HEX_1 "\n",                         ":2: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "4294967296 " HEX_1 "\n",                  ":1: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "99999999999999999999 " HEX_1 "\n",        ":1: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "-1 " HEX_1 "\n",                          ":1: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "1\n",                                     ":1: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "1:" HEX_1 "\n",                           ":1: expected the key's number, from 1 to 4294967295, and then the key", 0 },
        { "1 " HEX_1 "0\n",                          ":1: expected a key of 64 hex digits", 0 },
        { "1 0\n",                                   ":1: expected a key of 64 hex digits", 0 },
        { KEY_1 "2 g1010101010101010101010101010101010101010101010101010101010101010\n", ":2: expected a key of 64 hex digits", 0 },
        { KEY_1 "2 " HEX_1 " x\n",                   ":2: expected a key of 64 hex digits", 0 },
        { KEY_1 KEY_2 "1 " HEX_1 "\n",               ":3: a key of that number stands on an earlier line", 0 },
    };
    /* clang-format on */
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *path = keys_file(rows[i].text);
        char why[256] = "", want[256];
        struct rds_keyring ring;
        const enum store_status st = rds_keyring_read(&ring, path, why, sizeof(why));

        snprintf(want, sizeof(want), "CLOVIS_KEY_FILE: %s%s", path,
                 rows[i].want ? rows[i].want : "");
        cr_expect_eq(st, rows[i].want ? STORE_CONFIG : STORE_OK, "row %zu: %s", i, why);
        cr_expect_str_eq(why, rows[i].want ? want : "", "row %zu", i);
        cr_expect_eq(ring.n, rows[i].n, "row %zu: %zu keys", i, ring.n);
        rds_keyring_wipe(&ring);
    }
}

Test(seal_keys, a_file_has_room_for_64_keys)
{
    static char text[66 * 80];
    struct rds_keyring ring;
    char why[256];
    size_t at = 0;
    int i;

    for (i = 1; i <= 65; i++) {
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%d %s\n", i, HEX_1);
        if (i == 64) {
            cr_expect_eq(rds_keyring_read(&ring, keys_file(text), why, sizeof(why)),
                         STORE_OK);
            cr_expect_eq(ring.n, 64);
            rds_keyring_wipe(&ring);
        }
    }
    cr_expect_eq(rds_keyring_read(&ring, keys_file(text), why, sizeof(why)),
                 STORE_CONFIG);
    cr_expect(strstr(why, ":65: expected at most 64 keys"), "%s", why);
}

static void refused(const char *path, const char *want)
{
    struct rds_keyring ring;
    char why[512] = "";

    cr_expect_eq(rds_keyring_read(&ring, path, why, sizeof(why)), STORE_CONFIG);
    cr_expect(strstr(why, path) && strstr(why, want), "\"%s\", expected \"%s\"", why,
              want);
}

Test(seal_keys, a_file_that_others_may_use_is_refused)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0610, 0601, 0644, 0666};
    const char *path = keys_file(KEY_1);
    struct rds_keyring ring;
    static char large[70000];
    char why[256];
    size_t i;

    for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        cr_assert_eq(chmod(path, modes[i]), 0);
        refused(path, "others than its owner may use it, expected mode 0600 or 0400");
    }
    cr_assert_eq(chmod(path, 0400), 0);
    cr_expect_eq(rds_keyring_read(&ring, path, why, sizeof(why)), STORE_OK);
    rds_keyring_wipe(&ring);
    refused("/nowhere/at/all", "No such file or directory");
    refused("/", "expected a file");
    refused("/dev/null", "expected a file");
    memset(large, '#', sizeof(large) - 1);
    refused(keys_file(large), "expected less than 64 KiB");
    if (geteuid() == 0) {
        path = keys_file(KEY_1);
        cr_assert_eq(chown(path, 0, 0), 0);
        cr_assert_eq(seteuid(65534), 0);
        refused(path, "Permission denied");
        cr_assert_eq(seteuid(0), 0);
        cr_assert_eq(chown(path, 65534, 0), 0);
        refused(path, "it belongs to somebody else, expected this user or root");
    }
}

Test(seal_keys, a_start_fails_with_a_line_that_names_the_setting)
{
    /* clang-format off */
    static const struct {
        const char *keys, *required, *want;
    } rows[] = {
        { "1 xyz\n", NULL, ":1: expected a key of 64 hex digits" },
        { NULL,      "1",  "CLOVIS_KEY_REQUIRED=1: expected CLOVIS_KEY_FILE, too" },
        { KEY_1,     "2",  "CLOVIS_KEY_REQUIRED" },
    };
    /* clang-format on */
    char log[400], text[2000];
    size_t i, n;
    FILE *f;

    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    snprintf(log, sizeof(log), "error:%s/log", server.dir);
    setenv("CLOVIS_LOG", log, 1);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        keys_set(rows[i].keys);
        setenv("CLOVIS_KEY_REQUIRED", rows[i].required ? rows[i].required : "", 1);
        cr_expect_eq(store_start(soon()), STORE_CONFIG, "row %zu", i);
        f = fopen(strchr(log, '/'), "r");
        cr_assert(f);
        n = fread(text, 1, sizeof(text) - 1, f);
        fclose(f);
        text[n] = '\0';
        cr_expect(strstr(text, rows[i].want), "row %zu: %s", i, text);
        cr_expect_not(strstr(text, "xyz"), "row %zu: %s", i, text);
    }
    redis_end(&server);
}

/* ---- other keys ---------------------------------------------------------- */

/* The client again, with other keys, on the same data. */
static struct store_ckpt *again(struct store_ckpt *c, const char *keys)
{
    store_ckpt_close(c, soon());
    store_stop();
    keys_set(keys);
    cr_assert_eq(store_start(soon()), STORE_OK);
    return ckpt_make_with("c", &roomy);
}

static void reads(struct store_ckpt *c, const char *id, const char *want)
{
    char text[200];

    cr_expect_not(is_corrupted(c, id), "%s", id);
    cr_expect_eq(read_text(c, id, text, sizeof(text)), STORE_OK, "%s", id);
    cr_expect_str_eq(text, want);
}

static int key_of(const char *id)
{
    static struct value v;

    value_get("c", id, &v);
    return memcmp(v.at, "CS1", 3) == 0 ? v.at[24 + 4] : 0;
}

Test(seal_keys, keys_are_changed_by_a_second_line)
{
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "old", "sealed by 1"), STORE_OK);
    cr_assert_eq(create(c, "part", "sealed by 1"), STORE_OK);
    c = again(c,
              KEY_1 KEY_2); /* everybody learns the new key, and goes on with the old */
    cr_assert_eq(create(c, "old2", "sealed by 1"), STORE_OK);
    cr_expect_eq(key_of("old2"), 1);
    c = again(c, KEY_2 KEY_1);
    reads(c, "old", "sealed by 1");
    reads(c, "old2", "sealed by 1");
    cr_expect_eq(key_of("old"), 1);
    cr_assert_eq(create(c, "new", "sealed by 2"), STORE_OK);
    cr_assert_eq(write_at(c, "part", 10, "2"), STORE_OK);
    cr_expect_eq(key_of("new"), 2);
    cr_expect_eq(key_of("part"), 2);
    c = again(c, KEY_2);
    reads(c, "new", "sealed by 2");
    reads(c, "part", "sealed by 2");
    cr_expect(is_corrupted(c, "old"), "a key that is gone");
    c = again(c, "1 0202020202020202020202020202020202020202020202020202020202020202\n");
    cr_expect(is_corrupted(c, "old"), "another key of that number");
    c = again(c, KEY_1);
    reads(c, "old", "sealed by 1");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

static uint64_t used(struct store_ckpt *c)
{
    struct store_ckpt_status status;

    cr_assert_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
    return status.bytes_used;
}

Test(seal_keys, what_was_not_sealed_is_read_and_sealed_with_the_next_write)
{
    static char large[5001];
    struct store_ckpt *c;
    char text[6000];

    fixture_seal_start(NULL);
    memset(large, 'x', sizeof(large) - 1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "whole", "plain"), STORE_OK);
    cr_assert_eq(create(c, "part", "plain"), STORE_OK);
    cr_assert_eq(create(c, "own", large), STORE_OK);
    cr_assert_eq(create(c, "stays", "plain"), STORE_OK);
    cr_assert_eq(write_at(c, "own", 10, "y"), STORE_OK); /* gives it a key of its own */
    cr_expect_eq(redis_int(&server, "HLEN clovis:{c:c}:%s:large", instance_of("c")), 1);
    c = again(c, KEY_1);
    cr_expect_eq(used(c), 5015);
    reads(c, "whole", "plain");
    cr_assert_eq(store_section_write(c, bytes("whole"), bytes("sealed"), soon()),
                 STORE_OK);
    cr_assert_eq(write_at(c, "part", 4, "ted"), STORE_OK);
    cr_assert_eq(write_at(c, "own", 11, "z"), STORE_OK);
    reads(c, "whole", "sealed");
    reads(c, "part", "plaited");
    cr_expect_eq(key_of("whole"), 1);
    cr_expect_eq(key_of("own"), 1);
    cr_expect_eq(key_of("stays"), 0);
    cr_expect_eq(redis_int(&server, "HLEN clovis:{c:c}:%s:large", instance_of("c")), 0);
    large[10] = 'y';
    large[11] = 'z';
    cr_assert_eq(read_text(c, "own", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, large);
    cr_expect_eq(used(c), 5018);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(seal_keys, without_keys_a_sealed_section_is_damaged_and_stays_as_it_is)
{
    static struct value before, after;
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", "content"), STORE_OK);
    cr_assert_eq(create(c, "t", "content"), STORE_OK);
    value_get("c", "s", &before);
    c = again(c, NULL);
    cr_expect(is_corrupted(c, "s"));
    cr_expect_eq(write_at(c, "s", 3, "xx"), STORE_DAMAGED);
    cr_expect_eq(write_at(c, "s", 0, "short"), STORE_DAMAGED);
    cr_expect_eq(used(c), 14, "sizes are known all the same");
    value_get("c", "s", &after);
    cr_expect(after.size == before.size && memcmp(after.at, before.at, after.size) == 0);
    cr_expect_eq(write_at(c, "s", 0, "covered"), STORE_OK);
    cr_expect_eq(store_section_write(c, bytes("t"), bytes("replaced"), soon()), STORE_OK);
    reads(c, "s", "covered");
    c = again(c, KEY_1);
    reads(c, "s", "covered");
    reads(c, "t", "replaced");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(seal_keys, what_is_not_sealed_is_damaged_where_a_key_is_required)
{
    static char large[5001];
    struct store_ckpt *c;
    char text[64];

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(NULL);
    memset(large, 'x', sizeof(large) - 1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", "forged"), STORE_OK);
    cr_assert_eq(create(c, "own", large), STORE_OK);
    cr_assert_eq(write_at(c, "own", 10, "y"), STORE_OK);
    setenv("CLOVIS_KEY_REQUIRED", "1", 1);
    c = again(c, KEY_1);
    cr_expect(is_corrupted(c, "s"));
    cr_expect(is_corrupted(c, "own"), "one with a key of its own in the store");
    cr_expect_eq(write_at(c, "s", 3, "x"), STORE_DAMAGED);
    cr_expect_eq(write_at(c, "own", 3, "x"), STORE_DAMAGED);
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("ours"), soon()), STORE_OK);
    cr_assert_eq(read_text(c, "s", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "ours");
    store_ckpt_close(c, soon());
    fixture_store_end();
}
