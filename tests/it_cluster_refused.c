/* SPDX-License-Identifier: Apache-2.0 */
/* Where a cluster is not what was asked for, the start says so. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_shards.h"
#include "fixture_store.h"

TestSuite(cluster_refused, .timeout = 110);

static struct shards shards;
static char log_path[256];

static void log_capture(void)
{
    char spec[300];

    snprintf(log_path, sizeof(log_path), "%s/log.txt", shards.node[0].dir);
    snprintf(spec, sizeof(spec), "error:%s", log_path);
    setenv("CLOVIS_LOG", spec, 1);
}

static bool log_has(const char *text)
{
    static char said[4096];
    FILE *f = fopen(log_path, "r");
    size_t n = f ? fread(said, 1, sizeof(said) - 1, f) : 0;

    if (f)
        fclose(f);
    said[n] = '\0';
    return strstr(said, text) != NULL;
}

Test(cluster_refused, the_url_of_one_server_at_one_of_several_masters)
{
    shards_start(&shards, 2, false);
    log_capture();
    setenv("CLOVIS_REDIS_URL", shards.node[0].tcp_url, 1);
    cr_expect_eq(store_start(soon()), STORE_REFUSED);
    cr_expect(log_has("redis-cluster://"));
    cr_expect(log_has(shards.node[0].tcp_url + strlen("redis://")));
    shards_end(&shards);
}

Test(cluster_refused, but_not_at_a_node_that_has_every_slot)
{
    struct store_ckpt *c;

    shards_start(&shards, 1, false);
    setenv("CLOVIS_REDIS_URL", shards.node[0].tcp_url, 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("alone");
    cr_expect_eq(create(c, "s", "x"), STORE_OK);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    store_stop();
    shards_end(&shards);
}
