/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <clovisExt.h>
#include <string.h>

Test(clovis_ext, fills_as_much_as_the_caller_knows)
{
    /* clang-format off */
    static const struct { size_t size; int want; uint64_t failovers, dropouts; } rows[] = {
        { 0,                                      -1, 7, 7 },
        { offsetof(ClovisStoreStats, failovers),  -1, 7, 7 },
        { offsetof(ClovisStoreStats, repaired),    0, 3, 7 },
        { offsetof(ClovisStoreStats, dropouts),    0, 3, 7 },
        { sizeof(ClovisStoreStats),                0, 3, 4 },
    };
    /* clang-format on */
    ClovisStoreStats s;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        s.failovers = s.dropouts = 7;
        s.size = rows[i].size;
        cr_expect_eq(clovisStoreStatsGet(&s), rows[i].want, "size %zu", rows[i].size);
        cr_expect_eq(s.failovers, rows[i].failovers, "size %zu", rows[i].size);
        cr_expect_eq(s.dropouts, rows[i].dropouts, "size %zu", rows[i].size);
        cr_expect_eq(s.size, rows[i].size, "size %zu", rows[i].size);
    }
    cr_expect_eq(clovisStoreStatsGet(NULL), -1);
    s.size = 10 * sizeof(s);
    cr_expect_eq(clovisStoreStatsGet(&s), 0);
    cr_expect_eq(s.size, sizeof(s));
}
