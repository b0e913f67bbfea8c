/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: what there is, and who has which work. */
#include <stdio.h>

#include <clHeapApi.h>

#include "fixture_mgmt.h"
#include "fixture_redis.h"

#define LIMIT 60

static struct amfd f;
static ClAmsMgmtHandleT mgmt;

static void finish(void)
{
    amfd_end(&f);
}

static const char *text(const ClNameT *name)
{
    cr_expect_eq(name->length, strlen((const char *)name->value) + 1);
    return (const char *)name->value;
}

/* The names in a row, with a blank between. The block goes. */
static const char *joined(ClAmsEntityBufferT *list, ClAmsEntityTypeT type)
{
    static char names[1000];
    ClUint32T i;

    names[0] = '\0';
    for (i = 0; i < list->count; i++) {
        cr_expect_eq(list->entity[i].type, type);
        snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
                 i ? " " : "", text(&list->entity[i].name));
    }
    cr_expect_eq(list->count == 0, list->entity == NULL);
    clHeapFree(list->entity);
    list->entity = NULL;
    return names;
}

Test(lists, all_entities_of_a_kind, .timeout = LIMIT, .fini = finish)
{
    static const struct {
        ClAmsEntityListTypeT which;
        ClAmsEntityTypeT type;
        const char *want;
    } rows[] = {
        /* clang-format off */
        { CL_AMS_NODE_LIST, CL_AMS_ENTITY_TYPE_NODE, "blade1 blade2" },
        { CL_AMS_SG_LIST,   CL_AMS_ENTITY_TYPE_SG,   "counterSG" },
        { CL_AMS_SU_LIST,   CL_AMS_ENTITY_TYPE_SU,   "counterSU1 counterSU2" },
        { CL_AMS_SI_LIST,   CL_AMS_ENTITY_TYPE_SI,   "counterSI" },
        { CL_AMS_COMP_LIST, CL_AMS_ENTITY_TYPE_COMP, "counter1 counter2" },
        { CL_AMS_CSI_LIST,  CL_AMS_ENTITY_TYPE_CSI,  "counterCSI" },
        /* clang-format on */
    };
    ClAmsEntityBufferT list;

    mgmt = mgmt_begin(&f);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        memset(&list, 0x55, sizeof(list));
        cr_assert_eq(clAmsMgmtGetList(mgmt, rows[i].which, &list), CL_OK);
        cr_expect_str_eq(joined(&list, rows[i].type), rows[i].want);
    }
    cr_expect_eq(clAmsMgmtGetList(mgmt, CL_AMS_START_LIST, &list),
                 AMS(CL_AMS_ERR_INVALID_ENTITY_LIST));
    cr_expect_eq(clAmsMgmtGetList(mgmt, CL_AMS_END_LIST, &list),
                 AMS(CL_AMS_ERR_INVALID_ENTITY_LIST));
    cr_expect_eq(clAmsMgmtGetList(mgmt, (ClAmsEntityListTypeT)-1, &list),
                 AMS(CL_AMS_ERR_INVALID_ENTITY_LIST));
    cr_expect_eq(clAmsMgmtGetList(mgmt, CL_AMS_SG_LIST, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtGetList(77, CL_AMS_SG_LIST, &list), AMS(CL_ERR_INVALID_HANDLE));
}

Test(lists, entities_of_an_entity, .timeout = LIMIT, .fini = finish)
{
    static const struct {
        const char *row;
        ClRcT (*get)(ClAmsMgmtHandleT, ClAmsEntityT *, ClAmsEntityBufferT *);
        ClAmsEntityTypeT of;
        const char *name;
        ClAmsEntityTypeT type;
        const char *want;
    } rows[] = {
        /* clang-format off */
        { "node su",      clAmsMgmtGetNodeSUList,           CL_AMS_ENTITY_TYPE_NODE, "blade2",     CL_AMS_ENTITY_TYPE_SU,   "counterSU2" },
        { "node depends", clAmsMgmtGetNodeDependenciesList, CL_AMS_ENTITY_TYPE_NODE, "blade2",     CL_AMS_ENTITY_TYPE_NODE, "" },
        { "sg su",        clAmsMgmtGetSGSUList,             CL_AMS_ENTITY_TYPE_SG,   "counterSG",  CL_AMS_ENTITY_TYPE_SU,   "counterSU1 counterSU2" },
        { "sg si",        clAmsMgmtGetSGSIList,             CL_AMS_ENTITY_TYPE_SG,   "counterSG",  CL_AMS_ENTITY_TYPE_SI,   "counterSI" },
        { "su comp",      clAmsMgmtGetSUCompList,           CL_AMS_ENTITY_TYPE_SU,   "counterSU1", CL_AMS_ENTITY_TYPE_COMP, "counter1" },
        { "si csi",       clAmsMgmtGetSICSIList,            CL_AMS_ENTITY_TYPE_SI,   "counterSI",  CL_AMS_ENTITY_TYPE_CSI,  "counterCSI" },
        { "si depends",   clAmsMgmtGetSIDependenciesList,   CL_AMS_ENTITY_TYPE_SI,   "counterSI",  CL_AMS_ENTITY_TYPE_SI,   "" },
        { "si rank",      clAmsMgmtGetSISURankList,         CL_AMS_ENTITY_TYPE_SI,   "counterSI",  CL_AMS_ENTITY_TYPE_SU,   "" },
        { "csi depends",  clAmsMgmtGetCSIDependenciesList,  CL_AMS_ENTITY_TYPE_CSI,  "counterCSI", CL_AMS_ENTITY_TYPE_CSI,  "" },
        { "assigned",     clAmsMgmtGetSGAssignedSUList,     CL_AMS_ENTITY_TYPE_SG,   "counterSG",  CL_AMS_ENTITY_TYPE_SU,   "counterSU1 counterSU2" },
        { "faulty",       clAmsMgmtGetSGFaultySUList,       CL_AMS_ENTITY_TYPE_SG,   "counterSG",  CL_AMS_ENTITY_TYPE_SU,   "" },
        { "instantiable", clAmsMgmtGetSGInstantiableSUList, CL_AMS_ENTITY_TYPE_SG,   "counterSG",  CL_AMS_ENTITY_TYPE_SU,   "" },
        { "instantiated", clAmsMgmtGetSGInstantiatedSUList, CL_AMS_ENTITY_TYPE_SG,   "counterSG",  CL_AMS_ENTITY_TYPE_SU,   "counterSU1 counterSU2" },
        { "spare",        clAmsMgmtGetSGInServiceSpareSUList, CL_AMS_ENTITY_TYPE_SG, "counterSG",  CL_AMS_ENTITY_TYPE_SU,   "" },
        /* clang-format on */
    };
    ClAmsEntityT nobody = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "nobody");
    ClAmsEntityBufferT list;

    mgmt = mgmt_begin(&f);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ClAmsEntityT e = mgmt_entity(rows[i].of, rows[i].name);

        memset(&list, 0x55, sizeof(list));
        cr_assert_eq(rows[i].get(mgmt, &e, &list), CL_OK, "%s", rows[i].row);
        cr_expect_str_eq(joined(&list, rows[i].type), rows[i].want, "%s", rows[i].row);
        cr_expect_eq(rows[i].get(mgmt, &nobody, &list), AMS(CL_ERR_NOT_EXIST), "%s",
                     rows[i].row);
        cr_expect_eq(rows[i].get(mgmt, NULL, &list), AMS(CL_ERR_NULL_POINTER));
        cr_expect_eq(rows[i].get(mgmt, &e, NULL), AMS(CL_ERR_NULL_POINTER));
        cr_expect_eq(rows[i].get(77, &e, &list), AMS(CL_ERR_INVALID_HANDLE));
    }
}

Test(lists, the_pairs_of_a_csi, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT csi = mgmt_entity(CL_AMS_ENTITY_TYPE_CSI, "counterCSI");
    ClAmsCSINVPBufferT pairs = {0};

    mgmt = mgmt_begin(&f);
    cr_assert_eq(clAmsMgmtGetCSINVPList(mgmt, &csi, &pairs), CL_OK);
    cr_assert_eq(pairs.count, 1);
    cr_expect_str_eq(text(&pairs.nvp[0].csiName), "counterCSI");
    cr_expect_str_eq(text(&pairs.nvp[0].paramName), "step");
    cr_expect_str_eq(text(&pairs.nvp[0].paramValue), "1");
    clHeapFree(pairs.nvp);
    cr_expect_eq(clAmsMgmtGetCSINVPList(mgmt, NULL, &pairs), AMS(CL_ERR_NULL_POINTER));
}

/* ---- who has which work --------------------------------------------------------------
 */

static ClAmsHAStateT state_of_su(const char *name)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, name);
    ClAmsSUSIRefBufferT list = {0};
    ClAmsHAStateT ha = CL_AMS_HA_STATE_NONE;

    cr_assert_eq(clAmsMgmtGetSUAssignedSIsList(mgmt, &su, &list), CL_OK);
    if (list.count) {
        cr_expect_str_eq(text(&list.entityRef[0].entityRef.entity.name), "counterSI");
        ha = list.entityRef[0].haState;
    }
    clHeapFree(list.entityRef);
    return ha;
}

Test(lists, work_of_an_su_and_sus_of_work, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClAmsEntityT si = mgmt_entity(CL_AMS_ENTITY_TYPE_SI, "counterSI");
    ClAmsSUSIExtendedRefBufferT work = {0};
    ClAmsSISUExtendedRefBufferT more = {0};
    ClAmsSISURefBufferT sus = {0};

    mgmt = mgmt_begin(&f);
    cr_assert_eq(clAmsMgmtGetSUAssignedSIsExtendedList(mgmt, &su, &work), CL_OK);
    cr_assert_eq(work.count, 1);
    cr_expect_eq(work.entityRef[0].entityRef.entity.type, CL_AMS_ENTITY_TYPE_SI);
    cr_expect_eq(work.entityRef[0].haState, CL_AMS_HA_STATE_ACTIVE);
    cr_expect_eq(work.entityRef[0].numActiveCSIs, 1);
    cr_expect_eq(work.entityRef[0].numStandbyCSIs, 0);
    cr_expect_eq(work.entityRef[0].numCSIs, 1);
    cr_expect_eq(work.entityRef[0].pendingInvocations, 0);
    clHeapFree(work.entityRef);
    cr_expect_eq(state_of_su("counterSU2"), CL_AMS_HA_STATE_STANDBY);

    cr_assert_eq(clAmsMgmtGetSISUList(mgmt, &si, &sus), CL_OK);
    cr_assert_eq(sus.count, 2);
    cr_expect_eq(sus.entityRef[0].haState, CL_AMS_HA_STATE_ACTIVE);
    cr_expect_eq(sus.entityRef[1].haState, CL_AMS_HA_STATE_STANDBY);
    cr_expect_str_eq(text(&sus.entityRef[1].entityRef.entity.name), "counterSU2");
    cr_expect_eq(sus.entityRef[1].rank, 2);
    clHeapFree(sus.entityRef);
    cr_assert_eq(clAmsMgmtGetSISUExtendedList(mgmt, &si, &more), CL_OK);
    cr_assert_eq(more.count, 2);
    cr_expect_eq(more.entityRef[1].haState, CL_AMS_HA_STATE_STANDBY);
    clHeapFree(more.entityRef);
    cr_expect_eq(clAmsMgmtGetSISUList(mgmt, &su, &sus), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtGetSISUList(mgmt, NULL, &sus), AMS(CL_ERR_NULL_POINTER));
}

Test(lists, work_of_a_component_with_who_is_active, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT comp = mgmt_entity(CL_AMS_ENTITY_TYPE_COMP, "counter2");
    ClAmsCompCSIRefBufferT list = {0};

    mgmt = mgmt_begin(&f);
    cr_assert_eq(clAmsMgmtGetCompCSIList(mgmt, &comp, &list), CL_OK);
    cr_assert_eq(list.count, 1);
    cr_expect_eq(list.entityRef[0].entityRef.entity.type, CL_AMS_ENTITY_TYPE_CSI);
    cr_expect_str_eq(text(&list.entityRef[0].entityRef.entity.name), "counterCSI");
    cr_expect_eq(list.entityRef[0].haState, CL_AMS_HA_STATE_STANDBY);
    cr_assert_not_null(list.entityRef[0].activeComp);
    cr_expect_eq(list.entityRef[0].activeComp->type, CL_AMS_ENTITY_TYPE_COMP);
    cr_expect_str_eq(text(&list.entityRef[0].activeComp->name), "counter1");
    clHeapFree(list.entityRef);
}

static ClAmsHAStateT state_over_all(ClAmsEntityTypeT type, const char *name)
{
    ClAmsEntityT e = mgmt_entity(type, name);
    ClAmsHAStateT ha = (ClAmsHAStateT)77;

    cr_expect_eq(type == CL_AMS_ENTITY_TYPE_SI ? clAmsMgmtGetSIHAState(mgmt, &e, &ha)
                                               : clAmsMgmtGetSUHAState(mgmt, &e, &ha),
                 CL_OK, "%s", name);
    return ha;
}

static bool si_is_out(void *unused)
{
    (void)unused;
    return state_over_all(CL_AMS_ENTITY_TYPE_SI, "counterSI") == CL_AMS_HA_STATE_NONE;
}

Test(lists, one_state_over_all, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClAmsEntityT si = mgmt_entity(CL_AMS_ENTITY_TYPE_SI, "counterSI");
    ClAmsHAStateT ha;

    mgmt = mgmt_begin(&f);
    cr_expect_eq(state_over_all(CL_AMS_ENTITY_TYPE_SI, "counterSI"),
                 CL_AMS_HA_STATE_ACTIVE);
    cr_expect_eq(state_over_all(CL_AMS_ENTITY_TYPE_SU, "counterSU1"),
                 CL_AMS_HA_STATE_ACTIVE);
    cr_expect_eq(state_over_all(CL_AMS_ENTITY_TYPE_SU, "counterSU2"),
                 CL_AMS_HA_STATE_STANDBY);
    cr_assert_eq(clAmsMgmtEntityLockAssignmentExtended(mgmt, &si, CL_TRUE), CL_OK);
    cr_assert(wait_for(si_is_out, NULL, 15000));
    cr_expect_eq(state_over_all(CL_AMS_ENTITY_TYPE_SU, "counterSU2"),
                 CL_AMS_HA_STATE_NONE);
    cr_expect_eq(clAmsMgmtGetSIHAState(mgmt, &su, &ha), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtGetSUHAState(mgmt, &si, &ha), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtGetSIHAState(mgmt, NULL, &ha), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtGetSUHAState(mgmt, &su, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtGetSUHAState(77, &su, &ha), AMS(CL_ERR_INVALID_HANDLE));
}

Test(lists, a_group_does_not_migrate, .timeout = LIMIT, .fini = finish)
{
    mgmt = mgmt_begin(&f);
    cr_expect_eq(clAmsMgmtMigrateSG(mgmt, "counterSG", "node", 1, 1, NULL),
                 AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(clAmsMgmtMigrateSG(mgmt, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtMigrateSG(77, "counterSG"), AMS(CL_ERR_INVALID_HANDLE));
}

static bool two_is_active(void *unused)
{
    (void)unused;
    return state_of_su("counterSU2") == CL_AMS_HA_STATE_ACTIVE &&
           state_of_su("counterSU1") == CL_AMS_HA_STATE_NONE;
}

Test(lists, the_lists_follow_the_work, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClAmsEntityT sg = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG");
    ClAmsEntityBufferT list;

    mgmt = mgmt_begin(&f);
    cr_assert_eq(clAmsMgmtEntityLockAssignmentExtended(mgmt, &su, CL_TRUE), CL_OK);
    cr_assert(wait_for(two_is_active, NULL, 15000));
    cr_assert_eq(clAmsMgmtGetSGAssignedSUList(mgmt, &sg, &list), CL_OK);
    cr_expect_str_eq(joined(&list, CL_AMS_ENTITY_TYPE_SU), "counterSU2");
    cr_assert_eq(clAmsMgmtGetSGInstantiatedSUList(mgmt, &sg, &list), CL_OK);
    cr_expect_str_eq(joined(&list, CL_AMS_ENTITY_TYPE_SU), "counterSU1 counterSU2");
}
