/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "shim/handle.h"

static atomic_int destroyed;

static void count_destroy(void *obj)
{
    (void)obj;
    destroyed++;
}

static int thing;

static uint64_t add(enum clv_kind kind)
{
    const uint64_t h = clv_handle_add(kind, &thing, count_destroy);

    cr_assert_neq(h, 0);
    return h;
}

Test(handle, fits_in_a_positive_int_and_is_never_zero)
{
    int i;

    for (i = 0; i < 1000; i++) {
        const uint64_t h = add(CLV_CKPT);

        cr_assert(h > 0 && h <= INT32_MAX, "handle %llx", (unsigned long long)h);
        cr_assert_eq((uint64_t)(int)h, h);
    }
}

Test(handle, get_finds_the_object_under_the_right_kind_only)
{
    const uint64_t h = add(CLV_CKPT);

    cr_expect_eq(clv_handle_get(h, CLV_CKPT), &thing);
    clv_handle_put(h);
    cr_expect_null(clv_handle_get(h, CLV_CKPT_SERVICE));
    cr_expect_not(clv_handle_close(h, CLV_CKPT_ITER));
    cr_expect(clv_handle_close(h, CLV_CKPT));
    cr_expect_eq(destroyed, 1);
}

Test(handle, numbers_that_were_never_given_out_are_refused)
{
    static const uint64_t bad[] = {0,          1,          2,        UINT64_MAX,
                                   INT32_MAX,  UINT32_MAX, 1u << 17, UINT64_C(1) << 32,
                                   0x80020000, 0x40000};
    size_t i;

    add(CLV_CKPT);
    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        if (bad[i] == 1u << 17)
            continue; /* the first one of all */
        cr_expect_null(clv_handle_get(bad[i], CLV_CKPT), "row %zu", i);
        cr_expect_not(clv_handle_close(bad[i], CLV_CKPT), "row %zu", i);
        clv_handle_put(bad[i]);
    }
}

Test(handle, double_close_and_use_after_close_are_refused)
{
    const uint64_t h = add(CLV_CKPT);

    cr_expect(clv_handle_close(h, CLV_CKPT));
    cr_expect_not(clv_handle_close(h, CLV_CKPT));
    cr_expect_null(clv_handle_get(h, CLV_CKPT));
}

Test(handle, stale_handle_is_rejected_after_slot_reuse)
{
    const uint64_t old = add(CLV_CKPT);
    uint64_t h;
    int i;

    clv_handle_close(old, CLV_CKPT);
    for (i = 0; i < 200; i++) { /* every slot of the first table has been round */
        h = add(CLV_CKPT);
        cr_assert_neq(h, old);
        clv_handle_close(h, CLV_CKPT);
    }
    cr_expect_null(clv_handle_get(old, CLV_CKPT));
}

Test(handle, a_number_comes_back_only_after_all_generations)
{
    const uint64_t first = add(CLV_CKPT);
    long rounds = 1;

    clv_handle_close(first, CLV_CKPT);
    for (;; rounds++) {
        const uint64_t h = add(CLV_CKPT);

        clv_handle_close(h, CLV_CKPT);
        if (h == first)
            break;
    }
    cr_expect_eq(rounds, 64L * 0x3fff, "%ld", rounds);
}

Test(handle, object_outlives_the_close_while_it_is_pinned)
{
    const uint64_t h = add(CLV_CKPT);

    cr_assert_not_null(clv_handle_get(h, CLV_CKPT));
    clv_handle_pin(h);
    cr_expect(clv_handle_close(h, CLV_CKPT));
    cr_expect_null(clv_handle_get(h, CLV_CKPT));
    clv_handle_put(h);
    cr_expect_eq(destroyed, 0);
    clv_handle_put(h);
    cr_expect_eq(destroyed, 1);
    clv_handle_put(h);
    cr_expect_eq(destroyed, 1);
}

Test(handle, holds_500_services_and_30000_checkpoints_with_iterators)
{
    enum { N = 500 + 30000 + 30000 };
    uint64_t *h = malloc(N * sizeof(*h));
    int i;

    cr_assert_not_null(h);
    for (i = 0; i < N; i++)
        h[i] = add(CLV_CKPT);
    for (i = 0; i < N; i++)
        cr_assert(clv_handle_close(h[i], CLV_CKPT));
    cr_expect_eq(destroyed, N);
    free(h);
}

Test(handle, a_full_table_is_an_error_and_recovers)
{
    enum { N = 1 << 17 };
    uint64_t h;
    int i;

    for (i = 0; i < N; i++)
        add(CLV_CKPT);
    cr_expect_eq(clv_handle_add(CLV_CKPT, &thing, count_destroy), 0);
    cr_expect_eq(destroyed, 0);
    cr_assert(clv_handle_close(UINT64_C(1) << 17 | 5, CLV_CKPT));
    h = add(CLV_CKPT);
    cr_expect_eq(h, UINT64_C(2) << 17 | 5);
}

Test(handle, forget_all_makes_every_handle_stale_and_destroys_nothing)
{
    const uint64_t a = add(CLV_CKPT), b = add(CLV_CKPT_SERVICE);

    cr_assert_not_null(clv_handle_get(a, CLV_CKPT));
    clv_handle_lock();
    clv_handle_forget_all();
    clv_handle_unlock();
    cr_expect_null(clv_handle_get(a, CLV_CKPT));
    cr_expect_null(clv_handle_get(b, CLV_CKPT_SERVICE));
    clv_handle_put(a);
    cr_expect_eq(destroyed, 0);
    cr_expect_neq(add(CLV_CKPT), a);
}

static void *churn(void *unused)
{
    int i;

    for (i = 0; i < 5000; i++) {
        const uint64_t h = clv_handle_add(CLV_CKPT, &thing, count_destroy);

        if (clv_handle_get(h, CLV_CKPT) != &thing)
            return &thing;
        clv_handle_close(h, CLV_CKPT);
        clv_handle_put(h);
    }
    return unused;
}

Test(handle, threads_do_not_disturb_each_other, .timeout = 60)
{
    pthread_t t[8];
    void *bad;
    int i;

    for (i = 0; i < 8; i++)
        cr_assert_eq(pthread_create(&t[i], NULL, churn, NULL), 0);
    for (i = 0; i < 8; i++) {
        pthread_join(t[i], &bad);
        cr_expect_null(bad);
    }
    cr_expect_eq(destroyed, 8 * 5000);
}
