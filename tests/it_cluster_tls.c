/* SPDX-License-Identifier: Apache-2.0 */
/* A cluster over TLS: every server is talked to and verified like the first. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "fixture_shards.h"
#include "fixture_store.h"
#include "fixture_tls.h"

TestSuite(cluster_tls, .timeout = 110);

enum { MASTERS = 3, N = 30 };

static struct shards shards;

static void start(void)
{
    tls_certs_make();
    shards_start_tls(&shards, MASTERS);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_REDIS_URL", shards.url, 1);
}

Test(cluster_tls, all_masters_are_used)
{
    struct store_ckpt *c;
    char name[32], got[32];
    int i;

    start();
    setenv("CLOVIS_TLS_CA", tls_cert("ca.crt"), 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    for (i = 0; i < N; i++) {
        snprintf(name, sizeof(name), "tls-%d", i);
        c = ckpt_make(name);
        cr_assert_eq(create(c, "s", name), STORE_OK);
        cr_expect_eq(read_text(c, "s", got, sizeof(got)), STORE_OK);
        cr_expect_str_eq(got, name);
        cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    }
    for (i = 0; i < MASTERS; i++)
        cr_expect_gt(redis_int(&shards.node[i], "DBSIZE"), 3);
    store_stop();
    shards_end(&shards);
}

Test(cluster_tls, an_authority_that_is_not_known_is_no_way_in)
{
    start();
    setenv("CLOVIS_TLS_CA", tls_cert("other.crt"), 1);
    cr_expect_neq(store_start(soon()), STORE_OK);
    shards_end(&shards);
}
