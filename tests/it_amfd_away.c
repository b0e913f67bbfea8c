/* SPDX-License-Identifier: Apache-2.0 */
/* Two daemons whose store is away: what can be restarted in place is, without it. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

/* helper1 is in the SU of counter1, helper2 in that of counter2; a CSI for them, too. */
static void helpers_add(const struct amfd *f)
{
    char command[900];
    const char *const edit[] = {"/bin/sh", "-c", command, NULL};
    char *out;

    snprintf(command, sizeof(command),
             "cd '%s' && sed -i 's|<numCSIs>1<|<numCSIs>2<|;"
             "s|<numComponents>1<|<numComponents>2<|' clAmfDefinitions.xml && "
             "sed -i 's|<componentInstance name=\"counter\\(.\\)\" type=\"CompType\"/>|&"
             "<componentInstance name=\"helper\\1\" type=\"CompType\"/>|;"
             "s|<componentServiceInstance name=\"counterCSI\" type=\"Work\"/>|&"
             "<componentServiceInstance name=\"helperCSI\" type=\"Work\"/>|' "
             "clAmfConfig.xml && grep -q helperCSI clAmfConfig.xml",
             f->model);
    cr_assert_eq(amfd_run((struct amfd *)(uintptr_t)f, edit, &out), 0, "%s", out);
    free(out);
}

static void begin(const struct amfd_model *m)
{
    char lease[16];

    redis_start(&store, false, durable);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    snprintf(lease, sizeof(lease), "%d", LEASE_MS);
    setenv("CLOVIS_AMF_LEASE_MS", lease, 1);
    amfd_prepare(&a, m);
    amfd_prepare(&b, m);
}

static void launch_both(void)
{
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE csi=", 1);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY csi=", 1);
    expect_rest();
    cr_assert(amfd_beats_pass(&store, 2, 1, PATIENCE_MS));
}

static void start_both(const struct amfd_model *m)
{
    begin(m);
    launch_both();
}

static bool leads(struct amfd *f)
{
    json_t *re = amfd_call(f, "{\"t\":\"status\"}");
    const json_t *state = json_object_get(re, "state");
    const bool yes =
        json_is_true(json_object_get(json_object_get(state, "cluster"), "leads"));

    json_decref(re);
    return yes;
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

/* The active is killed, and the next one has its work; returns its process. */
static pid_t crash(int n)
{
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&a, "counter1", "csiset ACTIVE", n);
    expect_log(&a, "err", "counter1: answered the CSI set with 0x0", n);
    return amfd_pid(&a, "counter1");
}

static const struct amfd_model restartable = {.restartable = "CL_TRUE",
                                              .recovery = "NO_RECOMMENDATION"};

Test(amfd_away, an_active_is_restarted_in_place, .timeout = LIMIT, .fini = finish)
{
    pid_t second;

    start_both(&restartable);
    cr_expect(leads(&a));
    redis_kill(&store);
    second = crash(2);
    cr_assert_gt(second, 0);
    store_back();
    cr_expect_eq(amfd_pid(&a, "counter1"), second);
    expect_count(&a, "counter1", "start pid=", 2);
    expect_count(&a, "counter1", "csiset", 2);
    expect_count(&b, "counter2", "csiset", 1);
    expect_count(&a, "err", "the cluster has what was done", 1);
    crash(3);
    expect_rest();
    expect_count(&b, "counter2", "csiset", 1);
}

Test(amfd_away, a_standby_of_a_follower_is_restarted_in_place, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;

    start_both(&restartable);
    cr_expect(!leads(&b));
    one = amfd_pid(&a, "counter1");
    redis_kill(&store);
    kill(amfd_pid(&b, "counter2"), SIGKILL);
    expect_log(&b, "counter2", "csiset STANDBY", 2);
    store_back();
    expect_count(&b, "counter2", "csiset", 2);
    expect_count(&b, "err", "the cluster has what was done", 1);
    expect_count(&a, "counter1", "csiset", 1);
    cr_expect_eq(amfd_pid(&a, "counter1"), one);
}

/* Of two components in an SU, the other one goes on with what it has. */
Test(amfd_away, one_component_of_an_su_is_restarted_in_place, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;

    begin(&restartable);
    helpers_add(&a);
    helpers_add(&b);
    launch_both();
    expect_log(&a, "helper1", "csiset ACTIVE csi=", 1);
    expect_log(&b, "helper2", "csiset STANDBY csi=", 1);
    expect_rest();
    cr_assert(amfd_beats_pass(&store, 2, 2 * AMFD_BEATS, PATIENCE_MS));
    one = amfd_pid(&a, "counter1");
    redis_kill(&store);
    kill(amfd_pid(&a, "helper1"), SIGKILL);
    expect_log(&a, "helper1", "csiset ACTIVE csi=", 2);
    store_back();
    expect_count(&a, "helper1", "start pid=", 2);
    expect_count(&a, "helper1", "csiset", 2);
    expect_count(&a, "counter1", "csiset", 1);
    cr_expect_eq(amfd_pid(&a, "counter1"), one);
    expect_count(&b, "counter2", "csiset", 1);
    expect_count(&b, "helper2", "csiset", 1);
    expect_count(&a, "err", "the cluster has what was done", 1);
}

Test(amfd_away, a_crash_beyond_the_limit_waits_for_the_store, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {
        .restartable = "CL_TRUE", .recovery = "NO_RECOMMENDATION", .restarts = 1};

    start_both(&m);
    redis_kill(&store);
    crash(2);
    kill(crash(3), SIGKILL); /* the component, the SU, and no more */
    expect_log(&a, "err", "more than a restart in place is needed", 1);
    cr_expect_eq(amfd_pid(&a, "counter1"), 0);
    expect_count(&b, "counter2", "csiset", 1);
    redis_again(&store);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    expect_rest();
    expect_count(&a, "counter1", "csiset", 4);
    expect_count(&a, "counter1", "start pid=", 4);
    expect_count(&b, "counter2", "csiset", 2);
}

/* Each hands in what it did; the second one has to decide once more. */
Test(amfd_away, two_daemons_restart_at_the_same_time, .timeout = LIMIT, .fini = finish)
{
    pid_t one, two;

    start_both(&restartable);
    redis_kill(&store);
    kill(amfd_pid(&b, "counter2"), SIGKILL);
    one = crash(2);
    expect_log(&b, "counter2", "csiset STANDBY", 2);
    two = amfd_pid(&b, "counter2");
    store_back();
    expect_log(&a, "err", "the cluster has what was done", 1);
    expect_log(&b, "err", "the cluster has what was done", 1);
    expect_rest();
    cr_expect_eq(amfd_pid(&a, "counter1"), one);
    cr_expect_eq(amfd_pid(&b, "counter2"), two);
    expect_count(&a, "counter1", "csiset", 2);
    expect_count(&b, "counter2", "csiset", 2);
}

/* Not while the component is on its way up. */
static bool unlock(void *unused)
{
    (void)unused;
    return amfd_rc(&b, "{\"t\":\"admin\",\"op\":\"unlock\",\"name\":\"counterSU1\"}") ==
           0;
}

Test(amfd_away, what_the_cluster_decided_before_counts, .timeout = LIMIT, .fini = finish)
{
    pid_t second;

    start_both(&restartable);
    redis_kill(&store);
    second = crash(2);
    kill(a.pid, SIGSTOP);
    redis_again(&store);
    cr_assert_eq(amfd_rc(&b, "{\"t\":\"admin\",\"op\":\"lock\",\"name\":\"counterSU1\"}"),
                 0);
    expect_count(&b, "counter2", "csiset", 1);
    kill(a.pid, SIGCONT);
    expect_log(&a, "err", "the cluster decided otherwise while the store was away", 1);
    cr_expect(amfd_pid_gone(second, PATIENCE_MS));
    expect_log(&b, "counter2", "csiset ACTIVE", 1);
    cr_expect_eq(amfd_log_count(&a, "err", "counting it as dead"), 0);
    cr_assert(wait_for(unlock, NULL, PATIENCE_MS));
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    expect_rest();
    expect_count(&a, "counter1", "csiset ACTIVE", 2);
    expect_count(&b, "counter2", "csiset", 2);
}

Test(amfd_away, a_daemon_that_was_given_up_meanwhile_gives_way, .timeout = LIMIT,
     .fini = finish)
{
    pid_t second;

    start_both(&restartable);
    redis_kill(&store);
    second = crash(2);
    kill(a.pid, SIGSTOP);
    redis_again(&store);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    kill(a.pid, SIGCONT);
    expect_log(&a, "err", "the cluster has given up on this daemon", 1);
    cr_expect(amfd_pid_gone(second, PATIENCE_MS));
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    expect_rest();
    expect_count(&a, "counter1", "csiset ACTIVE", 2);
    expect_count(&b, "counter2", "csiset", 2);
}

/* Somebody listens where the store was, and says nothing: it may answer others. */
static int mute_listen(void)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_lt(strlen(store.socket), sizeof(sa.sun_path));
    memcpy(sa.sun_path, store.socket, strlen(store.socket) + 1);
    cr_assert_geq(fd, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
    cr_assert_eq(listen(fd, 100), 0);
    return fd;
}

Test(amfd_away, who_may_be_cut_off_ends_what_it_restarted, .timeout = LIMIT,
     .fini = finish)
{
    pid_t second;
    int mute;

    start_both(&restartable);
    redis_kill(&store);
    second = crash(2);
    mute = mute_listen();
    expect_log(&a, "err", "not known to be the store's outage any more", 1);
    cr_expect(amfd_pid_gone(second, PATIENCE_MS));
    cr_expect_eq(amfd_pid(&a, "counter1"), 0);
    close(mute);
    unlink(store.socket);
    store_back();
    expect_log(&a, "counter1", "csiset ACTIVE", 3);
    expect_rest();
    expect_count(&a, "counter1", "csiset", 3);
    expect_count(&b, "counter2", "csiset", 1);
}

/* A store that hangs cannot be told from one that only others have. */
Test(amfd_away, who_may_be_cut_off_restarts_nothing, .timeout = LIMIT, .fini = finish)
{
    start_both(&restartable);
    redis_freeze(&store);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&a, "err", "was killed by signal 9", 1);
    expect_log(&a, "err", "trying again", 2); /* both threads have met it */
    expect_count(&a, "counter1", "start pid=", 1);
    redis_thaw(&store);
    expect_log(&a, "counter1", "csiset ACTIVE", 2);
    expect_rest();
    expect_count(&a, "counter1", "csiset", 2);
    expect_count(&b, "counter2", "csiset", 1);
}
