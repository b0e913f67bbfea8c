/* SPDX-License-Identifier: Apache-2.0 */
/* Names, versions, settings, error translation, and the execution object. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <clCommon.h>
#include <clCpmErrors.h>
#include <clEoApi.h>
#include <clHeapApi.h>
#include <clIocApi.h>
#include <clSafUtils.h>
#include <clVersionApi.h>

TestSuite(plat_common, .timeout = 30);

Test(plat_common, names_are_cropped_and_end_with_a_nul)
{
    char longest[400];
    ClNameT n, copy;
    SaNameT s;

    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    clNameSet(&n, longest);
    cr_expect_eq(n.length, 255);
    cr_expect_eq(strlen(n.value), 255);
    clNameSet(&n, "abc");
    cr_expect_eq(n.length, 3);
    n.length = 2;
    clNameCopy(&copy, &n);
    cr_expect_eq(copy.length, 2);
    cr_expect_str_eq(copy.value, "ab");
    saNameSet(&s, "abc");
    cr_expect_eq(s.length, 3);
    clNamePrintf(n, "%s-%d", "comp", 7);
    cr_expect_eq(n.length, 6);
}

Test(plat_common, names_are_joined_from_what_there_is)
{
    ClNameT a, b, out;

    clNameSet(&a, "pre");
    clNameSet(&b, "suf");
    clNameConcat(&out, &a, ".", &b);
    cr_expect_str_eq(out.value, "pre.suf");
    cr_expect_eq(out.length, 7);
    clNameConcat(&out, NULL, NULL, &b);
    cr_expect_str_eq(out.value, "suf");
    clNameConcat(&out, NULL, NULL, NULL);
    cr_expect_eq(out.length, 0);
    clNameConcat(&a, &a, "/", &a);
    cr_expect_str_eq(a.value, "pre/pre");
    for (int i = 0; i < 8; i++)
        clNameConcat(&a, &a, "/", &a);
    cr_expect_eq(a.length, 255);
}

Test(plat_common, booleans_in_the_environment)
{
    static const struct {
        const char *value;
        ClBoolT want;
    } rows[] = {{"", 1},  {"1", 1},  {"yes", 1},   {"True", 1}, {"T", 1},
                {"0", 0}, {"no", 0}, {"False", 0}, {"maybe", 0}};

    unsetenv("CLV_TEST");
    cr_expect_eq(clParseEnvBoolean("CLV_TEST"), CL_FALSE);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        setenv("CLV_TEST", rows[i].value, 1);
        cr_expect_eq(clParseEnvBoolean("CLV_TEST"), rows[i].want, "\"%s\"",
                     rows[i].value);
    }
    setenv("CLV_TEST", "  text", 1);
    cr_expect_str_eq(clParseEnvStr("CLV_TEST"), "text");
    setenv("CLV_TEST", "  ", 1);
    cr_expect_null(clParseEnvStr("CLV_TEST"));
}

Test(plat_common, small_helpers)
{
    ClStringT s = {3, (ClCharT *)"abc"}, *d;
    ClCharT *text = clStrdup("abc");

    cr_expect_str_eq(text, "abc");
    clHeapFree(text);
    cr_expect_null(clStrdup(NULL));
    d = clStringDup(&s);
    cr_expect_eq(d->length, 3);
    cr_expect_eq(memcmp(d->pValue, "abc", 3), 0);
    clHeapFree(d->pValue);
    clHeapFree(d);
    cr_expect_eq(clBinaryPower(0), 0);
    cr_expect_eq(clBinaryPower(1), 1);
    cr_expect_eq(clBinaryPower(8), 3);
    cr_expect_eq(clBinaryPower(9), 3);
}

Test(plat_common, the_version_rule)
{
    static ClVersionT list[] = {{'B', 1, 1}, {'B', 2, 0}, {'C', 1, 0}};
    static ClVersionDatabaseT db = {3, list};
    static const struct {
        ClVersionT ask, get;
        ClRcT rc;
    } rows[] = {
        {{'B', 1, 9}, {'B', 1, 1}, 0},          {{'B', 2, 0}, {'B', 2, 0}, 0},
        {{'B', 3, 0}, {'C', 1, 0}, 0x0031000f}, {{'A', 1, 1}, {'B', 1, 1}, 0x0031000f},
        {{'C', 1, 5}, {'C', 1, 0}, 0},          {{'D', 1, 1}, {'C', 1, 0}, 0x0031000f},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ClVersionT v = rows[i].ask;

        cr_expect_eq(clVersionVerify(&db, &v), rows[i].rc, "row %zu", i);
        cr_expect_eq(memcmp(&v, &rows[i].get, sizeof(v)), 0, "row %zu", i);
    }
    cr_expect_eq(clVersionVerify(&db, NULL), 0x00310003u);
}

Test(plat_common, codes_to_sa)
{
    static const struct {
        ClRcT rc;
        SaAisErrorT want;
    } rows[] = {
        {CL_OK, SA_AIS_OK},
        {0x0031000f, SA_AIS_ERR_VERSION},
        {0x000f0014, SA_AIS_ERR_TIMEOUT},
        {0x000f0016, SA_AIS_ERR_TRY_AGAIN},
        {0x000f0002, SA_AIS_ERR_INVALID_PARAM},
        {0x000f0003, SA_AIS_ERR_INVALID_PARAM},
        {0x000f0001, SA_AIS_ERR_NO_MEMORY},
        {0x00300005, SA_AIS_ERR_BAD_HANDLE},
        {0x000f0020, SA_AIS_ERR_ACCESS},
        {0x000f0013, SA_AIS_ERR_NOT_EXIST},
        {0x000f0010, SA_AIS_ERR_EXIST},
        {0x000f0021, SA_AIS_ERR_NO_SPACE},
        {0x000f000b, SA_AIS_ERR_NO_RESOURCES},
        {0x000f0007, SA_AIS_ERR_NOT_SUPPORTED},
        {0x000f0023, SA_AIS_ERR_BAD_OPERATION},
        {0x000f0022, SA_AIS_ERR_BAD_FLAGS},
        {0x000f0105, SA_AIS_ERR_BUSY},
        {0x00220105, SA_AIS_ERR_LIBRARY},
        {0x000f0108, SA_AIS_ERR_LIBRARY},
        {0x000f0106, SA_AIS_ERR_LIBRARY},
        {0x000f0004, SA_AIS_ERR_LIBRARY},
        {0x000f0011, SA_AIS_ERR_LIBRARY},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(clClovisToSafError(rows[i].rc), rows[i].want, "%#x", rows[i].rc);
}

Test(plat_common, codes_from_sa)
{
    static const struct {
        SaAisErrorT error;
        ClRcT want;
    } rows[] = {
        {SA_AIS_OK, CL_OK},
        {SA_AIS_ERR_VERSION, CL_ERR_VERSION_MISMATCH},
        {SA_AIS_ERR_INIT, CL_ERR_NOT_INITIALIZED},
        {SA_AIS_ERR_LIBRARY, CL_ERR_INITIALIZED},
        {SA_AIS_ERR_BUSY, CL_ERR_TRY_AGAIN},
        {SA_AIS_ERR_NAME_TOO_LONG, CL_ERR_OUT_OF_RANGE},
        {SA_AIS_ERR_TOO_BIG, CL_ERR_OUT_OF_RANGE},
        {SA_AIS_ERR_INTERRUPT, CL_ERR_UNSPECIFIED},
        {SA_AIS_ERR_NAME_NOT_FOUND, CL_ERR_DOESNT_EXIST},
        {SA_AIS_ERR_FAILED_OPERATION, CL_ERR_BAD_OPERATION},
        {SA_AIS_ERR_TIMEOUT, CL_ERR_TIMEOUT},
        {SA_AIS_ERR_NOT_EXIST, CL_ERR_NOT_EXIST},
        {SA_AIS_ERR_UNAVAILABLE, CL_ERR_UNSPECIFIED},
        {(SaAisErrorT)0, CL_ERR_UNSPECIFIED},
        {(SaAisErrorT)9999, CL_ERR_UNSPECIFIED},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(clSafToClovisError(rows[i].error), rows[i].want, "%d",
                     (int)rows[i].error);
}

Test(plat_common, the_execution_object_appears_with_the_start)
{
    ClEoExecutionObjT *o = NULL;
    ClIocPortT port = 7;
    ClEoDataT data;
    ClCharT name[8];
    int mine;

    setenv("ASP_COMPNAME", "comp1", 1);
    setenv("ASP_NODEADDR", "5", 1);
    cr_expect_eq(clEoMyEoObjectGet(&o), 0x0004000eu);
    cr_expect_eq(clEoMyEoIocPortGet(&port), CL_OK);
    cr_expect_eq(port, 0);
    cr_expect_eq(clASPFinalize(), 0x0004000eu);
    cr_assert_eq(clASPInitialize(), CL_OK);
    cr_expect_eq(clEoMyEoObjectGet(&o), CL_OK);
    cr_expect_str_eq(o->name, "comp1");
    cr_expect_eq(clEoMyEoIocPortGet(&port), CL_OK);
    cr_expect(port >= 128 && port <= 1023);
    cr_expect_str_eq(CL_EO_NAME, "comp1");
    cr_expect_str_eq(ASP_COMPNAME, "comp1");
    cr_expect_eq(ASP_NODEADDR, 5);
    cr_expect_eq(clIocLocalAddressGet(), 5);
    cr_expect_neq(CL_APP_BINDIR[0], '\0');
    cr_expect_eq(clEoPrivateDataGet(o, 3, &data), 0x00040004u);
    cr_expect_eq(clEoPrivateDataSet(o, 3, &mine), CL_OK);
    cr_expect_eq(clEoPrivateDataGet(o, 3, &data), CL_OK);
    cr_expect_eq(data, &mine);
    cr_expect_eq(clEoClientInstall(o, 20, NULL, &mine, 0), CL_OK);
    cr_expect_eq(clEoClientDataGet(o, 20, &data), CL_OK);
    cr_expect_eq(data, &mine);
    cr_expect_eq(clEoClientUninstall(o, 20), CL_OK);
    cr_expect_eq(clEoProgNameGet(name, 0), 0x00040002u);
    cr_expect_eq(clASPFinalize(), CL_OK);
}
