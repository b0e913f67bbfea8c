/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At most one component acts at each moment, whatever happens to the daemons, the
 * components and the links: both components count in one checkpoint with CLOVIS_FENCE=1
 * and log each act, and tests/exclusion.c judges the logs. Without the fence, the same
 * must be found wrong. Needs root for network namespaces; skipped otherwise.
 *
 * CLOVIS_TEST_SEED repeats the rounds of a run, CLOVIS_TEST_ROUNDS makes more of them.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "exclusion.h"
#include "fixture_sides.h"

enum { LIMIT = 230, ROUNDS = 6, STEPS = 10 };

/* ---- the history ----------------------------------------------------------------- */

static bool history_check(struct exclusion *x)
{
    char *log;
    int i;

    for (i = 0; i < 2; i++) {
        log = amfd_log(&sides[i].amfd, sides[i].comp);
        excl_log_add(x, log);
        free(log);
    }
    excl_check(x);
    fprintf(stderr, "%zu ok, %zu fail, %zu unknown; %zu tenures, %zu hand-overs; %s\n",
            x->n_ok, x->n_fail, x->n_unknown, x->n_tenures, x->n_handovers,
            x->wrong[0] ? x->wrong : "nothing wrong");
    return !x->wrong[0];
}

static void history_show(void)
{
    char *log;
    int i;

    sides_show();
    for (i = 0; i < 2; i++) {
        log = amfd_log(&sides[i].amfd, sides[i].comp);
        fprintf(stderr, "---- %s\n%s", sides[i].comp, log);
        free(log);
    }
}

/* Each kind of fail-over was one hand-over, or more when a load made it so. */
static void history_expect_right(size_t handovers)
{
    struct exclusion x = {0};
    const bool right = history_check(&x);

    if (!right)
        history_show();
    cr_expect(right, "%s", x.wrong);
    cr_expect_geq(x.n_handovers, handovers);
    excl_free(&x);
}

/* ---- who counts ------------------------------------------------------------------ */

static int counted(struct side *s)
{
    return amfd_log_count(&s->amfd, s->comp, " ok ");
}

struct counting {
    int before[2];
    struct side *who; /* NULL: any */
};

static struct side *counting_now(const struct counting *c)
{
    int i;

    for (i = 0; i < 2; i++)
        if ((!c->who || c->who == &sides[i]) &&
            counted(&sides[i]) >= c->before[i] + STEPS)
            return &sides[i];
    return NULL;
}

static bool counts_on(void *arg)
{
    return counting_now(arg) != NULL;
}

/* Wait until one (NULL: any) counts on from here. */
static struct side *count_await(struct side *who)
{
    struct counting c = {{counted(&sides[0]), counted(&sides[1])}, who};

    if (!wait_for(counts_on, &c, SIDES_PATIENCE_MS)) {
        history_show();
        cr_assert(false, "%s does not count", who ? who->comp : "nobody");
    }
    return counting_now(&c);
}

static bool is_in_order(void *arg)
{
    const char *argv[] = {"clovis", "amf", "status", "--check", NULL};
    struct side *s = arg;
    char *out = NULL;
    const bool yes = amfd_run(&s->amfd, argv, &out) == 0;

    free(out);
    return yes;
}

/* Both daemons see one active and one standby, and the active counts on. */
static struct side *order_await(void)
{
    int i;

    for (i = 0; i < 2; i++)
        if (!wait_for(is_in_order, &sides[i], SIDES_PATIENCE_MS)) {
            history_show();
            cr_assert(false, "%s is not in order", sides[i].node);
        }
    return count_await(NULL);
}

static struct side *other(const struct side *s)
{
    return s == &sides[0] ? &sides[1] : &sides[0];
}

static bool start_both(const char *fence)
{
    const struct amfd_model model = {.command = "fence_app"};

    setenv("CLOVIS_FENCE", fence, 1);
    if (!sides_begin(&model))
        return false;
    side_launch(&sides[0]);
    count_await(&sides[0]);
    side_launch(&sides[1]);
    side_expect(&sides[1], "counter2", "ha 2", 1);
    order_await();
    return true;
}

/* ---- what happens ---------------------------------------------------------------- */

static uint64_t random_state;

static int random_below(int n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)(random_state % (uint64_t)n);
}

/* The link stays as it is for so long: nothing can be waited for beyond a cut. */
static void pass(int ms)
{
    if (ms > 0)
        poll(NULL, 0, ms);
}

static void all_killed(struct side *s)
{
    const pid_t comp = amfd_pid(&s->amfd, s->comp);

    kill(s->amfd.pid, SIGKILL);
    if (comp > 0)
        kill(comp, SIGKILL);
    amfd_wait(&s->amfd, 5000);
    count_await(other(s));
    side_launch(s);
}

/* Its component finds that nobody restarts the daemon, and ends itself. */
static void daemon_killed(struct side *s)
{
    amfd_stop(&s->amfd, SIGKILL, 5000);
    count_await(other(s));
    side_launch(s);
}

static void component_killed(struct side *s)
{
    const pid_t comp = amfd_pid(&s->amfd, s->comp);

    if (comp > 0)
        kill(comp, SIGKILL);
}

static void cut(struct side *s)
{
    side_link(s, false);
    pass(SIDES_LEASE_MS * 3 / 2);
    side_link(s, true);
}

static void cut_until_taken_over(struct side *s)
{
    side_link(s, false);
    count_await(other(s));
    side_link(s, true);
}

static void cut_shortly(struct side *s)
{
    side_link(s, false);
    pass(random_below(SIDES_LEASE_MS / 2));
    side_link(s, true);
}

static void cut_often(struct side *s)
{
    int i;

    for (i = 0; i < 4; i++) {
        side_link(s, false);
        pass(random_below(SIDES_LEASE_MS * 3 / 2));
        side_link(s, true);
        pass(random_below(SIDES_LEASE_MS));
    }
}

/* The old active is back in sight of the store before anybody can kill it. */
static void cut_and_old_active_lives_on(struct side *s)
{
    const int tries = amfd_log_count(&s->amfd, s->comp, " fail ");

    side_link(s, false);
    count_await(other(s));
    kill(s->amfd.pid, SIGSTOP);
    side_link(s, true);
    side_expect(s, s->comp, " fail ", tries + STEPS);
    kill(s->amfd.pid, SIGCONT);
}

static bool is_silent(void *s)
{
    return !side_sends_for_the_dead(s);
}

/* The kernel goes on sending what a process that is dead has written. Here that arrives
 * when the node has lost the role and another process there has it again: the third
 * time that TCP tries again is after about 1.4 seconds, the next one after about 3. */
static void last_write_arrives_late(struct side *s)
{
    const int64_t lost_ns = clv_now_ns();
    const int standby = amfd_log_count(&s->amfd, s->comp, "ha 2");
    const pid_t comp = amfd_pid(&s->amfd, s->comp);

    side_packets(s, false);
    pass(100);
    kill(s->amfd.pid, SIGKILL);
    if (comp > 0)
        kill(comp, SIGKILL);
    amfd_wait(&s->amfd, 5000);
    count_await(other(s));
    pass((int)(1650 - (clv_now_ns() - lost_ns) / CLV_NS_PER_MS));
    side_packets(s, true);
    side_launch(s);
    side_expect(s, s->comp, "ha 2", standby + 1);
    component_killed(other(s));
    count_await(s);
    cr_assert(wait_for(is_silent, s, SIDES_PATIENCE_MS));
}

static void swapped(struct side *s)
{
    cr_expect_eq(amfd_rc(&s->amfd, "{\"t\":\"admin\",\"op\":\"swap\",\"kind\":\"si\","
                                   "\"name\":\"counterSI\"}"),
                 0);
    count_await(other(s));
}

struct event {
    const char *name;
    void (*happens)(struct side *active);
    bool hands_over; /* always, however loaded the machine is */
};

static const struct event events[] = {
    {"daemon and component are killed", all_killed, true},
    {"the daemon is killed", daemon_killed, true},
    {"the component is killed", component_killed, true},
    {"cut for 1.5 leases", cut, false},
    {"cut until the other one acts", cut_until_taken_over, true},
    {"cut shortly", cut_shortly, false},
    {"cut several times", cut_often, false},
    {"cut, and the old active lives on", cut_and_old_active_lives_on, true},
    {"swap", swapped, true},
    {"the last write arrives late", last_write_arrives_late, true},
};

/* ---- the tests ------------------------------------------------------------------- */

static void seed_set(void)
{
    const char *text = getenv("CLOVIS_TEST_SEED");

    random_state = text ? strtoull(text, NULL, 10) : (uint64_t)clv_now_ns() % 1000000;
    random_state += !random_state;
    fprintf(stderr, "CLOVIS_TEST_SEED=%" PRIu64 "\n", random_state);
}

/* Every event once, then some at random. */
static void rounds_play(int n)
{
    static const int kinds = sizeof(events) / sizeof(*events);
    struct side *active = order_await();
    size_t handovers = 0;
    int i;

    for (i = 0; i < kinds + n; i++) {
        const struct event *e = &events[i < kinds ? i : random_below(kinds)];

        fprintf(stderr, "%s: %s\n", active->node, e->name);
        e->happens(active);
        handovers += e->hands_over;
        active = order_await();
    }
    history_expect_right(handovers);
}

Test(amfd_fence, at_most_one_component_acts, .timeout = LIMIT, .fini = sides_end)
{
    const char *rounds = getenv("CLOVIS_TEST_ROUNDS");

    if (!start_both("1"))
        cr_skip_test("network namespaces need root");
    seed_set();
    rounds_play(rounds ? atoi(rounds) : ROUNDS);
}

/* The control: nothing but the fence keeps an old active that lives on from acting. */
Test(amfd_fence, without_the_fence_the_history_is_found_wrong, .timeout = LIMIT,
     .fini = sides_end)
{
    struct side *const a = &sides[0];
    struct exclusion x = {0};

    if (!start_both("0"))
        cr_skip_test("network namespaces need root");
    side_link(a, false);
    count_await(&sides[1]);
    kill(a->amfd.pid, SIGSTOP);
    side_link(a, true);
    count_await(a);
    count_await(&sides[1]);
    kill(a->amfd.pid, SIGCONT);
    cr_expect_not(history_check(&x));
    excl_free(&x);
}
