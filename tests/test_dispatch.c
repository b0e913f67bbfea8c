/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim/dispatch.h"

static struct clv_dispatch q;
static atomic_int ran, dropped;
static char story[128];

struct note {
    struct clv_job job;
    char mark;
    void (*then)(void);
};

static void note_run(struct clv_job *job)
{
    struct note *const n = (struct note *)job;
    const size_t end = strlen(story);

    if (end + 1 < sizeof(story))
        story[end] = n->mark;
    if (n->then)
        n->then();
    ran++;
    free(n);
}

static void note_drop(struct clv_job *job)
{
    dropped++;
    free(job);
}

static void post(char mark, uint64_t owner, void (*then)(void))
{
    struct note *n = calloc(1, sizeof(*n));

    cr_assert_not_null(n);
    n->job = (struct clv_job){.run = note_run, .drop = note_drop, .owner = owner};
    n->mark = mark;
    n->then = then;
    clv_dispatch_post(&q, &n->job);
}

static bool readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

static void setup(void)
{
    clv_dispatch_init(&q);
}

TestSuite(dispatch, .init = setup, .timeout = 30);

Test(dispatch, descriptor_is_the_same_each_time_and_readable_while_something_waits)
{
    int fd;

    post('a', 0, NULL);
    fd = clv_dispatch_fd(&q);
    cr_assert_geq(fd, 0);
    cr_expect_eq(clv_dispatch_fd(&q), fd);
    cr_expect(readable(fd), "queued before the descriptor was made");
    post('b', 0, NULL);
    cr_expect(clv_dispatch_one(&q));
    cr_expect(readable(fd), "one is left");
    cr_expect(clv_dispatch_one(&q));
    cr_expect_not(readable(fd));
    post('c', 0, NULL);
    cr_expect(readable(fd));
    clv_dispatch_all(&q);
    cr_expect_not(readable(fd));
    cr_expect_str_eq(story, "abc");
    clv_dispatch_close(&q);
}

Test(dispatch, an_empty_queue_has_nothing_to_run)
{
    cr_expect_not(clv_dispatch_one(&q));
    clv_dispatch_all(&q);
    cr_expect_eq(ran, 0);
}

static void post_more(void)
{
    post('x', 0, NULL);
}

Test(dispatch, all_runs_what_was_queued_at_entry)
{
    post('a', 0, post_more);
    post('b', 0, NULL);
    clv_dispatch_all(&q);
    cr_expect_str_eq(story, "ab");
    clv_dispatch_all(&q);
    cr_expect_str_eq(story, "abx");
}

static void dispatch_inside(void)
{
    clv_dispatch_one(&q);
}

Test(dispatch, a_callback_may_dispatch)
{
    post('a', 0, dispatch_inside);
    post('b', 0, NULL);
    post('c', 0, NULL);
    clv_dispatch_all(&q);
    cr_expect_str_eq(story, "abc");
}

static void close_inside(void)
{
    clv_dispatch_close(&q);
}

Test(dispatch, a_callback_may_close_and_the_rest_is_dropped)
{
    post('a', 0, close_inside);
    post('b', 0, NULL);
    clv_dispatch_all(&q);
    cr_expect_str_eq(story, "a");
    cr_expect_eq(dropped, 1);
    post('c', 0, NULL);
    cr_expect_eq(dropped, 2, "posted after the close");
    cr_expect_eq(clv_dispatch_fd(&q), -1);
}

Test(dispatch, blocking_ends_when_a_callback_closes)
{
    post('a', 0, NULL);
    post('b', 0, close_inside);
    clv_dispatch_blocking(&q);
    cr_expect_str_eq(story, "ab");
}

static void *block(void *unused)
{
    clv_dispatch_blocking(&q);
    return unused;
}

static bool wait_ran(int n)
{
    int i;

    for (i = 0; i < 5000 && ran < n; i++)
        poll(NULL, 0, 2);
    return ran >= n;
}

Test(dispatch, blocking_runs_what_comes_and_ends_with_close)
{
    pthread_t t[3];
    int i;

    for (i = 0; i < 3; i++)
        cr_assert_eq(pthread_create(&t[i], NULL, block, NULL), 0);
    for (i = 0; i < 50; i++)
        post('.', 0, NULL);
    cr_expect(wait_ran(50), "%d ran", ran);
    clv_dispatch_close(&q);
    for (i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    clv_dispatch_fini(&q);
}

Test(dispatch, cancel_drops_one_owner_and_keeps_the_order_of_the_rest)
{
    const int fd = clv_dispatch_fd(&q);
    const char *c;

    for (c = "aBcDeF"; *c; c++)
        post(*c, *c >= 'a' ? 1 : 2, NULL);
    clv_dispatch_cancel(&q, 2);
    cr_expect_eq(dropped, 3);
    post('g', 2, NULL);
    clv_dispatch_all(&q);
    cr_expect_str_eq(story, "aceg");
    post('h', 1, NULL);
    clv_dispatch_cancel(&q, 1);
    cr_expect_not(readable(fd), "nothing is left");
    post('i', 1, NULL);
    cr_expect(readable(fd));
    clv_dispatch_all(&q);
    cr_expect_str_eq(story, "acegi");
}

Test(dispatch, beyond_65536_the_oldest_goes)
{
    int i;

    for (i = 0; i < CLV_DISPATCH_MAX + 3; i++)
        post(i < 3 ? '!' : '.', 0, NULL);
    cr_expect_eq(dropped, 3);
    cr_expect_eq(q.dropped, 3);
    cr_expect_eq(q.n, CLV_DISPATCH_MAX);
    clv_dispatch_all(&q);
    cr_expect_eq(ran, CLV_DISPATCH_MAX);
    cr_expect_null(strchr(story, '!'));
}
