/* SPDX-License-Identifier: Apache-2.0 */
/* Three masters that share the slots: one cluster for all rows, a namespace for each. */
#include "ckpt_case.h"
#include "fixture_shards.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MASTERS = 3 };

static struct shards shards;

/* In the process that runs the tests; they inherit the environment. */
ReportHook(PRE_ALL)(struct criterion_test_set *unused)
{
    (void)unused;
    shards_start(&shards, MASTERS, false);
    setenv("CLOVIS_REDIS_URL", shards.url, 1);
}

ReportHook(POST_ALL)(struct criterion_global_stats *unused)
{
    (void)unused;
    shards_end(&shards);
}

void world_begin(void)
{
    static unsigned n;
    char name[40];

    snprintf(name, sizeof(name), "rows-%d-%u", (int)getpid(), n++);
    setenv("CLOVIS_NAMESPACE", name, 1);
}

void world_end(void)
{
}

void world_close(void)
{
}
