/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: what the callbacks are given, on which thread, and what becomes of answers. */
#include <criterion/criterion.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#include <clCpmApi.h>
#include <clHeapApi.h>

#include "base/thread.h"
#include "cpm_app.h"
#include "fixture_redis.h"

TestSuite(work, .init = app_setup, .fini = app_end, .timeout = 60);

static void expect_name(const ClNameT *n, const char *text, unsigned length,
                        const char *row)
{
    cr_expect_eq(n->length, length, "%s: length %u, expected %u", row, n->length, length);
    cr_expect_str_eq((const char *)n->value, text, "%s", row);
}

Test(work, a_set_describes_the_assignment)
{
    static const struct {
        const char *row, *csi, *extra;
        ClAmsHAStateT ha;
        unsigned flags, csi_length;
        const char *active;
        unsigned active_length, transition, rank;
        const char *attrs;
    } rows[] = {
        {"new active", "csi1",
         ", \"tr\": 1, \"active\": \"comp1\", \"attrs\": [[\"step\", \"1\"], [\"b\", "
         "\"\"]]",
         1, 1, 5, "comp1", 6, 1, 0, "step=1 b= "},
        {"old active in a swap", "csi1",
         ", \"active\": \"comp2\", \"rank\": 2, \"attrs\": [[\"step\", \"1\"]]", 2, 1, 5,
         "comp2", 6, 0, 2, "step=1 "},
        {"promotion", "", ", \"tr\": 3, \"active\": \"comp2\"", 1, 4, 0, "comp2", 6, 3, 0,
         ""},
        {"quiesced", "csi1", ", \"tr\": 9, \"active\": \"x\", \"rank\": 9", 3, 2, 5, "",
         0, 0, 0, ""},
    };

    app_register();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct app_note n;
        const ClAmsCSIActiveDescriptorT *a =
            &n.descriptor.csiStateDescriptor.activeDescriptor;
        const ClAmsCSIStandbyDescriptorT *s =
            &n.descriptor.csiStateDescriptor.standbyDescriptor;
        const ClAmsCSIStateDescriptorT zero = {0};

        app_csi_set((unsigned)i + 1, rows[i].csi, rows[i].ha, rows[i].flags,
                    rows[i].extra);
        n = app_next("csiset");
        cr_expect_eq(n.invocation, i + 1, "%s", rows[i].row);
        cr_expect_eq(n.ha, rows[i].ha, "%s", rows[i].row);
        cr_expect_eq(n.flags, rows[i].flags, "%s", rows[i].row);
        expect_name(&n.comp, "comp1", 5, rows[i].row);
        expect_name(&n.csi, rows[i].csi, rows[i].csi_length, rows[i].row);
        cr_expect_str_eq(n.text, rows[i].attrs, "%s: %s", rows[i].row, n.text);
        if (!*rows[i].attrs) {
            cr_expect_null(n.descriptor.csiAttributeList.attribute, "%s", rows[i].row);
        }
        if (rows[i].ha == 1) {
            cr_expect_eq(a->transitionDescriptor, rows[i].transition, "%s", rows[i].row);
            expect_name(&a->activeCompName, rows[i].active, rows[i].active_length,
                        rows[i].row);
        } else if (rows[i].ha == 2) {
            cr_expect_eq(s->standbyRank, rows[i].rank, "%s", rows[i].row);
            expect_name(&s->activeCompName, rows[i].active, rows[i].active_length,
                        rows[i].row);
        } else {
            cr_expect_eq(memcmp(s, &zero, sizeof(zero)), 0, "%s", rows[i].row);
        }
    }
}

Test(work, remove_terminate_health_and_proxied_orders_arrive)
{
    const ClCpmHandleT h = app_register();
    ClAmsCompHealthcheckKeyT key = {"key1", 4};
    ClNameT comp = app_name("comp1");
    struct app_note n;

    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
    fake_amfd_send(app_daemon,
                   "{\"t\": \"csirmv\", \"inv\": 2, \"comp\": \"comp1\", \"csi\": "
                   "\"csi1\", \"flags\": 2}");
    n = app_next("csirmv");
    expect_name(&n.csi, "csi1", 5, "remove");
    cr_expect_eq(n.flags, 2);
    cr_expect_eq(clCpmHealthcheckStart(h, &comp, &key, 1, 1), CL_OK);
    fake_amfd_send(
        app_daemon,
        "{\"t\": \"health\", \"inv\": 3, \"comp\": \"comp1\", \"key\": \"key1\"}");
    n = app_next("health");
    cr_expect_eq(n.key.keyLen, 4);
    cr_expect_eq(memcmp(n.key.key, "key1", 4), 0);
    fake_amfd_send(app_daemon, "{\"t\": \"pinst\", \"inv\": 4, \"comp\": \"proxied\"}");
    n = app_next("pinst");
    expect_name(&n.comp, "proxied", 7, "pinst");
    fake_amfd_send(app_daemon, "{\"t\": \"pclean\", \"inv\": 5, \"comp\": \"proxied\"}");
    app_next("pclean");
    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 6, \"comp\": \"comp1\"}");
    app_next("terminate");
    for (unsigned i = 1; i <= 6; i++) {
        static const char *const kinds[] = {"csiset",          "csirmv",
                                            "health",          "proxied-instantiate",
                                            "proxied-cleanup", "terminate"};

        cr_expect_eq(clCpmResponse(h, i, i == 3 ? 0x11 : CL_OK), CL_OK);
        app_expect_response(i, i == 3 ? 0x11 : 0, kinds[i - 1]);
    }
}

Test(work, what_repeats_is_answered_without_the_application)
{
    static const struct {
        const char *row, *type, *csi;
        int ha, rank;
        bool told;
    } rows[] = {
        {"first", "csiset", "csi1", 2, 1, true},
        {"same standby, same rank", "csiset", "csi1", 2, 1, false},
        {"same standby, other rank", "csiset", "csi1", 2, 2, true},
        {"second csi", "csiset", "csi2", 2, 1, true},
        {"promotion of all", "csiset", "", 1, 0, true},
        {"promotion of all again", "csiset", "", 1, 0, false},
        {"promotion of one again", "csiset", "csi2", 1, 0, false},
        {"active with another rank", "csiset", "csi1", 1, 7, false},
        {"quiesced", "csiset", "csi1", 3, 0, true},
        {"removed", "csirmv", "csi1", 0, 0, true},
        {"removed again", "csirmv", "csi1", 0, 0, false},
        {"unknown removed", "csirmv", "csi9", 0, 0, false},
        {"quiesced, the rest", "csiset", "", 3, 0, true},
        {"all removed", "csirmv", "", 0, 0, true},
        {"all removed again", "csirmv", "", 0, 0, false},
        {"standby for nothing", "csiset", "", 2, 0, false},
        {"active for nothing", "csiset", "", 1, 0, true},
    };
    const ClCpmHandleT h = app_register();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char line[256];

        snprintf(line, sizeof(line),
                 "{\"t\": \"%s\", \"inv\": %zu, \"comp\": \"comp1\", \"csi\": \"%s\", "
                 "\"ha\": %d, \"rank\": %d}",
                 rows[i].type, i + 1, rows[i].csi, rows[i].ha, rows[i].rank);
        fake_amfd_send(app_daemon, line);
        if (rows[i].told) {
            app_next(rows[i].type);
            cr_assert_eq(clCpmResponse(h, i + 1, CL_OK), CL_OK, "%s", rows[i].row);
        }
        app_expect_response((unsigned)i + 1, 0, rows[i].type);
        cr_assert_not(app_noted(0), "%s", rows[i].row);
    }
}

Test(work, an_order_repeated_before_its_answer_is_answered_once_under_the_new_number)
{
    const ClCpmHandleT h = app_register();

    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
    app_csi_set(2, "csi1", 1, 1, "");
    app_csi_set(3, "csi2", 1, 1, ""); /* by its arrival the repetition has been seen */
    app_next("csiset");
    cr_expect_eq(clCpmResponse(h, 1, CL_OK), CL_OK);
    app_expect_response(2, 0, "csiset");
    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 4, \"comp\": \"comp1\"}");
    app_next("terminate");
    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 5, \"comp\": \"comp1\"}");
    app_csi_set(6, "csi3", 1, 1, "");
    app_next("csiset");
    cr_expect_eq(clCpmResponse(h, 4, CL_OK), CL_OK);
    app_expect_response(5, 0, "terminate");
}

Test(work, a_state_that_comes_back_is_news_although_the_first_was_never_answered)
{
    app_register();
    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
    app_csi_set(2, "csi1", 2, 1, ", \"rank\": 1");
    app_next("csiset");
    app_csi_set(3, "csi1", 1, 1, "");
    cr_expect_eq(app_next("csiset").invocation, 3);
}

Test(work, quiescing_ends_with_complete_and_a_response_before_it_is_legal)
{
    const ClCpmHandleT h = app_register();
    json_t *m;

    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
    app_csi_set(2, "csi1", 4, 2, "");
    app_next("csiset");
    cr_expect_eq(clCpmResponse(h, 2, CL_OK), CL_OK);
    app_expect_response(2, 0, "csiset");
    cr_expect_eq(clCpmCSIQuiescingComplete(h, 2, CL_OK), CL_OK);
    m = fake_amfd_take(app_daemon, "quiesced");
    cr_expect_eq(fake_int(m, "inv"), 2);
    cr_expect_eq(fake_int(m, "rc"), 0);
    json_decref(m);
    app_csi_set(3, "csi1", 3, 2, ""); /* it is quiesced already */
    app_expect_response(3, 0, "csiset");
    cr_expect_not(app_noted(0));
}

Test(work, orders_for_strangers_and_without_callback_get_no_answer)
{
    ClCpmCallbacksT cb = {0};
    ClVersionT v = {'B', 1, 1};
    ClNameT comp = app_name("comp1");
    ClCpmHandleT h;

    cb.appTerminate = app_callbacks.appTerminate;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    cr_assert_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    app_csi_set(1, "csi1", 1, 1, "");
    fake_amfd_send(
        app_daemon,
        "{\"t\": \"csirmv\", \"inv\": 2, \"comp\": \"comp1\", \"csi\": \"csi1\"}");
    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 3, \"comp\": \"other\"}");
    fake_amfd_send(app_daemon, "{\"t\": \"nonsense\", \"inv\": 4, \"comp\": \"comp1\"}");
    fake_amfd_send(app_daemon, "{\"t\": \"csiset\"}");
    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 5, \"comp\": \"comp1\"}");
    cr_expect_eq(app_next("terminate").invocation, 5);
    cr_expect_eq(fake_amfd_count(app_daemon, "response"), 0);
}

Test(work, orders_may_come_before_register_returns)
{
    const ClCpmHandleT h = app_initialize();
    ClNameT comp = app_name("comp1");

    fake_amfd_before(
        app_daemon, "register",
        "{\"t\": \"csiset\", \"inv\": 1, \"comp\": \"comp1\", \"csi\": \"csi1\", "
        "\"ha\": 1, \"flags\": 1}");
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    app_next("csiset");
}

Test(work, without_a_selection_object_callbacks_run_on_a_thread_of_the_library)
{
    struct app_note n;

    app_register();
    app_csi_set(1, "csi1", 1, 1, "");
    n = app_next("csiset");
    cr_expect_not(pthread_equal(n.thread, pthread_self()));
}

static bool is_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) == 1;
}

static bool becomes_readable(void *arg)
{
    return is_readable(*(int *)arg);
}

Test(work, with_a_selection_object_they_wait_for_dispatch)
{
    const ClCpmHandleT h = app_register();
    ClSelectionObjectT fd, again;
    int n;

    cr_assert_eq(clCpmSelectionObjectGet(h, &fd), CL_OK);
    cr_assert_eq(clCpmSelectionObjectGet(h, &again), CL_OK);
    cr_expect_eq(fd, again);
    cr_expect_lt(fd, FD_SETSIZE);
    n = (int)fd;
    cr_expect_not(is_readable(n));
    app_csi_set(1, "csi1", 1, 1, ", \"attrs\": [[\"a\", \"1\"]]");
    app_csi_set(2, "csi2", 1, 1, "");
    cr_assert(wait_for(becomes_readable, &n, 5000));
    cr_expect_not(app_noted(20));
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ONE), CL_OK);
    cr_expect(pthread_equal(app_next("csiset").thread, pthread_self()));
    while (!app_noted(0)) /* the second may still be on its way */
        cr_assert_eq(clCpmDispatch(h, CL_DISPATCH_ALL), CL_OK);
    app_next("csiset");
    cr_expect_not(is_readable(n));
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ALL), CL_OK);
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ONE), CL_OK);
}

static ClCpmHandleT handle;

static void *dispatch_blocking(void *arg)
{
    *(ClRcT *)arg = clCpmDispatch(handle, CL_DISPATCH_BLOCKING);
    return NULL;
}

Test(work, blocking_dispatch_ends_with_finalize)
{
    ClSelectionObjectT fd;
    ClRcT rc = 1;
    pthread_t t = 0;

    handle = app_register();
    cr_assert_eq(clCpmSelectionObjectGet(handle, &fd), CL_OK);
    cr_assert(clv_thread_start(dispatch_blocking, &rc, 0, &t));
    app_csi_set(1, "csi1", 1, 1, "");
    cr_expect(pthread_equal(app_next("csiset").thread, t));
    cr_expect_eq(clCpmClientFinalize(handle), CL_OK);
    pthread_join(t, NULL);
    cr_expect_eq(rc, CL_OK);
}

Test(work, a_response_after_finalize_reaches_the_daemon)
{
    const ClCpmHandleT h = app_register();
    ClNameT comp = app_name("comp1");
    struct app_note n;

    fake_amfd_send(app_daemon,
                   "{\"t\": \"terminate\", \"inv\": 77, \"comp\": \"comp1\"}");
    n = app_next("terminate");
    cr_expect_eq(clCpmComponentUnregister(h, &comp, NULL), CL_OK);
    cr_expect_eq(clCpmClientFinalize(h), CL_OK);
    cr_expect_eq(clCpmResponse(h, n.invocation, CL_OK), CL_OK);
    json_decref(fake_amfd_take(app_daemon, "unregister"));
    json_decref(fake_amfd_take(app_daemon, "bye"));
    app_expect_response(77, 0, "terminate");
}

Test(work, only_the_last_finalize_says_bye)
{
    const ClCpmHandleT a = app_initialize(), b = app_register();

    cr_expect_eq(clCpmClientFinalize(a), CL_OK);
    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
    cr_expect_eq(fake_amfd_count(app_daemon, "bye"), 0);
    cr_expect_eq(clCpmClientFinalize(b), CL_OK);
    json_decref(fake_amfd_take(app_daemon, "bye"));
}

Test(work, the_csi_list_is_one_block_with_the_attributes)
{
    ClNameT comp = app_name("comp1"), strange = app_name("strange");
    ClCpmCompCSIRefT list = {0, NULL};
    const ClAmsCSIDescriptorT *d;

    app_register();
    cr_expect_eq(clCpmCompCSIList(&strange, &list), 0x000f0004u);
    cr_expect_eq(clCpmCompCSIList(&comp, &list), CL_OK);
    cr_expect_eq(list.numCSIs, 0);
    cr_expect_null(list.pCSIList);
    app_csi_set(1, "csi1", 2, 1,
                ", \"rank\": 1, \"active\": \"comp2\", \"attrs\": [[\"step\", \"17\"]]");
    app_next("csiset");
    app_csi_set(2, "", 1, 4, ", \"tr\": 3, \"active\": \"comp2\"");
    app_next("csiset");
    app_csi_set(3, "csi2", 1, 1, ", \"active\": \"comp1\", \"tr\": 1");
    app_next("csiset");
    cr_assert_eq(clCpmCompCSIList(&comp, &list), CL_OK);
    cr_assert_eq(list.numCSIs, 2);
    d = &list.pCSIList[0].csiDescriptor;
    cr_expect_eq(list.pCSIList[0].haState, CL_AMS_HA_STATE_ACTIVE);
    expect_name(&d->csiName, "csi1", 5, "list");
    cr_assert_eq(d->csiAttributeList.numAttributes, 1);
    cr_expect_str_eq((char *)d->csiAttributeList.attribute[0].attributeValue, "17");
    expect_name(&list.pCSIList[1].csiDescriptor.csiName, "csi2", 5, "list");
    cr_expect_eq(clCpmCompCSIList(&comp, &list), 0x000f0002u);
    clHeapFree(list.pCSIList);
}

/* ---- protection groups --------------------------------------------------- */

#define MEMBERS                                                                          \
    "\"members\": [{\"comp\": \"comp1\", \"ha\": 1, \"change\": 1},"                     \
    " {\"comp\": \"comp2\", \"ha\": 2, \"change\": 2}]"

Test(work, the_current_group_is_answered_into_the_buffer)
{
    ClAmsPGNotificationBufferT b = {0, NULL};
    ClAmsPGNotificationT own[1] = {0};
    const ClCpmHandleT h = app_register();
    ClNameT csi = app_name("csi1");

    fake_amfd_answer(app_daemon, "pgtrack", "{" MEMBERS "}");
    cr_assert_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CURRENT, &b), CL_OK);
    cr_assert_eq(b.numItems, 2);
    expect_name(&b.notification[1].member.compName, "comp2", 6, "member");
    cr_expect_eq(b.notification[1].member.haState, 2);
    cr_expect_eq(b.notification[1].change, 2);
    clHeapFree(b.notification);
    b.notification = own;
    cr_expect_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CURRENT, &b), CL_OK);
    cr_expect_eq(b.numItems, 2);
    cr_expect_eq(own[0].member.compName.length, 0, "the caller's array is not filled");
    fake_amfd_answer(app_daemon, "pgtrack", "{\"rc\": 983044}");
    b.notification = NULL;
    cr_expect_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CURRENT, &b),
                 0x000f0004u);
    cr_expect_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CURRENT, NULL),
                 CL_OK);
}

Test(work, group_callbacks_run_on_the_library_thread_even_with_a_selection_object)
{
    const ClCpmHandleT h = app_register();
    ClNameT csi = app_name("csi1");
    ClSelectionObjectT fd;
    struct app_note n;

    cr_assert_eq(clCpmSelectionObjectGet(h, &fd), CL_OK);
    fake_amfd_answer(app_daemon, "pgtrack", "{" MEMBERS "}");
    cr_assert_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CURRENT, NULL),
                 CL_OK);
    n = app_next("pg");
    cr_expect_not(pthread_equal(n.thread, pthread_self()));
    cr_expect_str_eq(n.text, "comp1/6:1:1 comp2/6:2:2 ");
    cr_expect_eq(n.flags, 2, "number of members");
    cr_expect_eq(n.ha, 1, "error is SA_AIS_OK");
    expect_name(&n.csi, "csi1", 5, "pg");
    fake_amfd_send(app_daemon, "{\"t\": \"pg\", \"csi\": \"csi1\", " MEMBERS "}");
    cr_expect_not(app_noted(30), "CURRENT does not register");
    cr_assert_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CHANGES, NULL),
                 CL_OK);
    fake_amfd_send(app_daemon, "{\"t\": \"pg\", \"csi\": \"csi1\", " MEMBERS "}");
    app_next("pg");
    cr_assert_eq(clCpmProtectionGroupTrackStop(h, &csi), CL_OK);
    json_decref(fake_amfd_take(app_daemon, "pgstop"));
    fake_amfd_send(app_daemon, "{\"t\": \"pg\", \"csi\": \"csi1\", " MEMBERS "}");
    cr_expect_not(app_noted(30));
}

Test(work, tracking_needs_its_callback)
{
    ClCpmCallbacksT cb = app_callbacks;
    ClVersionT v = {'B', 1, 1};
    ClNameT csi = app_name("csi1");
    ClCpmHandleT h;

    cb.appProtectionGroupTrack = NULL;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    cr_expect_eq(clCpmProtectionGroupTrack(h, &csi, 1, NULL), 0x000f0002u);
}

/* ---- the daemon restarts ------------------------------------------------- */

Test(work, a_restarted_daemon_is_told_what_the_component_holds)
{
    const ClCpmHandleT h = app_register();
    ClAmsCompHealthcheckKeyT key = {"k", 1};
    ClNameT comp = app_name("comp1"), csi = app_name("csi1");
    json_t *m, *c;

    json_decref(fake_amfd_take(app_daemon, "hello"));
    app_csi_set(1, "csi1", 2, 1, ", \"rank\": 3");
    app_next("csiset");
    cr_assert_eq(clCpmHealthcheckStart(h, &comp, &key, 1, 1), CL_OK);
    cr_assert_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CHANGES, NULL),
                 CL_OK);
    json_decref(fake_amfd_take(app_daemon, "hcstart"));
    json_decref(fake_amfd_take(app_daemon, "pgtrack"));
    fake_amfd_die(app_daemon);
    fake_amfd_again(app_daemon);
    m = fake_amfd_take(app_daemon, "hello");
    cr_expect(json_is_true(json_object_get(m, "resume")));
    cr_expect_str_eq(
        json_string_value(json_array_get(json_object_get(m, "registered"), 0)), "comp1");
    c = json_array_get(json_object_get(m, "csis"), 0);
    cr_expect_str_eq(fake_str(c, "csi"), "csi1");
    cr_expect_str_eq(fake_str(c, "comp"), "comp1");
    cr_expect_eq(fake_int(c, "ha"), 2);
    cr_expect_eq(fake_int(c, "rank"), 3);
    json_decref(m);
    json_decref(fake_amfd_take(app_daemon, "hcstart"));
    json_decref(fake_amfd_take(app_daemon, "pgtrack"));
    cr_expect_eq(clCpmResponse(h, 1, CL_OK), CL_OK);
    app_expect_response(1, 0, "csiset");
    cr_expect_eq(fake_amfd_count(app_daemon, "register"), 1);
}

/* ---- small stacks -------------------------------------------------------- */

static void *small_stack_calls(void *arg)
{
    const ClCpmHandleT h = *(ClCpmHandleT *)arg;
    ClAmsCompHealthcheckKeyT key = {"k", 1};
    ClNameT comp = app_name("comp1");
    ClAmsHAStateT ha;

    clCpmDispatch(h, CL_DISPATCH_ALL);
    clCpmHAStateGet(h, &comp, &comp, &ha);
    clCpmResponse(h, 1, CL_OK);
    clCpmHealthcheckStart(h, &comp, &key, 1, 1);
    clCpmComponentFailureReport(h, &comp, 0, 1, 0);
    clCpmComponentUnregister(h, &comp, NULL);
    clCpmComponentRegister(h, &comp, NULL);
    return NULL;
}

Test(work, sixteen_kibibytes_of_stack_are_enough)
{
    ClCpmHandleT h = app_register();
    pthread_t t = 0;

#if defined(__SANITIZE_ADDRESS__)
    cr_skip("instrumented frames are larger");
#endif
    cr_assert(clv_thread_start(small_stack_calls, &h, 16384, &t));
    pthread_join(t, NULL);
    cr_expect_eq(fake_amfd_count(app_daemon, "register"), 2);
}
