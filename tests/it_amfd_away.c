/* SPDX-License-Identifier: Apache-2.0 */
/* Two daemons whose store is away: what can be restarted in place is, without it. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_amfd_cluster.h"

/* The lease is long, so that a stall of the machine does not look like being cut off. */
enum { LIMIT = 120, LEASE_MS = 4000, PATIENCE_MS = 30000 };

/* What was acknowledged is there again after its end. */
static const char *const durable[] = {"--appendonly", "yes", "--appendfsync", "always",
                                      NULL};
static const char *const args_a[] = {"--node", "blade1", "--cluster", "test", NULL};
static const char *const args_b[] = {"--node", "blade2", "--cluster", "test", NULL};

static struct redis store;
static struct amfd a, b; /* play blade1 and blade2 */

static void finish(void)
{
    amfd_end(&a);
    amfd_end(&b);
    redis_end(&store);
}

static void show(struct amfd *f, const char *log)
{
    char *text = amfd_log(f, log);

    fprintf(stderr, "---- %s of %s\n%s", log, f == &a ? "a" : "b", text);
    free(text);
}

static void show_all(void)
{
    show(&a, "counter1");
    show(&a, "err");
    show(&b, "counter2");
    show(&b, "err");
}

static void expect_log(struct amfd *f, const char *comp, const char *text, int n)
{
    if (amfd_log_has(f, comp, text, n, PATIENCE_MS))
        return;
    show_all();
    cr_assert(false, "%s: expected \"%s\" %d times", comp, text, n);
}

/* Both daemons see the same assignments, all of them confirmed, and the same lives. */
static bool at_rest(void *unused)
{
    static const char *const members[] = {"assignments", "comps", "sus"};
    json_t *one = amfd_call(&a, "{\"t\":\"status\"}");
    json_t *two = amfd_call(&b, "{\"t\":\"status\"}");
    const json_t *of_a = json_object_get(one, "state");
    const json_t *of_b = json_object_get(two, "state");
    bool same = json_array_size(json_object_get(of_a, "assignments")) == 2 &&
                json_is_false(json_object_get(json_object_get(of_a, "cluster"), "ahead"));
    size_t i;

    (void)unused;
    for (i = 0; i < sizeof(members) / sizeof(*members); i++)
        same = same && json_equal(json_object_get(of_a, members[i]),
                                  json_object_get(of_b, members[i]));
    json_decref(one);
    json_decref(two);
    return same;
}

static void expect_rest(void)
{
    if (wait_for(at_rest, NULL, PATIENCE_MS))
        return;
    show_all();
    cr_assert(false, "the daemons do not agree");
}

static void start_both(const struct amfd_model *m)
{
    char lease[16];

    redis_start(&store, false, durable);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    snprintf(lease, sizeof(lease), "%d", LEASE_MS);
    setenv("CLOVIS_AMF_LEASE_MS", lease, 1);
    amfd_prepare(&a, m);
    amfd_prepare(&b, m);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE csi=counterCSI flags=1 tr=1", 1);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY csi=counterCSI flags=1", 1);
    expect_rest();
    cr_assert(amfd_beats_pass(&store, 2, 1, PATIENCE_MS));
}

static void store_back(void)
{
    redis_again(&store);
    cr_assert(amfd_beats_pass(&store, 2, 2 * AMFD_BEATS, PATIENCE_MS));
    expect_rest();
}

static void expect_count(struct amfd *f, const char *comp, const char *text, int n)
{
    const int found = amfd_log_count(f, comp, text);

    if (found != n)
        show_all();
    cr_expect_eq(found, n, "%s: \"%s\" %d times, expected %d", comp, text, found, n);
}

Test(amfd_away, an_active_is_restarted_in_place_without_the_store, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.restartable = "CL_TRUE",
                                 .recovery = "NO_RECOMMENDATION"};
    pid_t second;

    start_both(&m);
    redis_kill(&store);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&a, "counter1", "csiset ACTIVE", 2);
    second = amfd_pid(&a, "counter1");
    cr_assert_gt(second, 0);
    store_back();
    cr_expect_eq(amfd_pid(&a, "counter1"), second);
    expect_count(&a, "counter1", "start pid=", 2);
    expect_count(&a, "counter1", "csiset", 2);
    expect_count(&b, "counter2", "csiset", 1);
    expect_count(&a, "err", "the cluster has what was done while the store was away", 1);
    kill(second, SIGKILL);
    expect_log(&a, "counter1", "csiset ACTIVE", 3);
    expect_rest();
    expect_count(&b, "counter2", "csiset", 1);
}
