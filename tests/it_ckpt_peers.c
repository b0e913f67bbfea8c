/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes on one checkpoint: sharing, death, notification, hot standby. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fixture_app.h"
#include "fixture_redis.h"

TestSuite(peers, .timeout = 100);

#define PLAIN "0x2"
#define COLLOCATED "0xc"
#define DISTRIBUTED "0x12"
#define NOT_EXIST "0x160004"
#define EXISTS "0x160010"
#define BAD_HANDLE "0x160005"
#define NOT_PERMITTED "0x160020"

static struct redis server;

static void begin(void)
{
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
}

static void end(void)
{
    redis_end(&server);
}

static void two_begin(struct app *a, struct app *b)
{
    begin();
    app_start(a, "node-a");
    app_start(b, "node-b");
}

static void two_end(struct app *a, struct app *b)
{
    app_end(a);
    app_end(b);
    end();
}

#define SAYS(a, line, want) cr_expect_str_eq(app_ask(a, line), want, "%s", line)

/* ---- sharing ------------------------------------------------------------- */

Test(peers, two_processes_share_a_checkpoint)
{
    struct app a, b;

    two_begin(&a, &b);
    APP_DOES(&a, "open c " PLAIN " 5 0");
    APP_DOES(&a, "create s one");
    APP_DOES(&b, "open c " PLAIN " 5 0");
    SAYS(&b, "read s", "0x0 one");
    SAYS(&b, "create s two", EXISTS);
    SAYS(&b, "open c " PLAIN " 6 0", EXISTS);
    APP_DOES(&b, "write s two");
    SAYS(&a, "read s", "0x0 two");
    APP_DOES(&b, "create t 2");
    SAYS(&a, "sections", "0x160101 2");
    APP_DOES(&a, "close");
    SAYS(&b, "read t", "0x0 2");
    APP_DOES(&b, "close");
    SAYS(&a, "reopen c", NOT_EXIST);
    two_end(&a, &b);
}

Test(peers, a_name_that_was_deleted_is_free_while_old_handles_live_on)
{
    struct app a, b;

    two_begin(&a, &b);
    APP_DOES(&a, "open c " PLAIN " 5 0");
    APP_DOES(&a, "create s old");
    APP_DOES(&b, "delete c");
    SAYS(&b, "reopen c", NOT_EXIST);
    APP_DOES(&b, "open c " PLAIN " 7 0");
    APP_DOES(&b, "create s new");
    APP_DOES(&a, "write s older");
    SAYS(&a, "read s", "0x0 older");
    SAYS(&b, "read s", "0x0 new");
    app_kill(&a);
    app_start(&a, "node-a");
    APP_DOES(&a, "reopen c");
    SAYS(&a, "read s", "0x0 new");
    two_end(&a, &b);
}

Test(peers, a_program_that_forks)
{
    struct app a, b;

    two_begin(&a, &b);
    APP_DOES(&a, "open c " PLAIN " 5 0");
    APP_DOES(&a, "create s one");
    SAYS(&a, "fork c", "0x0 0");     /* row Process.fork#1 */
    SAYS(&a, "read s", "0x0 child"); /* row Process.fork#2 */
    APP_DOES(&b, "reopen c");        /* the child's end closed only its own open */
    APP_DOES(&a, "write s parent");
    SAYS(&b, "read s", "0x0 parent");
    two_end(&a, &b);
}

/* ---- death --------------------------------------------------------------- */

Test(peers, a_process_that_is_killed_has_closed)
{
    struct app a, b, late;

    two_begin(&a, &b);
    APP_DOES(&a, "open c " PLAIN " 5 0");
    APP_DOES(&a, "create s one");
    APP_DOES(&b, "open c " PLAIN " 5 0");
    app_kill(&b);
    SAYS(&a, "read s", "0x0 one");
    APP_DOES(&a, "close");
    SAYS(&a, "reopen c", NOT_EXIST); /* row Life#5: nothing keeps it alive */
    APP_DOES(&a, "open c " PLAIN " 5 0");
    APP_DOES(&a, "create s again");
    app_kill(&a);
    app_start(&late, "node-c");
    SAYS(&late, "reopen c", NOT_EXIST); /* row Life#5: the last opener, retention 0 */
    app_end(&late);
    end();
}

Test(peers, trap_21_retention_runs_from_the_death_of_the_last_opener)
{
    struct app a, b;
    struct timespec pause = {1, 500000000};

    two_begin(&a, &b);
    APP_DOES(&a, "open c " PLAIN " 5 60000");
    APP_DOES(&a, "create s kept");
    app_kill(&a);
    APP_DOES(&b, "reopen c"); /* row Life#5: retained, and the clock stops again */
    SAYS(&b, "read s", "0x0 kept");
    APP_DOES(&b, "delete c");
    APP_DOES(&b, "close");
    app_start(&a, "node-a");
    APP_DOES(&a, "open r " PLAIN " 5 1000");
    app_kill(&a);
    nanosleep(&pause, NULL);
    SAYS(&b, "reopen r", NOT_EXIST); /* row trap_21 */
    app_end(&b);
    end();
}

Test(peers, trap_03_role_outlives_the_process_that_took_it)
{
    struct app a, b;

    two_begin(&a, &b);
    APP_DOES(&b, "open c " COLLOCATED " 5 0");
    SAYS(&b, "create s one", NOT_EXIST);
    APP_DOES(&a, "open c " COLLOCATED " 5 0");
    APP_DOES(&a, "active");
    app_kill(&a);
    APP_DOES(&b, "create s one"); /* row ActiveReplicaSet.stays#2 */
    APP_DOES(&b, "write s two");
    app_end(&b);
    end();
}

/* ---- notification -------------------------------------------------------- */

Test(peers, trap_24_another_process_is_told_of_changes)
{
    struct app a, b;

    two_begin(&a, &b);
    APP_DOES(&a, "open c " DISTRIBUTED " 5 0");
    APP_DOES(&b, "open c " DISTRIBUTED " 5 0");
    APP_DOES(&a, "register");
    APP_DOES(&b, "register");
    APP_DOES(&b, "create s 1"); /* row Notify.create#1 */
    APP_DOES(&b, "create t 1");
    APP_DOES(&b, "create u 1");
    APP_DOES(&b, "write s whole"); /* row Notify.over#1 */
    APP_DOES(&b, "vector s xy");   /* row Notify.write#1 */
    APP_DOES(&b, "remove s");      /* row Notify.delete#1 */
    APP_DOES(&b, "expire t");      /* row Notify.expiry#1: one nanosecond from now */
    SAYS(&a, "changes 4", "0x0 4 s@0=whole s@1=xy s@0= t@0=");
    SAYS(&b, "changes 1", "0x0 1 t@0="); /* the writer hears of the expiry only */
    APP_DOES(&a, "write u mine");
    SAYS(&b, "changes 2", "0x0 2 t@0= u@0=mine");
    APP_DOES(&a, "unregister");
    APP_DOES(&b, "write u last");
    APP_DOES(&a, "sync");
    SAYS(&a, "changes 4", "0x0 4 s@0=whole s@1=xy s@0= t@0=");
    app_kill(&b); /* what it had registered for hurts nobody */
    APP_DOES(&a, "write u on");
    app_end(&a);
    end();
}

Test(peers, notifications_come_in_the_order_of_the_writes)
{
    char want[2048] = "0x0 200", line[64];
    struct app a, b;
    int i;

    two_begin(&a, &b);
    APP_DOES(&a, "open c " DISTRIBUTED " 5 0");
    APP_DOES(&b, "open c " DISTRIBUTED " 5 0");
    APP_DOES(&b, "create s 1");
    APP_DOES(&a, "register");
    for (i = 0; i < 200; i++) {
        snprintf(line, sizeof(line), "write s %d", i);
        APP_DOES(&b, line);
        snprintf(want + strlen(want), sizeof(want) - strlen(want), " s@0=%d", i);
    }
    SAYS(&a, "changes 200", want); /* row Notify.order#1 */
    two_end(&a, &b);
}

Test(peers, a_change_callback_closes_and_finalizes)
{
    struct app a, b;

    two_begin(&a, &b);
    APP_DOES(&b, "open c " DISTRIBUTED " 5 0");
    APP_DOES(&b, "create s 1");
    APP_DOES(&a, "open c " DISTRIBUTED " 5 0");
    APP_DOES(&a, "register close");
    APP_DOES(&b, "write s 2");
    SAYS(&a, "changes 1", "0x0 1 s@0=2");
    SAYS(&a, "write s 3", BAD_HANDLE); /* row Notify.thread#2 */
    APP_DOES(&a, "reopen c");
    APP_DOES(&a, "register finalize");
    APP_DOES(&b, "write s 4");
    SAYS(&a, "changes 2", "0x0 2 s@0=2 s@0=4");
    SAYS(&a, "write s 5", BAD_HANDLE);
    APP_DOES(&a, "reopen c"); /* the service that the callback began */
    APP_DOES(&a, "register");
    APP_DOES(&b, "write s 6");
    SAYS(&a, "changes 3", "0x0 3 s@0=2 s@0=4 s@0=6");
    two_end(&a, &b);
}

/* ---- hot standby --------------------------------------------------------- */

/* Two processes, each on its node, as the example that programs were copied from. */
Test(peers, the_standby_goes_on_where_the_active_was_killed)
{
    char line[64], want[64];
    struct app a, b;
    int i;

    two_begin(&a, &b);
    APP_DOES(&a, "open seed " COLLOCATED " 2 0"); /* row Seed#1 */
    APP_DOES(&b, "open seed " COLLOCATED " 2 0");
    APP_DOES(&a, "active");
    APP_DOES(&b, "active");
    APP_DOES(&a, "create 1 0"); /* row Seed#2 */
    SAYS(&b, "create 1 0", EXISTS);
    SAYS(&b, "read 1", "0x0 0");
    for (i = 1; i <= 50; i++) { /* row Seed#4 */
        snprintf(line, sizeof(line), "write 1 %d", i);
        APP_DOES(&a, line);
        APP_DOES(&a, "sync");
    }
    app_kill(&a);
    APP_DOES(&b, "active"); /* row Seed#5 */
    snprintf(want, sizeof(want), "0x0 %d", i - 1);
    SAYS(&b, "read 1", want);
    APP_DOES(&b, "write 1 51");
    APP_DOES(&b, "sync");
    app_start(&a, "node-a"); /* it comes back, as the standby */
    APP_DOES(&a, "open seed " COLLOCATED " 2 0");
    APP_DOES(&a, "active");
    SAYS(&a, "create 1 0", EXISTS);
    SAYS(&a, "read 1", "0x0 51");
    APP_DOES(&b, "write 1 52"); /* the last caller has the role, writes go on */
    app_kill(&a);
    app_kill(&b);
    app_start(&a, "node-a");
    SAYS(&a, "reopen seed", NOT_EXIST); /* row Seed#6 */
    app_end(&a);
    end();
}

struct reader {
    struct app *app;
    char seen[64];
};

static bool is_counting(void *arg)
{
    struct reader *const r = arg;

    snprintf(r->seen, sizeof(r->seen), "%s", app_ask(r->app, "read s"));
    return strcmp(r->seen, "0x0 0") != 0;
}

Test(peers, a_paused_active_that_resumes_cannot_overwrite_its_successor)
{
    struct app a, b;
    struct reader r = {.app = &b};
    const char *answer;

    begin();
    setenv("CLOVIS_FENCE", "1", 1);
    app_start(&a, "node-a");
    app_start(&b, "node-b");
    APP_DOES(&a, "open c " COLLOCATED " 5 0");
    APP_DOES(&b, "open c " COLLOCATED " 5 0");
    APP_DOES(&a, "active");
    APP_DOES(&a, "create s 0");
    SAYS(&b, "write s x", NOT_PERMITTED); /* row StoreFault#6 */
    SAYS(&b, "sawrite s x", "0xb");       /* ACCESS */
    SAYS(&b, "create t x", NOT_PERMITTED);
    SAYS(&b, "vector s x", NOT_PERMITTED);
    SAYS(&b, "remove s", NOT_PERMITTED);
    SAYS(&b, "expire s", NOT_PERMITTED);
    SAYS(&b, "read s", "0x0 0"); /* reading is free */
    app_tell(&a, "count s");
    cr_assert(wait_for(is_counting, &r, 20000), "the active does not write");
    app_freeze(&a);
    APP_DOES(&b, "active");
    APP_DOES(&b, "write s successor");
    app_thaw(&a);
    answer = app_answer(&a); /* its next write fails */
    cr_expect(strncmp(answer, NOT_PERMITTED " ", 9) == 0, "row StoreFault#6: %s", answer);
    SAYS(&b, "read s", "0x0 successor");
    SAYS(&a, "sawrite s x", "0xb");
    APP_DOES(&a, "active"); /* it may take the role back */
    APP_DOES(&a, "write s back");
    SAYS(&b, "read s", "0x0 back");
    two_end(&a, &b);
}
