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

Test(cluster_refused, the_url_of_a_cluster_at_a_server_that_is_in_none)
{
    struct redis alone;
    char url[64];

    redis_start(&alone, true, NULL);
    snprintf(shards.node[0].dir, sizeof(shards.node[0].dir), "%s", alone.dir);
    log_capture();
    snprintf(url, sizeof(url), "redis-cluster://127.0.0.1:%d", alone.port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    cr_expect_eq(store_start(soon()), STORE_REFUSED);
    cr_expect(log_has("is in no Redis Cluster, expected a redis:// URL"));
    cr_expect(log_has(url + strlen("redis-cluster://")));
    redis_end(&alone);
}

Test(cluster_refused, what_a_cluster_cannot_promise)
{
    struct redis any; /* for its directory */

    redis_start(&any, false, NULL);
    snprintf(shards.node[0].dir, sizeof(shards.node[0].dir), "%s", any.dir);
    log_capture();
    setenv("CLOVIS_REDIS_URL", "redis-cluster://127.0.0.1:1", 1);
    setenv("CLOVIS_SYNC_MODE", "strict", 1);
    cr_expect_eq(store_start(soon()), STORE_CONFIG);
    cr_expect(log_has("CLOVIS_SYNC_MODE=strict"));
    redis_end(&any);
}

Test(cluster_refused, a_command_that_needs_one_master)
{
    char said[512] = "";
    FILE *out;

    setenv("CLOVIS_REDIS_URL", "redis-cluster://127.0.0.1:1", 1);
    out = popen("./clovis store members 2>&1", "r");
    cr_assert(out);
    fread(said, 1, sizeof(said) - 1, out);
    cr_expect_neq(pclose(out), 0);
    cr_expect(strstr(said, "not for a Redis Cluster"), "%s", said);
}
