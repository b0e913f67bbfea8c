/* SPDX-License-Identifier: Apache-2.0 */
/* Change callbacks, over a store that can be told which writes are another's. */
#include "ckpt_case.h"
#include "fake_store.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

TestSuite(notify, .timeout = 60);

static struct {
    atomic_int n;
    ClHandleT h;
    ClPtrT cookie;
    char name[300];
    ClUint32T elements;
    ClCkptIOVectorElementT first, last;
    char id[32], data[32];
    pthread_t thread;
    void (*then)(ClHandleT h);
    atomic_bool hold;
} told;

static ClRcT on_change(ClCkptHdlT h, ClNameT *name, ClCkptIOVectorElementT *vec,
                       ClUint32T n, ClPtrT cookie)
{
    told.h = h;
    told.cookie = cookie;
    snprintf(told.name, sizeof(told.name), "%.*s", name->length, name->value);
    told.elements = n;
    told.first = vec[0];
    told.last = vec[n - 1];
    snprintf(told.id, sizeof(told.id), "%.*s", vec[0].sectionId.idLen,
             vec[0].sectionId.id ? (char *)vec[0].sectionId.id : "");
    snprintf(told.data, sizeof(told.data), "%.*s", (int)vec[0].dataSize,
             vec[0].dataBuffer ? (char *)vec[0].dataBuffer : "");
    told.thread = pthread_self();
    told.n++;
    while (told.hold)
        poll(NULL, 0, 1);
    if (told.then)
        told.then(h);
    return CL_ERR_UNSPECIFIED; /* ignored */
}

static void setup(void)
{
    v = (struct variant){"Cl", false, false};
    begin();
    fake_other_process(true);
}

#define DIST (WR | CL_CKPT_DISTRIBUTED)

Test(notify, arguments)
{
    ClHandleT h;

    v = (struct variant){"Cl", false, false};
    ROW("Notify#1", clCkptImmediateConsumptionRegister(1, on_change, NULL),
        INVALID_HANDLE);
    setup();
    ROW("Notify#1", clCkptImmediateConsumptionRegister(0, on_change, NULL),
        INVALID_HANDLE);
    ROW("Notify#1", clCkptImmediateConsumptionRegister(svc, on_change, NULL),
        INVALID_HANDLE);
    h = opened(svc, "plain", WR, 3, 8, RWC);
    ROW("Notify#2", clCkptImmediateConsumptionRegister(h, on_change, NULL),
        OP_NOT_PERMITTED);
    ROW("Notify#2", clCkptImmediateConsumptionRegister(h, NULL, NULL), OP_NOT_PERMITTED);
    OK(t_close(h));
    h = opened(svc, "dist", DIST, 3, 8, R | C);
    fake_fail("feed_set", STORE_AWAY);
    ROW("Notify#3", clCkptImmediateConsumptionRegister(h, on_change, NULL), TRY_AGAIN);
    ROW_OK("Notify#4", clCkptImmediateConsumptionRegister(h, NULL, NULL));
    ROW_OK("Notify#5", clCkptImmediateConsumptionRegister(h, on_change, NULL));
    ROW_OK("Notify#5", clCkptImmediateConsumptionRegister(h, on_change, NULL));
    ROW_OK("Notify#4", clCkptImmediateConsumptionRegister(h, NULL, NULL));
    OK(t_close(h));
    end();
}

Test(notify, trap_24_what_is_told_of_each_kind_of_change)
{
    ClCkptIOVectorElementT two[2];
    int cookie;
    ClHandleT h;

    setup();
    h = opened(svc, "n", DIST, 9, 0, RWC);
    OK(clCkptImmediateConsumptionRegister(h, on_change, &cookie));
    OK(add(h, "s", "1"));
    OK(add(h, "t", "1"));
    fake_drain();
    FACT("Notify.create#1", told.n == 0);
    OK(put(h, "s", "whole"));
    fake_drain();
    FACT("Notify.args#1", told.n == 1 && told.h == h && told.cookie == &cookie);
    cr_expect_str_eq(told.name, "n/Cl", "row Notify.args#1");
    FACT("Notify.over#1", told.elements == 1 && told.first.dataSize == 5 &&
                              told.first.readSize == 5 && told.first.dataOffset == 0);
    cr_expect_str_eq(told.id, "s", "row Notify.over#1");
    cr_expect_str_eq(told.data, "whole", "row Notify.over#1");
    FACT("Notify.thread#1", !pthread_equal(told.thread, pthread_self()));
    two[0] = piece("s", "ab", 3);
    two[1] = piece("t", "c", 7);
    OK(t_write(h, two, 2, NULL));
    fake_drain();
    FACT("Notify.write#1", told.n == 2 && told.elements == 2 &&
                               told.first.dataOffset == 3 && told.first.dataSize == 2 &&
                               told.last.dataOffset == 7 && told.last.dataSize == 1);
    cr_expect_str_eq(told.data, "ab", "row trap_24: only what was written");
    OK(t_section_delete(h, sid("s")));
    fake_drain();
    FACT("Notify.delete#1", told.n == 3 && told.elements == 1 &&
                                told.first.dataSize == 0 && told.first.readSize == 0);
    cr_expect_str_eq(told.id, "s", "row Notify.delete#1");
    fake_other_process(false);
    OK(put(h, "t", "own"));
    fake_drain();
    FACT("Notify.who#1", told.n == 3);
    OK(t_close(h));
    end();
}

Test(notify, more_elements_than_fit_on_the_stack)
{
    ClCkptIOVectorElementT vec[20];
    ClHandleT h;
    int i;

    setup();
    h = opened(svc, "n", DIST, 9, 0, RWC);
    OK(clCkptImmediateConsumptionRegister(h, on_change, NULL));
    OK(add(h, "s", "1"));
    for (i = 0; i < 20; i++)
        vec[i] = piece("s", "x", i);
    OK(t_write(h, vec, 20, NULL));
    fake_drain();
    FACT("Notify.write#1",
         told.n == 1 && told.elements == 20 && told.last.dataOffset == 19);
    OK(t_close(h));
    end();
}

Test(notify, the_default_section_is_announced_without_or_with_a_name)
{
    ClHandleT h;

    setup();
    h = opened(svc, "n", DIST, 1, 0, RWC);
    OK(clCkptImmediateConsumptionRegister(h, on_change, NULL));
    OK(t_overwrite(h, &(id_t_){0, NULL}, "x", 1));
    fake_drain();
    FACT("Notify.default#1",
         told.first.sectionId.idLen == 0 && told.first.sectionId.id == NULL);
    OK(t_close(h));
    h = opened(svc, "p", DIST | CL_CKPT_PEER_TO_PEER_REPLICA, 1, 0, RWC);
    OK(clCkptImmediateConsumptionRegister(h, on_change, NULL));
    OK(t_overwrite(h, &(id_t_){0, NULL}, "x", 1));
    fake_drain();
    FACT("Notify.default#2", told.first.sectionId.idLen == 15);
    cr_expect_str_eq(told.id, "defaultSection", "row Notify.default#2");
    OK(t_close(h));
    end();
}

Test(notify, each_registered_handle_is_called_with_its_own_cookie)
{
    ClHandleT a, b, c;
    int cookie;

    setup();
    a = opened(svc, "n", DIST, 9, 0, RWC);
    b = opened(svc, "n", DIST, 9, 0, RWC);
    OK(t_open(svc, nm("n"), NULL, R, &c));
    OK(add(a, "s", "1"));
    OK(clCkptImmediateConsumptionRegister(b, on_change, NULL));
    OK(clCkptImmediateConsumptionRegister(b, on_change, &cookie)); /* replaces */
    OK(put(a, "s", "2"));
    fake_drain();
    FACT("Notify#6", told.n == 1 && told.h == b && told.cookie == &cookie);
    OK(clCkptImmediateConsumptionRegister(c, on_change, NULL));
    OK(put(a, "s", "3"));
    fake_drain();
    FACT("Notify.who#2", told.n == 3);
    OK(clCkptImmediateConsumptionRegister(b, NULL, NULL));
    OK(put(a, "s", "4"));
    fake_drain();
    FACT("Notify.ends#1", told.n == 4 && told.h == c);
    OK(t_close(c));
    OK(put(a, "s", "5"));
    fake_drain();
    FACT("Notify.ends#1", told.n == 4);
    OK(t_close(b));
    OK(t_close(a));
    end();
}

static void read_inside(ClHandleT h)
{
    cr_expect_str_eq(content(h, "s"), "2", "row Notify.thread#2");
    ROW_OK("Notify.thread#2", clCkptImmediateConsumptionRegister(h, NULL, NULL));
    ROW_OK("Notify.thread#2", t_close(h));
}

static void finalize_inside(ClHandleT h)
{
    (void)h;
    ROW_OK("Notify.thread#2", t_fini(svc));
}

Test(notify, a_callback_may_close_and_finalize)
{
    ClHandleT a, b;
    int i;

    setup();
    a = opened(svc, "n", DIST, 9, 0, RWC);
    OK(t_open(svc, nm("n"), NULL, R, &b));
    OK(add(a, "s", "1"));
    told.then = read_inside;
    OK(clCkptImmediateConsumptionRegister(b, on_change, NULL));
    OK(put(a, "s", "2"));
    fake_drain();
    FACT("Notify.thread#2", told.n == 1 && fake_open() == 1);
    told.then = finalize_inside;
    OK(clCkptImmediateConsumptionRegister(a, on_change, NULL));
    OK(put(a, "s", "3"));
    for (i = 0; i < 2000 && fake_started() > 0; i++)
        poll(NULL, 0, 5);
    FACT("Notify.thread#2", fake_started() == 0 && fake_open() == 0);
}

static void *close_it(void *arg)
{
    ROW_OK("Notify.ends#2", t_close(*(ClHandleT *)arg));
    told.n = 100; /* only after the callback has returned */
    return NULL;
}

Test(notify, close_waits_for_a_callback_that_runs)
{
    ClHandleT a, b;
    pthread_t t;
    int i;

    setup();
    a = opened(svc, "n", DIST, 9, 0, RWC);
    OK(t_open(svc, nm("n"), NULL, R, &b));
    OK(add(a, "s", "1"));
    told.hold = true;
    OK(clCkptImmediateConsumptionRegister(b, on_change, NULL));
    OK(put(a, "s", "2"));
    for (i = 0; i < 2000 && told.n == 0; i++)
        poll(NULL, 0, 2);
    cr_assert_eq(told.n, 1);
    cr_assert_eq(pthread_create(&t, NULL, close_it, &b), 0);
    while (t_retention(b, 0) == CL_OK) /* until the close has begun */
        poll(NULL, 0, 1);
    poll(NULL, 0, 50);
    FACT("Notify.ends#2", told.n == 1);
    told.hold = false;
    pthread_join(t, NULL);
    FACT("Notify.ends#2", told.n == 100);
    OK(t_close(a));
    end();
}
