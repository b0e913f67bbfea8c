/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operation that was acknowledged survives a kill -9 of the daemon at once: the only
 * one of a cluster, which has it in the log, and one without a store, which has it in its
 * file.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_amfd_cluster.h"

enum { ROUNDS = 20, LIMIT = 150, PATIENCE_MS = 20000 };

static const char *const alone[] = {"--all-nodes", NULL};
static const char *const clustered[] = {"--all-nodes", "--cluster", "test", NULL};

static struct redis store;
static struct amfd f;
static bool with_store;

static void finish(void)
{
    amfd_end(&f);
    if (with_store)
        redis_end(&store);
}

static bool is_admin(const char *su, const char *admin)
{
    json_t *re = amfd_call(&f, "{\"t\":\"status\"}");
    const json_t *sus = json_object_get(json_object_get(re, "state"), "sus");
    const json_t *s;
    bool found = false;
    size_t i;

    json_array_foreach(sus, i, s)
    {
        const char *name = json_string_value(json_object_get(s, "name"));
        const char *is =
            json_string_value(json_object_get(json_object_get(s, "admin"), "name"));

        found |= name && is && strcmp(name, su) == 0 && strcmp(is, admin) == 0;
    }
    json_decref(re);
    return found;
}

struct asked {
    const char *op, *admin;
};

/* Not while what was before is under way. */
static bool is_acknowledged(void *arg)
{
    const struct asked *a = arg;
    char request[100];

    snprintf(request, sizeof(request),
             "{\"t\":\"admin\",\"op\":\"%s\",\"name\":\"counterSU2\"}", a->op);
    return amfd_rc(&f, request) == 0;
}

/* It has the state that it goes on with. */
static bool is_back(void *unused)
{
    json_t *re;
    bool back;

    (void)unused;
    if (with_store)
        return amfd_cluster_settled(&f, 0);
    re = amfd_call(&f, "{\"t\":\"status\"}");
    back = json_object_get(re, "state") != NULL;
    json_decref(re);
    return back;
}

static void play(const char *const *args)
{
    static const struct asked ops[] = {{"lock", "LOCKED_A"}, {"unlock", "UNLOCKED"}};
    struct asked now;

    amfd_launch(&f, args);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    for (int i = 0; i < ROUNDS; i++) {
        now = ops[i % 2];
        cr_assert(wait_for(is_acknowledged, &now, PATIENCE_MS), "%s, round %d", now.op,
                  i);
        amfd_stop(&f, SIGKILL, PATIENCE_MS);
        amfd_launch(&f, args);
        cr_assert(wait_for(is_back, NULL, PATIENCE_MS));
        cr_assert(is_admin("counterSU2", now.admin), "%s of round %d is lost\n%s", now.op,
                  i, amfd_log(&f, "err"));
    }
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    cr_expect_eq(amfd_log_count(&f, "counter1", "start pid="), 1, "nobody was disturbed");
    cr_expect_eq(amfd_log_count(&f, "counter2", "start pid="), 1);
}

Test(amfd_ack, a_daemon_without_a_store_remembers, .timeout = LIMIT, .fini = finish)
{
    amfd_prepare(&f, NULL);
    play(alone);
}

Test(amfd_ack, the_only_daemon_of_a_cluster_remembers, .timeout = LIMIT, .fini = finish)
{
    with_store = true;
    redis_start(&store, false, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    amfd_prepare(&f, NULL);
    play(clustered);
}
