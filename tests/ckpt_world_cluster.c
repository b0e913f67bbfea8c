/* SPDX-License-Identifier: Apache-2.0 */
/* Three masters that share the slots. */
#include "ckpt_case.h"
#include "fixture_shards.h"

enum { MASTERS = 3 };

static struct shards shards;

void world_begin(void)
{
    int i;

    if (shards.n_nodes == 0) {
        shards_start(&shards, MASTERS, false);
        setenv("CLOVIS_REDIS_URL", shards.url, 1);
    } else {
        for (i = 0; i < MASTERS; i++)
            redis_int(&shards.node[i], "FLUSHALL");
    }
}

void world_end(void)
{
}

void world_close(void)
{
    shards_end(&shards);
}
