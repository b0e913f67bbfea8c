/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc/store-format.md says what lies in Redis: its examples are run here. A block that
 * begins with ```example holds commands, "> COMMAND", and what they print.
 */
#include <criterion/criterion.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_store.h"

TestSuite(format, .timeout = 60);

enum { LINE_MAX_SIZE = 512, WORDS = 16 };

static char instance[32], process[32];

/* ---- the page ------------------------------------------------------------ */

static FILE *page_open(void)
{
    const char *top = getenv("top_srcdir");
    char path[512];
    FILE *f;

    snprintf(path, sizeof(path), "%s/doc/store-format.md", top && *top ? top : ".");
    f = fopen(path, "r");
    cr_assert(f, "%s", path);
    return f;
}

/* Copy in to out, with the ids of this run for INST and PROC. */
static void fill_in(char *out, const char *in)
{
    while (*in) {
        const bool inst = strncmp(in, "INST", 4) == 0, proc = strncmp(in, "PROC", 4) == 0;

        if (inst || proc) {
            strcpy(out, inst ? instance : process);
            out += strlen(out);
            in += 4;
        } else {
            *out++ = *in++;
        }
    }
    *out = '\0';
}

/* The next line of the block, without its end; false when the block is over. */
static bool block_line(FILE *f, char *out)
{
    char line[LINE_MAX_SIZE];

    if (!fgets(line, sizeof(line), f) || strncmp(line, "```", 3) == 0)
        return false;
    line[strcspn(line, "\n")] = '\0';
    fill_in(out, line);
    return true;
}

/* ---- commands ------------------------------------------------------------ */

/* In place: \xNN to bytes; returns the length. */
static size_t unescape(char *text)
{
    char *in = text, *out = text;

    for (; *in; in++, out++) {
        *out = *in;
        if (in[0] == '\\' && in[1] == 'x') {
            *out = (char)strtol((char[]){in[2], in[3], '\0'}, NULL, 16);
            in += 3;
        }
    }
    return (size_t)(out - text);
}

static redisReply *command(redisContext *raw, char *line)
{
    const char *argv[WORDS];
    size_t len[WORDS];
    char *save, *w;
    int n = 0;

    for (w = strtok_r(line, " ", &save); w && n < WORDS; w = strtok_r(NULL, " ", &save)) {
        argv[n] = w;
        len[n++] = unescape(w);
    }
    return redisCommandArgv(raw, n, argv, len);
}

/* ---- what they print ------------------------------------------------------ */

/* How redis-cli --no-raw would not: bytes as they are, the rest as \xNN. */
static void put_bytes(FILE *f, const char *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (isprint((unsigned char)b[i]))
            fputc(b[i], f);
        else
            fprintf(f, "\\x%02x", (unsigned char)b[i]);
}

/* One line, nested arrays are flattened. */
static void put_line(FILE *f, const redisReply *r)
{
    size_t i;

    if (r->type == REDIS_REPLY_INTEGER)
        fprintf(f, "%lld", r->integer);
    for (i = 0; r->type == REDIS_REPLY_ARRAY && i < r->elements; i++) {
        if (i)
            fputc(' ', f);
        put_line(f, r->element[i]);
    }
    if (r->str)
        put_bytes(f, r->str, r->len);
}

static int by_text(const void *a, const void *b)
{
    const redisReply *const *x = a, *const *y = b;

    return strcmp((*x)->str ? (*x)->str : "", (*y)->str ? (*y)->str : "");
}

/* New: the answer, a line per element, or per two for a map. */
static char *print(redisReply *r, bool map, bool sort)
{
    char *text = NULL;
    size_t size, i;
    FILE *f = open_memstream(&text, &size);

    if (r->type == REDIS_REPLY_ARRAY && sort)
        qsort(r->element, r->elements, sizeof(*r->element), by_text);
    if (r->type != REDIS_REPLY_ARRAY) {
        put_line(f, r);
        fputc('\n', f);
    }
    for (i = 0; r->type == REDIS_REPLY_ARRAY && i < r->elements; i++) {
        put_line(f, r->element[i]);
        fputc(map && i % 2 == 0 ? ' ' : '\n', f);
    }
    fclose(f);
    return text;
}

/* One printed byte, or the whole of "\xNN"; NULL at the end. */
static const char *byte_skip(const char *at)
{
    if (!*at || *at == '\n')
        return NULL;
    return at[0] == '\\' && at[1] == 'x' ? at + 4 : at + 1;
}

/* Does the line at *got match? Moves *got behind it. */
static bool matches(const char *want, const char **got)
{
    const char *at = *got;
    long n;

    while (*want && at) {
        if (*want != '<') {
            at = *at == *want++ ? at + 1 : NULL;
            continue;
        }
        n = strcspn(want, ":") < strcspn(want, ">")
                ? strtol(strchr(want, ':') + 1, NULL, 10)
                : (long)strcspn(at, "\n");
        want = strchr(want, '>') + 1;
        for (; at && n > 0; n--)
            at = byte_skip(at);
    }
    if (!at || *at != '\n')
        return false;
    *got = at + 1;
    return true;
}

/* ---- the examples --------------------------------------------------------- */

/* Run the block that begins with the given line; returns the commands in it. */
static int block_run(const char *head)
{
    char line[LINE_MAX_SIZE * 2], shown[LINE_MAX_SIZE * 2] = "";
    redisContext *raw = redis_raw(&server);
    char *text = NULL;
    const char *at = "";
    FILE *f = page_open();
    int n = 0;

    while (fgets(line, LINE_MAX_SIZE, f) && strcmp(line, head)) {
    }
    while (block_line(f, line)) {
        if (strncmp(line, "> ", 2)) {
            cr_expect(matches(line, &at), "%s: expected \"%s\", got \"%s\"", shown, line,
                      at);
            continue;
        }
        cr_expect_str_empty(at, "%s: not in the page: %s", shown, at);
        free(text);
        strcpy(shown, line + 2);
        redisReply *r = command(raw, line + 2);
        cr_assert(r && r->type != REDIS_REPLY_ERROR, "%s: %s", shown, r ? r->str : "");
        at = text = print(r, strstr(shown, "HGETALL") || strstr(shown, "WITHSCORES"),
                          strncmp(shown, "KEYS", 4) == 0);
        freeReplyObject(r);
        n++;
    }
    cr_expect_str_empty(at, "%s: not in the page: %s", shown, at);
    free(text);
    fclose(f);
    redisFree(raw);
    return n;
}

/* The first sign of life comes a moment after the start. */
static bool process_is_known(void *arg)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "KEYS clovis:proc:*");
    const bool known = r && r->type == REDIS_REPLY_ARRAY && r->elements == 1;

    (void)arg;
    if (known)
        snprintf(process, sizeof(process), "%s", strrchr(r->element[0]->str, ':') + 1);
    freeReplyObject(r);
    redisFree(raw);
    return known;
}

Test(format, the_examples_of_the_page_are_true)
{
    const struct store_open_how how = {.create = &plain, .notify = true};
    char id[STORE_GENERATED_ID_MAX];
    struct store_ckpt *c;

    setenv("ASP_NODENAME", "n1", 1);
    fixture_store_start(NULL);
    cr_assert_eq(store_ckpt_open(bytes("a b"), &how, soon(), &c), STORE_OK);
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    cr_assert_eq(create(c, "t", "x"), STORE_OK);
    cr_assert_eq(generate(c, id), STORE_OK);
    cr_assert_eq(store_section_write(c, bytes("s"), bytes("three"), soon()), STORE_OK);
    cr_assert_eq(store_section_delete(c, bytes("t"), soon()), STORE_OK);
    cr_assert(wait_for(process_is_known, NULL, 10000));
    snprintf(instance, sizeof(instance), "%s", instance_of("a%20b"));
    cr_expect_geq(block_run("```example\n"), 10);
    store_ckpt_close(c, soon());
    cr_expect_geq(block_run("```example after close\n"), 3);
    fixture_store_end();
}

Test(format, the_example_of_a_large_section_is_true)
{
    const struct store_write new = {bytes("t"), bytes("new"), 10};
    char block[2000];
    struct store_ckpt *c;
    uint32_t bad;

    fixture_store_start(NULL);
    c = ckpt_make("c");
    memset(block, 'x', sizeof(block));
    cr_assert_eq(store_section_create(c, bytes("t"), never,
                                      (struct clv_bytes){block, sizeof(block)}, NULL,
                                      soon()),
                 STORE_OK);
    cr_assert_eq(store_write(c, &new, 1, &bad, soon()), STORE_OK);
    cr_assert(wait_for(process_is_known, NULL, 10000));
    snprintf(instance, sizeof(instance), "%s", instance_of("c"));
    cr_expect_geq(block_run("```example of a large section\n"), 5);
    store_ckpt_close(c, soon());
    fixture_store_end();
}
