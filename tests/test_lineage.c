/* SPDX-License-Identifier: Apache-2.0 */
/* The list of histories that the data goes on from. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_lineage.h"

TestSuite(lineage, .timeout = 30);

static const char *id_of(unsigned n)
{
    static char id[RDS_HISTORY_SIZE + 1];

    snprintf(id, sizeof(id), "%040x", n);
    return id;
}

static struct clv_bytes bytes_of(const char *text)
{
    return (struct clv_bytes){text, strlen(text)};
}

Test(lineage, the_oldest_makes_room_and_nobody_is_in_it_twice)
{
    struct rds_lineage l = {.n = 0};
    unsigned i;

    for (i = 1; i <= RDS_LINEAGE_MAX; i++)
        rds_lineage_add(&l, id_of(i));
    rds_lineage_add(&l, id_of(3));
    cr_expect_eq(l.n, RDS_LINEAGE_MAX);
    cr_expect(rds_lineage_has(&l, id_of(1)));
    rds_lineage_add(&l, id_of(RDS_LINEAGE_MAX + 1));
    cr_expect_eq(l.n, RDS_LINEAGE_MAX);
    cr_expect_not(rds_lineage_has(&l, id_of(1)));
    cr_expect(rds_lineage_has(&l, id_of(2)));
    cr_expect(rds_lineage_has(&l, id_of(RDS_LINEAGE_MAX + 1)));
}

Test(lineage, its_text_is_read_back)
{
    struct rds_lineage l = {.n = 0}, back = {.n = 0};
    char text[RDS_LINEAGE_TEXT], again[RDS_LINEAGE_TEXT];
    unsigned i;

    cr_expect_str_eq(rds_lineage_text(&l, text), "");
    for (i = 1; i <= RDS_LINEAGE_MAX; i++) {
        rds_lineage_add(&l, id_of(i));
        rds_lineage_merge(&back, bytes_of(rds_lineage_text(&l, text)));
        cr_expect_eq(strlen(text), i * (RDS_HISTORY_SIZE + 1) - 1);
        cr_expect_str_eq(rds_lineage_text(&back, again), text);
    }
}

Test(lineage, what_is_no_id_is_left_out)
{
    static const char *const none[] = {
        "",
        "12",
        "0000000000000000000000000000000000000000", /* there was none before */
        "00000000000000000000000000000000000000zz",
        "00000000000000000000000000000000000000001",
    };
    struct rds_lineage l = {.n = 0};
    size_t i;

    for (i = 0; i < sizeof(none) / sizeof(*none); i++) {
        rds_lineage_add(&l, none[i]);
        rds_lineage_merge(&l, bytes_of(none[i]));
    }
    rds_lineage_merge(&l, (struct clv_bytes){NULL, 0});
    cr_expect_eq(l.n, 0, "%zu in it", l.n);
}
