/* SPDX-License-Identifier: Apache-2.0 */
#include "cpm_app.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"

enum { NOTES_MAX = 512, WAIT_MS = 10000 };

static struct {
    pthread_mutex_t lock; /* guards every field */
    pthread_cond_t changed;
    struct app_note at[NOTES_MAX];
    int n, taken;
} notes = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct fake_amfd *app_daemon;

static void note(struct app_note n, const char *what)
{
    snprintf(n.what, sizeof(n.what), "%s", what);
    n.thread = pthread_self();
    pthread_mutex_lock(&notes.lock);
    if (notes.n < NOTES_MAX)
        notes.at[notes.n++] = n;
    pthread_cond_broadcast(&notes.changed);
    pthread_mutex_unlock(&notes.lock);
}

static ClRcT csi_set(ClInvocationT inv, const ClNameT *comp, ClAmsHAStateT ha,
                     ClAmsCSIDescriptorT d)
{
    struct app_note n = {.invocation = inv,
                         .comp = *comp,
                         .ha = ha,
                         .csi = d.csiName,
                         .flags = d.csiFlags,
                         .descriptor = d};
    size_t used = 0;

    for (ClUint32T i = 0; i < d.csiAttributeList.numAttributes; i++)
        used += (size_t)snprintf(n.text + used, sizeof(n.text) - used, "%s=%s ",
                                 d.csiAttributeList.attribute[i].attributeName,
                                 d.csiAttributeList.attribute[i].attributeValue);
    note(n, "csiset");
    return CL_OK;
}

static ClRcT csi_remove(ClInvocationT inv, const ClNameT *comp, const ClNameT *csi,
                        ClAmsCSIFlagsT flags)
{
    note((struct app_note){.invocation = inv, .comp = *comp, .csi = *csi, .flags = flags},
         "csirmv");
    return CL_OK;
}

static ClRcT terminate(ClInvocationT inv, const ClNameT *comp)
{
    note((struct app_note){.invocation = inv, .comp = *comp}, "terminate");
    return CL_OK;
}

static ClRcT health(ClInvocationT inv, const ClNameT *comp, ClAmsCompHealthcheckKeyT *key)
{
    note((struct app_note){.invocation = inv, .comp = *comp, .key = *key}, "health");
    return CL_OK;
}

static void group(const ClNameT *csi, ClAmsPGNotificationBufferT *b, ClUint32T members,
                  ClUint32T error)
{
    struct app_note n = {.csi = *csi, .flags = members, .ha = (ClAmsHAStateT)error};
    size_t used = 0;

    for (ClUint32T i = 0; i < b->numItems; i++)
        used += (size_t)snprintf(n.text + used, sizeof(n.text) - used, "%s/%u:%d:%d ",
                                 (const char *)b->notification[i].member.compName.value,
                                 b->notification[i].member.compName.length,
                                 (int)b->notification[i].member.haState,
                                 (int)b->notification[i].change);
    note(n, "pg");
}

static ClRcT proxied_instantiate(ClInvocationT inv, const ClNameT *comp)
{
    note((struct app_note){.invocation = inv, .comp = *comp}, "pinst");
    return CL_OK;
}

static ClRcT proxied_cleanup(ClInvocationT inv, const ClNameT *comp)
{
    note((struct app_note){.invocation = inv, .comp = *comp}, "pclean");
    return CL_OK;
}

const ClCpmCallbacksT app_callbacks = {
    health, terminate, csi_set, csi_remove, group, proxied_instantiate, proxied_cleanup};

void app_setup(void)
{
    clv_cond_init(&notes.changed);
    setenv("ASP_COMPNAME", "comp1", 1);
    setenv("CLOVIS_AMF_TIMEOUT_MS", "5000", 1);
    app_daemon = fake_amfd_start();
}

void app_end(void)
{
    fake_amfd_end(app_daemon);
}

ClCpmHandleT app_initialize(void)
{
    ClVersionT v = {'B', 1, 1};
    ClCpmHandleT h = 0;

    cr_assert_eq(clCpmClientInitialize(&h, &app_callbacks, &v), CL_OK);
    return h;
}

ClCpmHandleT app_register(void)
{
    const ClCpmHandleT h = app_initialize();
    const ClNameT comp = app_name("comp1");

    cr_assert_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    return h;
}

/* Lock held. */
static bool note_wait(int ms)
{
    const int64_t ns = clv_deadline_ns(ms * CLV_NS_PER_MS);
    const struct timespec ts = {.tv_sec = (time_t)(ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(ns % CLV_NS_PER_S)};

    while (notes.taken == notes.n)
        if (pthread_cond_timedwait(&notes.changed, &notes.lock, &ts))
            return false;
    return true;
}

struct app_note app_next(const char *what)
{
    struct app_note n = {.what = "nothing"};

    pthread_mutex_lock(&notes.lock);
    if (note_wait(WAIT_MS))
        n = notes.at[notes.taken++];
    pthread_mutex_unlock(&notes.lock);
    cr_assert_str_eq(n.what, what, "expected %s, got %s", what, n.what);
    return n;
}

bool app_noted(int ms)
{
    bool noted;

    pthread_mutex_lock(&notes.lock);
    noted = note_wait(ms);
    pthread_mutex_unlock(&notes.lock);
    return noted;
}

ClNameT app_name(const char *text)
{
    ClNameT n;

    clNameSet(&n, text);
    return n;
}

void app_csi_set(unsigned inv, const char *csi, int ha, unsigned flags, const char *extra)
{
    char line[1024];

    snprintf(line, sizeof(line),
             "{\"t\": \"csiset\", \"inv\": %u, \"comp\": \"comp1\", \"csi\": \"%s\", "
             "\"ha\": %d, \"flags\": %u%s}",
             inv, csi, ha, flags, extra);
    fake_amfd_send(app_daemon, line);
}

void app_expect_response(unsigned inv, unsigned rc, const char *kind)
{
    json_t *m = fake_amfd_take(app_daemon, "response");

    cr_assert_eq(fake_int(m, "inv"), inv, "answer for %lld, expected %u",
                 fake_int(m, "inv"), inv);
    cr_assert_eq(fake_int(m, "rc"), rc, "invocation %u", inv);
    cr_assert_str_eq(fake_str(m, "kind"), kind);
    json_decref(m);
}
