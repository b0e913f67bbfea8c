/* SPDX-License-Identifier: Apache-2.0 */
/* The component's session with the daemon, below the legacy API. */
#include <criterion/criterion.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_client.h"
#include "base/clock.h"
#include "base/thread.h"
#include "fake_amfd.h"
#include "fixture_redis.h"

static struct fake_amfd *daemon_;
static int n_messages;

static void message(const json_t *m)
{
    json_t *answer = NULL;

    if (json_object_get(m, "ask")) { /* a callback may itself ask the daemon */
        amf_client_call(json_pack("{s:s}", "t", "hastate"), clv_deadline_ns(CLV_NS_PER_S),
                        &answer);
        json_decref(answer);
    }
    __atomic_fetch_add(&n_messages, 1, __ATOMIC_SEQ_CST);
}

static void resume(json_t *hello)
{
    json_object_set_new(hello, "registered", json_pack("[s]", "comp1"));
}

static const struct amf_client_hooks hooks = {message, resume};

static uint32_t start(int ms)
{
    return amf_client_start("comp1", &hooks, clv_deadline_ns(ms * CLV_NS_PER_MS));
}

static void setup(void)
{
    daemon_ = fake_amfd_start();
}

TestSuite(session, .init = setup, .timeout = 30);

Test(session, hello_names_the_component_and_the_node_is_learnt)
{
    char node[256] = "";
    uint32_t addr = 0;
    json_t *m;

    cr_expect_not(amf_client_node(node, sizeof(node), &addr));
    cr_assert_eq(start(5000), 0);
    m = fake_amfd_take(daemon_, "hello");
    cr_expect_str_eq(fake_str(m, "comp"), "comp1");
    cr_expect_eq(fake_int(m, "pid"), getpid());
    cr_expect_eq(fake_int(m, "version"), 1);
    cr_expect(json_is_false(json_object_get(m, "resume")));
    cr_expect(amf_client_node(node, sizeof(node), &addr));
    cr_expect_str_eq(node, "blade1");
    cr_expect_eq(addr, 1);
    json_decref(m);
    cr_assert_eq(start(5000), 0);
    cr_expect_eq(fake_amfd_count(daemon_, "hello"), 1);
    fake_amfd_end(daemon_);
}

Test(session, an_absent_daemon_is_try_again_after_the_wait)
{
    fake_amfd_die(daemon_);
    cr_expect_eq(start(200), (uint32_t)AMF_RC_TRY_AGAIN);
    fake_amfd_again(daemon_);
    cr_expect_eq(start(5000), 0);
    fake_amfd_end(daemon_);
}

static void *again(void *arg)
{
    fake_amfd_again(arg);
    return NULL;
}

Test(session, a_daemon_that_starts_during_the_wait_is_found)
{
    pthread_t t = 0;

    fake_amfd_die(daemon_);
    cr_assert(clv_thread_start(again, daemon_, 0, &t));
    cr_expect_eq(start(5000), 0);
    pthread_join(t, NULL);
    fake_amfd_end(daemon_);
}

Test(session, a_refusal_is_handed_on_and_may_be_tried_again)
{
    fake_amfd_answer(daemon_, "hello", "{\"rc\": 983059}");
    cr_expect_eq(start(5000), 0x000f0013u);
    fake_amfd_answer(daemon_, "hello", "{\"rc\": 0, \"node\": \"blade1\", \"addr\": 1}");
    cr_expect_eq(start(5000), 0);
    fake_amfd_end(daemon_);
}

Test(session, a_call_gets_its_own_answer)
{
    json_t *answer = NULL;

    cr_assert_eq(start(5000), 0);
    fake_amfd_answer(daemon_, "hastate", "{\"ha\": 2}");
    cr_expect_eq(amf_client_call(json_pack("{s:s}", "t", "hastate"),
                                 clv_deadline_ns(5 * CLV_NS_PER_S), &answer),
                 0);
    cr_expect_eq(fake_int(answer, "ha"), 2);
    cr_expect_null(json_object_get(answer, AMF_ANSWER_REPEATED));
    json_decref(answer);
    fake_amfd_answer(daemon_, "hastate", "{\"rc\": 983044}");
    cr_expect_eq(amf_client_call(json_pack("{s:s}", "t", "hastate"),
                                 clv_deadline_ns(5 * CLV_NS_PER_S), NULL),
                 0x000f0004u);
    fake_amfd_end(daemon_);
}

Test(session, a_call_without_an_answer_times_out)
{
    cr_assert_eq(start(5000), 0);
    fake_amfd_answer(daemon_, "hastate", NULL);
    cr_expect_eq(amf_client_call(json_pack("{s:s}", "t", "hastate"),
                                 clv_deadline_ns(100 * CLV_NS_PER_MS), NULL),
                 (uint32_t)AMF_RC_TIMEOUT);
    fake_amfd_end(daemon_);
}

Test(session, a_callback_may_ask_the_daemon)
{
    cr_assert_eq(start(5000), 0);
    fake_amfd_send(daemon_, "{\"t\": \"x\", \"ask\": 1}");
    json_decref(fake_amfd_take(daemon_, "hastate"));
    amf_client_drain(clv_deadline_ns(5 * CLV_NS_PER_S));
    cr_expect_eq(__atomic_load_n(&n_messages, __ATOMIC_SEQ_CST), 1);
    fake_amfd_end(daemon_);
}

static bool is_gone(void *arg)
{
    (void)arg;
    /* a call that is not sent is TRY_AGAIN; one that is, TIMEOUT */
    return amf_client_call(json_pack("{s:s}", "t", "probe"),
                           clv_deadline_ns(CLV_NS_PER_MS), NULL) == AMF_RC_TRY_AGAIN;
}

Test(session, what_is_sent_while_the_daemon_is_away_arrives_after_the_resume)
{
    json_t *m;

    cr_assert_eq(start(5000), 0);
    json_decref(fake_amfd_take(daemon_, "hello"));
    fake_amfd_die(daemon_);
    cr_assert(wait_for(is_gone, NULL, 5000));
    amf_client_send(json_pack("{s:s, s:i}", "t", "response", "inv", 1));
    amf_client_send(json_pack("{s:s, s:i}", "t", "response", "inv", 2));
    fake_amfd_again(daemon_);
    m = fake_amfd_take(daemon_, "hello");
    cr_expect(json_is_true(json_object_get(m, "resume")));
    cr_expect_str_eq(
        json_string_value(json_array_get(json_object_get(m, "registered"), 0)), "comp1");
    json_decref(m);
    for (int i = 1; i <= 2; i++) {
        m = fake_amfd_take(daemon_, "response");
        cr_expect_eq(fake_int(m, "inv"), i, "response %d", i);
        json_decref(m);
    }
    fake_amfd_end(daemon_);
}

static void *restart(void *arg)
{
    json_decref(fake_amfd_take(arg, "register"));
    fake_amfd_die(arg);
    fake_amfd_answer(arg, "register", "{\"rc\": 983304}");
    fake_amfd_again(arg);
    return NULL;
}

Test(session, a_call_rides_through_a_restart_and_says_that_it_was_repeated)
{
    json_t *answer = NULL;
    pthread_t t = 0;

    cr_assert_eq(start(5000), 0);
    fake_amfd_answer(daemon_, "register", NULL);
    cr_assert(clv_thread_start(restart, daemon_, 0, &t));
    cr_expect_eq(amf_client_call(json_pack("{s:s}", "t", "register"),
                                 clv_deadline_ns(10 * CLV_NS_PER_S), &answer),
                 0x000f0108u);
    cr_expect(json_is_true(json_object_get(answer, AMF_ANSWER_REPEATED)));
    json_decref(answer);
    pthread_join(t, NULL);
    fake_amfd_end(daemon_);
}

Test(session, garbage_ends_the_connection_and_a_new_one_follows)
{
    cr_assert_eq(start(5000), 0);
    json_decref(fake_amfd_take(daemon_, "hello"));
    fake_amfd_send(daemon_, "[1, 2]");
    json_decref(fake_amfd_take(daemon_, "hello"));
    fake_amfd_end(daemon_);
}

Test(session, nothing_is_kept_for_a_daemon_that_was_never_wanted)
{
    amf_client_send(json_pack("{s:s}", "t", "response"));
    cr_expect_eq(amf_client_call(json_pack("{s:s}", "t", "hastate"),
                                 clv_deadline_ns(CLV_NS_PER_S), NULL),
                 (uint32_t)AMF_RC_TRY_AGAIN);
    cr_assert_eq(start(5000), 0);
    cr_expect_not(fake_amfd_sees(daemon_, "response", 50));
    fake_amfd_end(daemon_);
}

Test(session, who_is_without_a_daemon_for_too_long_ends, .signal = SIGKILL)
{
    fake_amfd_answer(daemon_, "hello", "{\"node\": \"blade1\", \"orphan_ms\": 100}");
    cr_assert_eq(start(5000), 0);
    fake_amfd_die(daemon_);
    pause();
}

Test(session, a_daemon_that_is_back_in_time_ends_the_wait)
{
    int i;

    fake_amfd_answer(daemon_, "hello", "{\"node\": \"blade1\", \"orphan_ms\": 2000}");
    cr_assert_eq(start(5000), 0);
    for (i = 0; i < 8; i++) { /* away for longer than that in the whole */
        json_decref(fake_amfd_take(daemon_, "hello"));
        fake_amfd_die(daemon_);
        cr_assert(wait_for(is_gone, NULL, 5000));
        poll(NULL, 0, 300);
        fake_amfd_again(daemon_);
    }
    json_decref(fake_amfd_take(daemon_, "hello"));
    fake_amfd_end(daemon_);
}
