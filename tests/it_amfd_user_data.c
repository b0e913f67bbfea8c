/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: bytes of programs that the daemon keeps with the entities of its model. */
#include <signal.h>
#include <stdio.h>

#include <clHeapApi.h>

#include "fixture_mgmt.h"
#include "fixture_redis.h"

enum { LIMIT = 60, MOST = 4096 };

static struct amfd f;
static ClAmsMgmtHandleT mgmt;
static ClAmsEntityT su;

static void finish(void)
{
    amfd_end(&f);
}

static void begin(void)
{
    mgmt = mgmt_begin(&f);
    su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
}

static ClNameT key_of(const char *text)
{
    ClNameT key = {.length = (ClUint16T)strlen(text)};

    strcpy((char *)key.value, text);
    return key;
}

/* key NULL: the entity itself. */
static ClRcT put(const char *key, const char *data, size_t n)
{
    ClNameT k = key_of(key ? key : "");

    return key ? clAmsMgmtEntityUserDataSetKey(mgmt, &su, &k, (ClCharT *)(uintptr_t)data,
                                               (ClUint32T)n)
               : clAmsMgmtEntityUserDataSet(mgmt, &su, (ClCharT *)(uintptr_t)data,
                                            (ClUint32T)n);
}

static ClRcT fetch(const char *key, ClCharT **data, ClUint32T *n)
{
    ClNameT k = key_of(key ? key : "");

    return key ? clAmsMgmtEntityUserDataGetKey(mgmt, &su, &k, data, n)
               : clAmsMgmtEntityUserDataGet(mgmt, &su, data, n);
}

static void expect(const char *key, const char *data, size_t n)
{
    ClCharT *got = NULL;
    ClUint32T size = 77;

    cr_assert_eq(fetch(key, &got, &size), CL_OK, "%s", key ? key : "-");
    cr_expect_eq(size, n);
    cr_expect(size == n && memcmp(got, data, n) == 0);
    cr_expect_eq(got[n], '\0');
    clHeapFree(got);
}

static void expect_none(const char *key)
{
    ClCharT *got;
    ClUint32T size;

    cr_expect_eq(fetch(key, &got, &size), AMS(CL_ERR_NOT_EXIST), "%s", key ? key : "-");
}

Test(user_data, what_is_set_is_got_for_the_entity_and_for_each_key, .timeout = LIMIT,
     .fini = finish)
{
    char all[256];

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    begin();
    expect_none(NULL);
    expect_none("key");
    cr_assert_eq(put(NULL, all, sizeof(all)), CL_OK);
    expect(NULL, all, sizeof(all));
    expect_none("key");
    cr_assert_eq(put("key", "one", 3), CL_OK);
    cr_assert_eq(put("other", "", 0), CL_OK);
    expect("key", "one", 3);
    expect("other", "", 0);
    cr_assert_eq(put("key", "two", 4), CL_OK, "in its place");
    expect("key", "two", 4);
    expect(NULL, all, sizeof(all));
    su = mgmt_entity(CL_AMS_ENTITY_TYPE_COMP, "counter1");
    expect_none("key");
}

Test(user_data, delete_takes_away_one_or_all, .timeout = LIMIT, .fini = finish)
{
    ClNameT key = key_of("key");

    begin();
    cr_assert_eq(put(NULL, "plain", 5), CL_OK);
    cr_assert_eq(put("key", "one", 3), CL_OK);
    cr_assert_eq(put("other", "two", 3), CL_OK);
    cr_expect_eq(clAmsMgmtEntityUserDataDelete(mgmt, &su), CL_OK);
    expect_none(NULL);
    expect("key", "one", 3);
    cr_expect_eq(clAmsMgmtEntityUserDataDelete(mgmt, &su), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteKey(mgmt, &su, &key), CL_OK);
    expect_none("key");
    expect("other", "two", 3);
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteKey(mgmt, &su, &key),
                 AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteAll(mgmt, &su), CL_OK);
    expect_none("other");
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteAll(mgmt, &su), AMS(CL_ERR_NOT_EXIST));
}

Test(user_data, arguments_are_checked, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT nobody = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "nobody");
    ClAmsEntityT cluster = mgmt_entity(CL_AMS_ENTITY_TYPE_CLUSTER, "c");
    ClNameT key = key_of("key"), none = key_of("");
    ClCharT one[] = "one", *got;
    ClUint32T n;

    begin();
    cr_expect_eq(clAmsMgmtEntityUserDataSet(77, &su, one, 3), AMS(CL_ERR_INVALID_HANDLE));
    cr_expect_eq(clAmsMgmtEntityUserDataSet(mgmt, NULL, one, 3),
                 AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtEntityUserDataSet(mgmt, &su, NULL, 3),
                 AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtEntityUserDataSet(mgmt, &su, NULL, 0), CL_OK);
    cr_expect_eq(clAmsMgmtEntityUserDataSet(mgmt, &cluster, one, 3),
                 AMS(CL_AMS_ERR_INVALID_ENTITY));
    cr_expect_eq(clAmsMgmtEntityUserDataSet(mgmt, &nobody, one, 3),
                 AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtEntityUserDataSetKey(mgmt, &su, NULL, one, 3),
                 AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtEntityUserDataSetKey(mgmt, &su, &none, one, 3),
                 AMS(CL_ERR_INVALID_PARAMETER));
    cr_expect_eq(clAmsMgmtEntityUserDataGet(mgmt, &su, NULL, &n),
                 AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtEntityUserDataGet(mgmt, &su, &got, NULL),
                 AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtEntityUserDataGet(mgmt, &nobody, &got, &n),
                 AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtEntityUserDataGetKey(mgmt, &su, &none, &got, &n),
                 AMS(CL_ERR_INVALID_PARAMETER));
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteKey(mgmt, &su, NULL),
                 AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteAll(mgmt, &nobody), AMS(CL_ERR_NOT_EXIST));
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    cr_expect_eq(clAmsMgmtEntityUserDataSetKey(mgmt, &su, &key, one, 3),
                 AMS(CL_ERR_TRY_AGAIN));
}

/* By another way than the library: the daemon does not trust it. */
Test(user_data, the_daemon_refuses_what_is_none, .timeout = LIMIT, .fini = finish)
{
    static const struct {
        const char *request;
        long long rc;
    } rows[] = {
        /* clang-format off */
        { "\"do\":\"set\",\"kind\":\"su\",\"name\":\"counterSU1\",\"value\":\"0g\"", AMS(CL_ERR_INVALID_PARAMETER) },
        { "\"do\":\"set\",\"kind\":\"su\",\"name\":\"counterSU1\",\"value\":\"000\"", AMS(CL_ERR_INVALID_PARAMETER) },
        { "\"do\":\"set\",\"kind\":\"su\",\"name\":\"counterSU1\",\"value\":7", AMS(CL_ERR_INVALID_PARAMETER) },
        { "\"do\":\"set\",\"kind\":\"su\",\"name\":\"counterSU1\"", AMS(CL_ERR_INVALID_PARAMETER) },
        { "\"do\":\"sit\",\"kind\":\"su\",\"name\":\"counterSU1\"", AMS(CL_ERR_INVALID_PARAMETER) },
        { "\"kind\":\"su\",\"name\":\"counterSU1\"", AMS(CL_ERR_INVALID_PARAMETER) },
        { "\"do\":\"set\",\"kind\":\"su\"", AMS(CL_AMS_ERR_INVALID_ENTITY) },
        { "\"do\":\"get\",\"kind\":\"su\",\"name\":\"nobody\"", AMS(CL_ERR_NOT_EXIST) },
        /* clang-format on */
    };
    char request[200];

    begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        snprintf(request, sizeof(request), "{\"t\":\"user-data\",%s}", rows[i].request);
        cr_expect_eq(amfd_rc(&f, request), rows[i].rc, "%s", rows[i].request);
    }
}

Test(user_data, there_is_so_much_and_no_more, .timeout = LIMIT, .fini = finish)
{
    static char data[MOST + 1];
    ClNameT first = key_of("00");
    char key[16];
    int n;

    begin();
    memset(data, 'x', sizeof(data));
    cr_expect_eq(put(NULL, data, MOST + 1), AMS(CL_ERR_TOO_BIG));
    expect_none(NULL);
    for (n = 0; n < 100; n++) {
        snprintf(key, sizeof(key), "%02d", n);
        if (put(key, data, MOST) != CL_OK)
            break;
    }
    cr_expect_eq(n, 15, "with the names, the sixteenth of 64 KiB is too much");
    cr_expect_eq(put(key, data, MOST), AMS(CL_ERR_NO_SPACE));
    expect_none(key);
    cr_expect_eq(put("00", "x", 1), CL_OK, "less takes its place");
    cr_expect_eq(put(key, data, MOST), CL_OK);
    cr_expect_eq(put("00", data, MOST), AMS(CL_ERR_NO_SPACE));
    expect("00", "x", 1);
    cr_expect_eq(clAmsMgmtEntityUserDataDeleteKey(mgmt, &su, &first), CL_OK);
}

Test(user_data, it_survives_the_daemon_but_no_fresh_start, .timeout = LIMIT,
     .fini = finish)
{
    const char *fresh[] = {"--all-nodes", "--fresh", NULL};

    begin();
    cr_assert_eq(put(NULL, "plain", 5), CL_OK);
    cr_assert_eq(put("key", "one", 3), CL_OK);
    amfd_stop(&f, SIGKILL, 5000);
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    expect(NULL, "plain", 5);
    expect("key", "one", 3);
    amfd_stop(&f, SIGKILL, 5000);
    amfd_launch(&f, fresh);
    cr_assert(amfd_settled(&f, 15000));
    expect_none(NULL);
    expect_none("key");
}
