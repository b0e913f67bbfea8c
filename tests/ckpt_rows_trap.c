/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contract rows. What an implementation gets wrong first; each of the traps alone. Number
 * 24 needs changes of another process: test_ckpt_notify.c, it_ckpt_peers.c.
 */
#include "ckpt_case.h"

#include "base/clock.h"

TestSuite(traps, .timeout = 100);

#define COLLOCATED CL_CKPT_CHECKPOINT_COLLOCATED

/* The row of a trap, in all variants. */
#define TRAP(name)                                                                       \
    static void name##_body(void);                                                       \
    Test(traps, name)                                                                    \
    {                                                                                    \
        each_variant(name##_body);                                                       \
    }                                                                                    \
    static void name##_body(void)

static bool is_ok(unsigned int rc)
{
    return rc == (v.sa ? SA_AIS_OK : CL_OK);
}

static bool exists(const char *name)
{
    ClHandleT h;

    if (!is_ok(t_open(svc, nm(name), NULL, R, &h)))
        return false;
    OK(t_close(h));
    return true;
}

TRAP(trap_01_collocated_without_active_replica)
{
    ClCkptCheckpointDescriptorT d;
    const attrs_t a = attrs(WR | COLLOCATED, 3, 8);
    ClHandleT h, it;

    begin();
    ROW_OK("trap_01", t_open(svc, nm("n"), &a, RWC, &h));
    ROW("trap_01", add(h, "s", "1"), NOT_EXIST);
    ROW("trap_01", put(h, "s", "1"), NOT_EXIST);
    ROW("trap_01", t_status(h, &d), NOT_EXIST);
    ROW("trap_01", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it), NOT_EXIST);
    OK(t_close(h));
    end();
}

TRAP(trap_02_role_of_a_checkpoint_that_has_none)
{
    ClHandleT h;

    begin();
    h = opened(svc, "plain", WR, 3, 8, RWC);
    ROW("trap_02", t_active(h), BAD_OPERATION);
    ROW_OK("trap_02", add(h, "s", "1"));
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS | COLLOCATED, 3, 8, RWC);
    ROW("trap_02", t_active(h), BAD_OPERATION);
    ROW_OK("trap_02", add(h, "s", "1"));
    OK(t_close(h));
    end();
}

TRAP(trap_03_role_outlives_who_took_it)
{
    ClHandleT h, taker;

    begin();
    h = opened(svc, "n", WR | COLLOCATED, 3, 8, RWC);
    taker = opened(svc, "n", WR | COLLOCATED, 3, 8, RWC);
    OK(t_active(taker));
    OK(t_close(taker));
    ROW_OK("trap_03", add(h, "s", "1"));
    ROW_OK("trap_03", put(h, "s", "2"));
    OK(t_close(h));
    end();
}

TRAP(trap_04_end_of_iteration)
{
    ClCkptSectionDescriptorT d;
    ClHandleT h, it;
    unsigned int rc;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    rc = t_next(it, &d);
    FACT("trap_04", rc == (v.sa ? SA_AIS_ERR_NO_SECTIONS : 0x160101u));
    FACT("trap_04", v.sa || rc != CL_CKPT_ERR_NO_SECTIONS);
    OK(t_close(h));
    end();
}

TRAP(trap_05_version_mismatch)
{
    ClVersionT cv = {'A', 1, 1};
    SaVersionT sv = {'A', 1, 1};
    SaCkptHandleT sh;
    ClHandleT h;

    if (v.sa) {
        FACT("trap_05", saCkptInitialize(&sh, NULL, &sv) == SA_AIS_ERR_VERSION);
        FACT("trap_05", sv.releaseCode == 'B' && sv.majorVersion == 2);
        return;
    }
    FACT("trap_05", clCkptInitialize(&h, NULL, &cv) == 0x31000f);
    FACT("trap_05",
         cv.releaseCode == 'B' && cv.majorVersion == 1 && cv.minorVersion == 1);
    cv = (ClVersionT){'B', 0, 7};
    FACT("trap_05", clCkptInitialize(&h, NULL, &cv) == CL_OK);
    FACT("trap_05", cv.majorVersion == 1 && cv.minorVersion == 1);
    OK(clCkptFinalize(h));
}

TRAP(trap_06_generated_ids)
{
    id_t_ id = {0, NULL};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW_OK("trap_06", t_create(h, &a, "x", 1));
    FACT("trap_06", id.idLen == 18 && memcmp(id.id, "generatedSection0", 18) == 0);
    OK(t_section_delete(h, &id));
    free(id.id);
    id = (id_t_){0, NULL};
    ROW_OK("trap_06", t_create(h, &a, "x", 1));
    FACT("trap_06", id.idLen == 18 && memcmp(id.id, "generatedSection1", 18) == 0);
    free(id.id);
    OK(t_close(h));
    end();
}

TRAP(trap_07_id_equality)
{
    id_t_ one = {1, (ClUint8T *)"1"}, with_nul = {2, (ClUint8T *)"1"};
    ClCkptSectionCreationAttributesT a = {&one, CL_TIME_END};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(t_create(h, &a, "x", 1));
    ROW("trap_07", t_overwrite(h, &with_nul, "y", 1), NOT_EXIST);
    a.sectionId = &with_nul;
    ROW_OK("trap_07", t_create(h, &a, "z", 1));
    cr_expect_str_eq(content(h, "1"), "x", "row trap_07, %s", v.name);
    OK(t_close(h));
    end();
}

TRAP(trap_08_default_section)
{
    ClCkptCheckpointDescriptorT d;
    id_t_ empty = {0, NULL};
    ClHandleT h, it;

    begin();
    h = opened(svc, "one", WR, 1, 8, RWC);
    ROW_OK("trap_08", t_overwrite(h, &empty, "x", 1));
    OK(t_status(h, &d));
    FACT("trap_08", d.numberOfSections == (v.b02 ? 1u : 0u));
    row_at(__LINE__, "trap_08", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it),
           v.b02 ? CL_OK : CL_ERR_OP_NOT_PERMITTED);
    ROW("trap_08", t_section_delete(h, &empty), INVALID_PARAMETER);
    OK(t_close(h));
    h = opened(svc, "two", WR, 2, 8, RWC);
    ROW("trap_08", t_overwrite(h, &empty, "x", 1), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

TRAP(trap_09_empty_id_with_many_sections)
{
    char in[4];
    ClCkptIOVectorElementT e = {.dataBuffer = in, .dataSize = 1};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 2, 8, RWC);
    ROW("trap_09", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("trap_09", t_overwrite(h, &e.sectionId, "x", 1), INVALID_PARAMETER);
    ROW("trap_09", t_read(h, &e, 1, NULL), NULL_POINTER);
    OK(t_close(h));
    end();
}

TRAP(trap_10_exists_before_no_space)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 2, 8, RWC);
    OK(add(h, "a", "1"));
    OK(add(h, "b", "1"));
    ROW("trap_10", add(h, "a", "1"), ALREADY_EXIST);
    ROW("trap_10", add(h, "c", "1"), NO_SPACE);
    OK(t_close(h));
    end();
}

TRAP(trap_11_no_section_is_made_by_writing)
{
    ClCkptIOVectorElementT e = piece("none", "x", 0);
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 2, 8, RWC);
    ROW("trap_11", put(h, "none", "x"), NOT_EXIST);
    ROW("trap_11", t_write(h, &e, 1, NULL), NOT_EXIST);
    FACT("trap_11", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 0);
    OK(t_close(h));
    end();
}

TRAP(trap_12_read_past_the_end)
{
    char in[5] = "####";
    ClCkptIOVectorElementT e = {.sectionId = *sid("s"), .dataBuffer = in, .dataSize = 4};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 2, 4, RWC);
    OK(add(h, "s", "1"));
    ROW_OK("trap_12", t_read(h, &e, 1, NULL));
    FACT("trap_12", e.readSize == 1 && strcmp(in, "1###") == 0);
    e.dataSize = 4;
    e.dataOffset = 3;
    ROW_OK("trap_12", t_read(h, &e, 1, NULL));
    FACT("trap_12", e.readSize == 0 && strcmp(in, "1###") == 0);
    OK(t_close(h));
    end();
}

TRAP(trap_13_read_changes_the_vector)
{
    char in[8];
    ClCkptIOVectorElementT e = {
        .sectionId = *sid("s"), .dataBuffer = in, .dataSize = 8, .dataOffset = 1};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 2, 8, RWC);
    OK(add(h, "s", "123"));
    ROW_OK("trap_13", t_read(h, &e, 1, NULL));
    FACT("trap_13", e.readSize == 2);
    FACT("trap_13", e.dataSize == (v.sa ? 8u : 2u) && e.dataOffset == (v.sa ? 1 : 0));
    OK(t_close(h));
    end();
}

TRAP(trap_14_read_without_a_buffer)
{
    ClCkptIOVectorElementT e = {.sectionId = *sid("s"), .dataSize = 1};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 2, 8, RWC);
    OK(add(h, "s", "123"));
    OK(add(h, "e", ""));
    ROW_OK("trap_14", t_read(h, &e, 1, NULL));
    FACT("trap_14", e.readSize == 3 && e.dataBuffer && strcmp(e.dataBuffer, "123") == 0);
    free(e.dataBuffer);
    e = (ClCkptIOVectorElementT){.sectionId = *sid("e")};
    ROW_OK("trap_14", t_read(h, &e, 1, NULL));
    FACT("trap_14", e.readSize == 0 && e.dataBuffer);
    free(e.dataBuffer);
    OK(t_close(h));
    end();
}

TRAP(trap_15_zero_limits)
{
    static char big[100000];
    attrs_t a = attrs(WR, 2, 0);
    ClHandleT h;

    begin();
    OK(t_open(svc, nm("any"), &a, RWC, &h));
    OK(add(h, "s", "1"));
    ROW_OK("trap_15", t_overwrite(h, sid("s"), big, sizeof(big)));
    OK(t_close(h));
    a.maxSectionIdSize = 0;
    OK(t_open(svc, nm("strict"), &a, RWC, &h));
    ROW("trap_15", add(h, "s", "1"), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

TRAP(trap_16_checkpoint_size)
{
    attrs_t a = attrs(WR, 2, 4);
    ClHandleT h;

    begin();
    a.checkpointSize = 9;
    row_at(__LINE__, "trap_16", t_open(svc, nm("n"), &a, RWC, &h),
           v.sa && !v.b02 ? CL_OK : CL_ERR_INVALID_PARAMETER);
    if (v.sa && !v.b02)
        OK(t_close(h));
    a.checkpointSize = 1; /* it limits nothing later */
    ROW_OK("trap_16", t_open(svc, nm("m"), &a, RWC, &h));
    ROW_OK("trap_16", add(h, "a", "1234"));
    ROW_OK("trap_16", add(h, "b", "1234"));
    OK(t_close(h));
    a.checkpointSize = 99;
    a.maxSectionSize = 0; /* nothing to compare with */
    ROW_OK("trap_16", t_open(svc, nm("o"), &a, RWC, &h));
    OK(t_close(h));
    end();
}

TRAP(trap_17_open_again_with_attributes)
{
    attrs_t a = attrs(WR, 2, 4), b;
    ClHandleT h, again;

    begin();
    a.checkpointSize = 99;
    a.maxSectionSize = 0; /* SA with B.01.01 stores 0, and compares with 0 */
    a.retentionDuration = 7;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    ROW_OK("trap_17", t_open(svc, nm("n"), &a, RWC, &again));
    OK(t_close(again));
    b = a;
    b.maxSectionIdSize++;
    ROW("trap_17", t_open(svc, nm("n"), &b, RWC, &again), ALREADY_EXIST);
    OK(t_retention(h, 8));
    row_at(__LINE__, "trap_17", t_open(svc, nm("n"), &a, RWC, &again),
           v.b02 ? CL_OK : CL_ERR_ALREADY_EXIST);
    if (v.b02)
        OK(t_close(again));
    a.retentionDuration = 8;
    ROW_OK("trap_17", t_open(svc, nm("n"), &a, RWC, &again));
    OK(t_close(again));
    OK(t_close(h));
    end();
}

TRAP(trap_18_attributes_without_create)
{
    const attrs_t a = attrs(WR, 2, 4);
    ClHandleT h;

    begin();
    ROW("trap_18", t_open(svc, nm("n"), &a, R | W, &h), INVALID_PARAMETER);
    ROW("trap_18", t_open(svc, nm("n"), NULL, RWC, &h), NULL_POINTER);
    end();
}

TRAP(trap_19_permissions)
{
    const attrs_t a = attrs(WR, 3, 4);
    char in[4];
    ClCkptIOVectorElementT e = {.sectionId = *sid("s"), .dataBuffer = in, .dataSize = 4};
    ClHandleT keep, h;

    begin();
    keep = opened(svc, "n", WR, 3, 4, RWC);
    OK(add(keep, "s", "1"));
    OK(t_open(svc, nm("n"), &a, C, &h));
    row_at(__LINE__, "trap_19", put(h, "s", "2"),
           v.b02 ? CL_ERR_OP_NOT_PERMITTED : CL_OK);
    ROW("trap_19", t_read(h, &e, 1, NULL), OP_NOT_PERMITTED);
    OK(t_close(h));
    OK(t_open(svc, nm("n"), NULL, W, &h));
    ROW_OK("trap_19", put(h, "s", "2"));
    ROW("trap_19", t_read(h, &e, 1, NULL), OP_NOT_PERMITTED);
    OK(t_close(h));
    OK(t_close(keep));
    end();
}

TRAP(trap_20_delete_while_open)
{
    ClHandleT old, h;

    begin();
    old = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(old, "s", "old"));
    ROW_OK("trap_20", t_delete(svc, nm("n")));
    h = opened(svc, "n", WR, 3, 8, RWC);
    FACT("trap_20", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 0);
    cr_expect_str_eq(content(old, "s"), "old", "row trap_20, %s", v.name);
    ROW_OK("trap_20", put(old, "s", "older"));
    ROW("trap_20", t_retention(old, 9), BAD_OPERATION);
    OK(t_close(old));
    FACT("trap_20", exists("n"));
    OK(t_close(h));
    end();
}

TRAP(trap_21_retention)
{
    attrs_t a = attrs(WR, 3, 8);
    ClHandleT h;

    begin();
    a.retentionDuration = 60 * CLV_NS_PER_S;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(add(h, "s", "kept"));
    OK(t_close(h));
    OK(t_open(svc, nm("n"), NULL, R, &h));
    cr_expect_str_eq(content(h, "s"), "kept", "row trap_21, %s", v.name);
    OK(t_retention(h, -1)); /* negative: at once */
    OK(t_close(h));
    FACT("trap_21", !exists("n"));
    a.creationFlags |= CL_CKPT_DISTRIBUTED; /* such a one has none */
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(t_close(h));
    FACT("trap_21", !exists("n"));
    end();
}

TRAP(trap_22_expiration)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW("trap_22", add_until(h, "a", 0), INVALID_PARAMETER);
    ROW("trap_22", add_until(h, "a", clv_wall_ns() - 5 * CLV_NS_PER_S),
        INVALID_PARAMETER);
    ROW_OK("trap_22", add_until(h, "a", CL_TIME_END));
    ROW_OK("trap_22", add_until(h, "b", clv_wall_ns() + 60 * CLV_NS_PER_S));
    ROW_OK("trap_22", put(h, "b", "x"));
    FACT("trap_22", count_chosen(h, CL_CKPT_SECTIONS_FOREVER, 0) == 1);
    OK(t_close(h));
    end();
}

TRAP(trap_23_synchronize)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW_OK("trap_23", t_sync(h, CL_TIME_END));
    ROW_OK("trap_23", t_sync(h, -1));
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS, 3, 8, RWC);
    ROW("trap_23", t_sync(h, CL_TIME_END), BAD_OPERATION);
    OK(t_close(h));
    end();
}

TRAP(trap_25_stamp_of_an_error)
{
    ClHandleT h = 0;
    unsigned int rc;

    begin();
    rc = t_open(svc, nm("none"), NULL, R, &h);
    FACT("trap_25", rc == (v.sa ? SA_AIS_ERR_NOT_EXIST : 0x160004u));
    FACT("trap_25", v.sa || (rc == CL_CKPT_ERR_NOT_EXIST &&
                             CL_GET_ERROR_CODE(rc) == CL_ERR_NOT_EXIST &&
                             CL_GET_CID(rc) == CL_CID_CKPT));
    FACT("trap_25", t_fini(0) != SA_AIS_OK);
    end();
}
