/* SPDX-License-Identifier: Apache-2.0 */
/* The judge of tests/it_amfd_fence.c finds each kind of violation. */
#include <criterion/criterion.h>

#include "exclusion.h"

#define A_ACTS                                                                           \
    "10 start 1\n11 ha 1\n12 active\n13 look\n14 found 0 0\n15 invoke 1 1\n16 ok 1\n"    \
    "17 look\n18 found 1 1\n19 invoke 2 1\n20 ok 2\n"
#define B_WAITS "10 start 2\n11 ha 2\n"

struct row {
    const char *name, *a, *b;
    const char *wrong; /* the violation begins with it; NULL: none */
    size_t handovers;
};

/* clang-format off */
static const struct row rows[] = {
    { "one acts", A_ACTS, B_WAITS, NULL, 0 },
    { "lines of the library and of a start that failed are passed over",
      "2026-01-01T00:00:00 clovis: hello\n" A_ACTS "cannot start\n21 blind 6\n22 invo", B_WAITS, NULL, 0 },
    { "one hand-over", A_ACTS "30 ha 2\n",
      B_WAITS "21 ha 1\n22 active\n23 look\n24 found 2 1\n25 invoke 3 1\n26 ok 3\n", NULL, 1 },
    { "there and back, in a new tenure", A_ACTS "30 ha 2\n40 ha 1\n41 active\n42 invoke 4 1\n43 ok 4\n",
      B_WAITS "21 ha 1\n22 active\n25 invoke 3 1\n26 ok 3\n", NULL, 2 },
    { "the old one goes on and is refused",
      A_ACTS "27 look\n28 found 3 2\n29 invoke 4 1\n30 fail 4 20\n",
      B_WAITS "22 active\n25 invoke 3 1\n26 ok 3\n27 invoke 4 1\n40 ok 4\n", NULL, 1 },
    { "the last write of one that was killed counted",
      A_ACTS "21 invoke 3 1\n", B_WAITS "22 active\n23 look\n24 found 3 1\n25 invoke 4 1\n26 ok 4\n", NULL, 1 },
    { "it did not count", A_ACTS "21 invoke 3 1\n90 start 9\n",
      B_WAITS "22 active\n23 look\n24 found 2 1\n25 invoke 3 1\n26 ok 3\n", NULL, 1 },
    { "one without an answer counted", A_ACTS "21 invoke 3 1\n22 unknown 3 5\n",
      B_WAITS "22 active\n25 invoke 4 1\n26 ok 4\n", NULL, 1 },
    { "an answer and a write that cross", A_ACTS "21 invoke 3 1\n26 ok 3\n",
      B_WAITS "22 active\n25 invoke 4 1\n27 ok 4\n", NULL, 1 },

    { "both act in turn", A_ACTS "27 invoke 4 1\n28 ok 4\n", B_WAITS "22 active\n25 invoke 3 1\n26 ok 3\n",
      "process 1 wrote 4 after 2 had taken over with 3", 0 },
    { "the same number twice", A_ACTS, B_WAITS "18 active\n19 invoke 2 1\n20 ok 2\n",
      "2 was acknowledged to 1 and to 2", 0 },
    { "a lower number is acknowledged to a late one", "1 start 1\n2 active\n3 invoke 1 1\n4 ok 1\n30 invoke 2 1\n31 ok 2\n",
      B_WAITS "12 active\n13 invoke 3 1\n14 ok 3\n", "3 was acknowledged before a lower number was begun", 0 },
    { "blocks of the counter that overlap in time", "1 start 1\n2 active\n3 invoke 1 1\n4 ok 1\n30 invoke 2 1\n31 ok 2\n",
      "1 start 2\n2 active\n13 invoke 3 1\n14 ok 3\n32 invoke 4 1\n33 ok 4\n",
      "3 was acknowledged before a lower number was begun", 0 },
    { "a number that nobody wrote", A_ACTS "21 invoke 4 1\n22 ok 4\n", B_WAITS, "4 follows 2, but nobody may have written 3", 0 },
    { "a number whose write failed", A_ACTS "21 invoke 3 1\n22 fail 3 20\n23 invoke 4 1\n24 ok 4\n", B_WAITS,
      "4 follows 2, but nobody may have written 3", 0 },
    { "the first number is missing", "1 start 1\n2 active\n3 invoke 2 1\n4 ok 2\n", B_WAITS,
      "2 follows 0, but nobody may have written 1", 0 },
    { "an acknowledged number is not found any more", A_ACTS, B_WAITS "22 look\n23 found 1 1\n",
      "found 1 after 2 was acknowledged", 0 },
    { "everything is lost", A_ACTS, B_WAITS "22 look\n23 found 0 0\n", "found 0 after 2 was acknowledged", 0 },
    { "what failed is found", A_ACTS "21 invoke 3 1\n22 fail 3 20\n23 look\n24 found 3 1\n", B_WAITS,
      "found 3 of process 1, which did not write it", 0 },
    { "what another one wrote is found", A_ACTS, B_WAITS "22 look\n23 found 2 7\n",
      "found 2 of process 7, which did not write it", 0 },
    { "what will be written is found", A_ACTS "40 invoke 3 1\n41 ok 3\n", B_WAITS "22 look\n23 found 3 1\n",
      "found 3 of process 1, which did not write it", 0 },
    { "a standby writes", A_ACTS "21 ha 2\n22 invoke 3 2\n23 ok 3\n", B_WAITS,
      "process 1 wrote 3 in HA state 2", 0 },
    { "one without the role writes", A_ACTS, B_WAITS "21 ha 1\n22 invoke 3 1\n23 ok 3\n",
      "process 2 wrote 3 in HA state 1 without the role", 0 },
    { "an answer that nobody waits for", A_ACTS "21 ok 3\n", B_WAITS, "not expected in log 0: 21 ok 3", 0 },
    { "two writes at a time", A_ACTS "21 invoke 3 1\n22 invoke 4 1\n", B_WAITS, "not expected in log 0: 22 invoke", 0 },
    { "an unknown word", A_ACTS, "10 sleeps\n", "not expected in log 1: 10 sleeps", 0 },
};
/* clang-format on */

static void row_try(const struct row *row)
{
    struct exclusion x = {0};
    const bool read = excl_log_add(&x, row->a) && excl_log_add(&x, row->b);
    const bool good = read && excl_check(&x);

    cr_expect_eq(good, row->wrong == NULL, "%s: %s", row->name, x.wrong);
    cr_expect_eq(strncmp(x.wrong, row->wrong ? row->wrong : "",
                         row->wrong ? strlen(row->wrong) : 1),
                 0, "%s: %s", row->name, x.wrong);
    if (!row->wrong)
        cr_expect_eq(x.n_handovers, row->handovers, "%s: %zu hand-overs", row->name,
                     x.n_handovers);
    excl_free(&x);
}

Test(exclusion, every_violation_is_found_and_nothing_else)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        row_try(&rows[i]);
}

Test(exclusion, what_is_counted_is_told)
{
    struct exclusion x = {0};

    cr_assert(excl_log_add(&x, A_ACTS "21 invoke 3 1\n22 fail 3 20\n23 invoke 3 1\n"
                                      "24 unknown 3 5\n25 look\n26 found 3 1\n"
                                      "27 invoke 4 1\n28 start 9\n29 look\n"));
    cr_assert(excl_log_add(&x, B_WAITS));
    cr_expect(excl_check(&x), "%s", x.wrong);
    cr_expect_eq(x.n_ok, 2);
    cr_expect_eq(x.n_fail, 1);
    cr_expect_eq(x.n_unknown, 2);
    cr_expect_eq(x.n_tenures, 1);
    cr_expect_eq(x.n_handovers, 0);
    excl_free(&x);
}
