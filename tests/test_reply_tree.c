/* SPDX-License-Identifier: Apache-2.0 */
/* Replies in one piece of memory are what hiredis' own are, and all of it is given back.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_tree.h"

TestSuite(reply_tree, .timeout = 60);

static bool same(const redisReply *a, const redisReply *b)
{
    size_t i;

    if (a->type != b->type || a->integer != b->integer || a->elements != b->elements)
        return false;
    if (!a->str != !b->str ||
        (a->str && (a->len != b->len || memcmp(a->str, b->str, a->len + 1) != 0)))
        return false;
    for (i = 0; i < a->elements; i++)
        if (!same(a->element[i], b->element[i]))
            return false;
    return true;
}

/* Both readers get text in pieces of step bytes. */
static void compare(const char *text, size_t size, size_t step)
{
    redisReader *ours = rds_tree_reader(), *theirs = redisReaderCreate();
    void *a = NULL, *b = NULL;
    size_t at;

    for (at = 0; at < size; at += step) {
        const size_t n = size - at < step ? size - at : step;

        cr_assert_null(a, "complete before its end: %.60s", text);
        redisReaderFeed(ours, text + at, n);
        redisReaderFeed(theirs, text + at, n);
        cr_assert_eq(redisReaderGetReply(ours, &a), REDIS_OK);
        cr_assert_eq(redisReaderGetReply(theirs, &b), REDIS_OK);
        cr_assert_eq(!a, !b, "%.60s", text);
    }
    cr_assert_not_null(a, "%.60s", text);
    cr_expect(same(a, b), "%.60s", text);
    rds_reply_free(a);
    freeReplyObject(b);
    redisReaderFree(ours);
    redisReaderFree(theirs);
}

Test(reply_tree, is_what_hiredis_makes)
{
    static const char *const texts[] = {
        "+OK\r\n",
        "-ERR no such thing\r\n",
        ":-12\r\n",
        "$5\r\nhello\r\n",
        "$0\r\n\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*2\r\n$3\r\ninf\r\n:0\r\n",
        "*3\r\n$-1\r\n*2\r\n+a\r\n*-1\r\n:7\r\n",
        "*1\r\n*1\r\n*1\r\n*2\r\n$1\r\nx\r\n-ERR inside\r\n",
    };
    size_t i, step;

    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        for (step = 1; step <= strlen(texts[i]); step++)
            compare(texts[i], strlen(texts[i]), step);
}

/* Texts and lists of every size around the room that a reply has, and far beyond. */
Test(reply_tree, of_any_size)
{
    static const size_t sizes[] = {300,  380,  383,   384,   385,   1000,
                                   1024, 5000, 65535, 65536, 65537, 300000};
    static char text[2000000];
    size_t i, k, n;

    for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        n = (size_t)sprintf(text, "$%zu\r\n", sizes[i]);
        memset(text + n, 'x', sizes[i]);
        memcpy(text + n + sizes[i], "\r\n", 2);
        compare(text, n + sizes[i] + 2, n + sizes[i] + 2);
        n = (size_t)sprintf(text, "*%zu\r\n", sizes[i]);
        for (k = 0; k < sizes[i]; k++)
            n += (size_t)sprintf(text + n, k % 3 ? ":%zu\r\n" : "*1\r\n:%zu\r\n", k % 10);
        compare(text, n, n);
    }
}

/* A connection that breaks in the middle, or sends what is no reply. */
Test(reply_tree, that_is_not_completed_is_given_back)
{
    static const char *const texts[] = {"*3\r\n$3\r\nabc\r\n*2\r\n:1\r\n",
                                        "*2147483000\r\n:1\r\n", "*2\r\n:1\r\n?\r\n"};
    redisReader *reader;
    void *reply;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        reader = rds_tree_reader();
        reply = NULL;
        redisReaderFeed(reader, texts[i], strlen(texts[i]));
        redisReaderGetReply(reader, &reply);
        cr_expect_null(reply);
        redisReaderFree(reader);
    }
    rds_reply_free(NULL);
}
