/* SPDX-License-Identifier: Apache-2.0 */
#include "ckpt_case.h"
#include "fixture_redis.h"

static struct redis server;

void world_begin(void)
{
    if (server.pid == 0) {
        redis_start(&server, false, NULL);
        setenv("CLOVIS_REDIS_URL", server.url, 1);
    } else {
        redis_int(&server, "FLUSHALL");
    }
}

void world_end(void)
{
}

void world_close(void)
{
    redis_end(&server);
}
