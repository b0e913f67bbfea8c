/* SPDX-License-Identifier: Apache-2.0 */
/* What programs ask of the daemon and make it do: clAmsMgmt, and clCpm's queries. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clCpmApi.h>
#include <clCpmExtApi.h>
#include <clHeapApi.h>
#include <clIocApiExt.h>

#include "fixture_amfd.h"
#include "fixture_mgmt.h"
#include "fixture_redis.h"

#define LIMIT 60

static struct amfd f;
static ClAmsMgmtHandleT mgmt;

static void finish(void)
{
    amfd_end(&f);
}

static void begin(void)
{
    mgmt = mgmt_begin(&f);
}

/* ---- clAmsMgmt -----------------------------------------------------------------------
 */

Test(mgmt, initialize_checks_its_arguments_and_finds_the_daemon, .timeout = LIMIT,
     .fini = finish)
{
    ClVersionT v = {'B', 4, 1};
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClAmsMgmtHandleT h;

    amfd_prepare(&f, NULL);
    setenv("CLOVIS_AMF_SOCKET", f.socket, 1);
    cr_expect_eq(clAmsMgmtInitialize(NULL, NULL, &v), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtInitialize(&h, NULL, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtInitialize(&h, NULL, &v), AMS(CL_ERR_VERSION_MISMATCH));
    cr_expect_eq(v.majorVersion, 1, "what there is is written back");
    cr_expect_eq(clAmsMgmtInitialize(&h, NULL, &v), AMS(CL_ERR_TRY_AGAIN), "no daemon");
    amfd_again(&f);
    cr_assert_eq(clAmsMgmtInitialize(&h, NULL, &v), CL_OK);
    cr_expect_eq(clAmsMgmtFinalize(h), CL_OK);
    cr_expect_eq(clAmsMgmtFinalize(h), AMS(CL_ERR_INVALID_HANDLE));
    cr_expect_eq(clAmsMgmtEntityUnlock(h, &su), AMS(CL_ERR_INVALID_HANDLE));
}

Test(mgmt, operations_take_effect_and_refusals_have_their_codes, .timeout = LIMIT,
     .fini = finish)
{
    static const struct {
        const char *row;
        ClRcT (*run)(ClAmsMgmtHandleT, const ClAmsEntityT *, ClBoolT retry);
        ClAmsEntityTypeT type;
        const char *name;
        ClRcT want;
    } rows[] = {
        /* clang-format off */
        { "lock the active SU",   clAmsMgmtEntityLockAssignmentExtended,    CL_AMS_ENTITY_TYPE_SU,   "counterSU1", CL_OK },
        { "lock it again",        clAmsMgmtEntityLockAssignmentExtended,    CL_AMS_ENTITY_TYPE_SU,   "counterSU1", AMS(CL_ERR_NO_OP) },
        { "take it down",         clAmsMgmtEntityLockInstantiationExtended, CL_AMS_ENTITY_TYPE_SU,   "counterSU1", CL_OK },
        { "unlock from there",    clAmsMgmtEntityUnlockExtended,            CL_AMS_ENTITY_TYPE_SU,   "counterSU1", AMS(CL_ERR_BAD_OPERATION) },
        { "bring it up",          clAmsMgmtEntityLockAssignmentExtended,    CL_AMS_ENTITY_TYPE_SU,   "counterSU1", CL_OK },
        { "unlock it",            clAmsMgmtEntityUnlockExtended,            CL_AMS_ENTITY_TYPE_SU,   "counterSU1", CL_OK },
        { "a healthy node",       clAmsMgmtEntityRepairedExtended,          CL_AMS_ENTITY_TYPE_NODE, "blade1",     AMS(CL_ERR_NO_OP) },
        { "restart a component",  clAmsMgmtEntityRestartExtended,           CL_AMS_ENTITY_TYPE_COMP, "counter2",   CL_OK },
        { "lock a component",     clAmsMgmtEntityLockAssignmentExtended,    CL_AMS_ENTITY_TYPE_COMP, "counter2",   AMS(CL_AMS_ERR_INVALID_ENTITY) },
        { "nobody",               clAmsMgmtEntityUnlockExtended,            CL_AMS_ENTITY_TYPE_SG,   "nobody",     AMS(CL_ERR_NOT_EXIST) },
        { "the cluster",          clAmsMgmtEntityUnlockExtended,            CL_AMS_ENTITY_TYPE_CLUSTER, "c",       AMS(CL_AMS_ERR_INVALID_ENTITY) },
        /* clang-format on */
    };
    ClRcT rc;

    begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const ClAmsEntityT e = mgmt_entity(rows[i].type, rows[i].name);

        rc = rows[i].run(mgmt, &e, CL_TRUE);
        cr_expect_eq(rc, rows[i].want, "%s: %#x", rows[i].row, rc);
    }
    cr_expect(amfd_log_has(&f, "counter1", "csiset QUIESCED", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter1", "terminate", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter2", "start pid=", 2, 15000));
    cr_expect_eq(clAmsMgmtEntityUnlock(mgmt, NULL), AMS(CL_ERR_NULL_POINTER));
}

Test(mgmt, a_force_lock_goes_down_to_locked_instantiation, .timeout = LIMIT,
     .fini = finish)
{
    const ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    const ClAmsEntityT si = mgmt_entity(CL_AMS_ENTITY_TYPE_SI, "counterSI");

    begin();
    cr_expect_eq(clAmsMgmtEntityForceLock(mgmt, &si), AMS(CL_AMS_ERR_INVALID_ENTITY));
    cr_expect_eq(clAmsMgmtEntityForceLock(mgmt, &su), CL_OK);
    cr_expect_eq(clAmsMgmtEntityForceLockExtended(mgmt, &su, CL_TRUE),
                 AMS(CL_ERR_INVALID_STATE));
    cr_expect(amfd_log_has(&f, "counter1", "csiset QUIESCED", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter1", "terminate", 1, 15000));
}

static bool swapped(void *unused)
{
    (void)unused;
    return clAmsMgmtSISwap(mgmt, "counterSI") == CL_OK;
}

Test(mgmt, swap_and_adjust_go_by_name, .timeout = LIMIT, .fini = finish)
{
    begin();
    cr_expect(wait_for(swapped, NULL, 15000));
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, 15000));
    cr_expect_eq(clAmsMgmtSISwap(mgmt, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtSISwap(mgmt, "nobody"), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtSGAdjust(mgmt, "counterSG", CL_TRUE), CL_OK);
    cr_expect_eq(clAmsMgmtSISwap(mgmt, "counterSI"), AMS(CL_ERR_BAD_OPERATION),
                 "not while the group adjusts itself");
}

static void *config_of(ClAmsEntityTypeT type, const char *name)
{
    ClAmsEntityT e = mgmt_entity(type, name);
    ClAmsEntityConfigT *config = NULL;
    const ClRcT rc = clAmsMgmtEntityGetConfig(mgmt, &e, &config);

    cr_assert_eq(rc, CL_OK, "%s: %#x", name, rc);
    cr_expect_eq(config->type, type, "%s", name);
    cr_expect_eq(config->name.length, strlen(name) + 1, "%s", name);
    cr_expect_str_eq((const char *)config->name.value, name);
    return config;
}

Test(mgmt, entities_tell_their_configuration, .timeout = LIMIT, .fini = finish)
{
    ClAmsNodeConfigT *node;
    ClAmsSGConfigT *sg;
    ClAmsSUConfigT *su;
    ClAmsSIConfigT *si;
    ClAmsCompConfigT *comp;
    ClAmsCSIConfigT *csi;

    begin();
    node = config_of(CL_AMS_ENTITY_TYPE_NODE, "blade1");
    sg = config_of(CL_AMS_ENTITY_TYPE_SG, "counterSG");
    su = config_of(CL_AMS_ENTITY_TYPE_SU, "counterSU2");
    si = config_of(CL_AMS_ENTITY_TYPE_SI, "counterSI");
    comp = config_of(CL_AMS_ENTITY_TYPE_COMP, "counter1");
    csi = config_of(CL_AMS_ENTITY_TYPE_CSI, "counterCSI");
    cr_expect_eq(node->adminState, CL_AMS_ADMIN_STATE_UNLOCKED);
    cr_expect_eq(node->autoRepair, CL_TRUE);
    cr_expect_eq(sg->redundancyModel, CL_AMS_SG_REDUNDANCY_MODEL_TWO_N);
    cr_expect_eq(sg->instantiateDuration, 100);
    cr_expect_eq(su->rank, 2);
    cr_expect_str_eq((const char *)su->parentNode.entity.name.value, "blade2");
    cr_expect_eq(si->numStandbyAssignments, 1);
    cr_expect_eq(comp->property, CL_AMS_COMP_PROPERTY_SA_AWARE);
    cr_expect_eq(comp->recoveryOnTimeout, CL_AMS_RECOVERY_COMP_FAILOVER);
    cr_expect_eq(comp->timeouts.terminate, 5000);
    cr_assert_eq(comp->numSupportedCSITypes, 1);
    cr_expect_str_eq((const char *)comp->pSupportedCSITypes[0].value, "Work");
    cr_expect_str_eq(comp->instantiateCommand, "amf_puppet");
    cr_expect_str_eq((const char *)csi->parentSI.entity.name.value, "counterSI");
    clHeapFree(node);
    clHeapFree(sg);
    clHeapFree(su);
    clHeapFree(si);
    clHeapFree(comp);
    clHeapFree(csi);
    cr_expect_null(clAmsMgmtNodeGetConfig(mgmt, "nobody"));
}

Test(mgmt, entities_tell_their_status_and_their_lists, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT sg = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG");
    ClAmsEntityT comp = mgmt_entity(CL_AMS_ENTITY_TYPE_COMP, "counter2");
    ClAmsEntityStatusT *status = NULL;
    ClAmsEntityBufferT list = {0}, comps = {0};
    ClAmsNodeStatusT *node;

    begin();
    node = clAmsMgmtNodeGetStatus(mgmt, "blade2");
    cr_assert_not_null(node);
    cr_expect_eq(node->isClusterMember, CL_AMS_NODE_IS_CLUSTER_MEMBER);
    cr_expect_eq(node->operState, CL_AMS_OPER_STATE_ENABLED);
    clHeapFree(node);
    cr_assert_eq(clAmsMgmtEntityGetStatus(mgmt, &comp, &status), CL_OK);
    cr_expect_eq(((ClAmsCompStatusT *)(void *)status)->presenceState,
                 CL_AMS_PRESENCE_STATE_INSTANTIATED);
    clHeapFree(status);
    cr_assert_eq(clAmsMgmtGetSGSUList(mgmt, &sg, &list), CL_OK);
    cr_assert_eq(list.count, 2);
    cr_expect_eq(list.entity[1].type, CL_AMS_ENTITY_TYPE_SU);
    cr_expect_str_eq((const char *)list.entity[1].name.value, "counterSU2");
    cr_assert_eq(clAmsMgmtGetSUCompList(mgmt, &list.entity[0], &comps), CL_OK);
    cr_assert_eq(comps.count, 1);
    cr_expect_str_eq((const char *)comps.entity[0].name.value, "counter1");
    clHeapFree(comps.entity);
    clHeapFree(list.entity);
    cr_expect_eq(clAmsMgmtGetNodeSUList(mgmt, &sg, &list), AMS(CL_ERR_NOT_EXIST));
}

/* ---- clCpm --------------------------------------------------------------- */

static ClRcT terminate(ClInvocationT invocation, const ClNameT *comp)
{
    (void)invocation;
    (void)comp;
    return CL_OK;
}

static ClNameT name_of(const char *text)
{
    ClNameT n = {.length = (ClUint16T)strlen(text)};

    strcpy((char *)n.value, text);
    return n;
}

Test(mgmt, a_component_finds_others_and_nodes, .timeout = LIMIT, .fini = finish)
{
    const ClCpmCallbacksT callbacks = {.appTerminate = terminate};
    ClNameT comp = name_of("counter2"), nobody = name_of("nobody"), dn, node;
    ClVersionT v = {'B', 1, 1};
    ClCpmCompSpecInfoT info;
    ClCpmNodeConfigT config;
    ClAmsPresenceStateT presence;
    ClAmsOperStateT oper;
    ClIocNodeAddressT master;
    ClIocAddressT at;
    ClCpmHandleT h;
    ClStatusT up;
    ClUint32T pid;

    begin();
    setenv("ASP_COMPNAME", "counter1", 1);
    cr_assert_eq(clCpmClientInitialize(&h, &callbacks, &v), CL_OK);
    cr_expect_eq(clCpmMasterAddressGet(&master), CL_OK);
    cr_expect_eq(master, 1);
    cr_expect_eq(clCpmComponentDNNameGet(h, &comp, &dn), CL_OK);
    cr_expect_str_eq((const char *)dn.value,
                     "safComp=counter2,safSu=counterSU2,safSg=counterSG");
    cr_expect_eq(clCpmComponentStatusGet(&comp, NULL, &presence, &oper), CL_OK);
    cr_expect_eq(presence, CL_AMS_PRESENCE_STATE_INSTANTIATED);
    cr_expect_eq(oper, CL_AMS_OPER_STATE_ENABLED);
    node = name_of("blade1");
    cr_expect_eq(clCpmComponentStatusGet(&comp, &node, &presence, &oper), 0x000f0013,
                 "not on that node");
    cr_assert_eq(clCpmComponentPIDGet(&comp, &pid), CL_OK);
    cr_expect_eq(pid, (ClUint32T)amfd_pid(&f, "counter2"));
    cr_expect_eq(clCpmComponentPIDGetBySlot(1, &comp, &pid), 0x000f0013);
    cr_expect_eq(clCpmComponentPIDGet(&nobody, &pid), 0x000f0013);
    cr_assert_eq(clCpmComponentAddressGet(2, &comp, &at), CL_OK);
    cr_expect_eq(clCpmCompStatusGet(at, &up), CL_OK);
    cr_expect_eq(up, CL_STATUS_UP);
    at.iocPhyAddress.portId = 1;
    cr_expect_eq(clCpmCompStatusGet(at, &up), CL_OK);
    cr_expect_eq(up, CL_STATUS_DOWN);
    cr_assert_eq(clCpmIocAddressForNodeGet(name_of("blade2"), &at), CL_OK);
    cr_expect_eq(at.iocPhyAddress.nodeAddress, 2);
    cr_expect_eq(clCpmNodeStatusGet(at, &up), CL_OK);
    cr_expect_eq(up, CL_STATUS_UP);
    memset(&at, 0, sizeof(at));
    cr_expect_eq(clCpmNodeStatusGet(at, &up), 0x000f0002);
    cr_expect_not(clCpmIsCompRestarted(comp));
    cr_assert_eq(clCpmNodeConfigGet("blade1", &config), CL_OK);
    cr_expect_str_eq(config.cpmType, "GLOBAL");
    cr_assert_eq(clCpmCompInfoGet(&comp, 2, &info), CL_OK);
    cr_assert_eq(info.numArgs, 2);
    cr_expect_str_eq(info.args[1], "first");
    cr_expect_eq(info.period, 5000);
    clHeapFree(info.args);
}

static struct {
    pthread_mutex_t lock;
    int node_left, node_came, comp_died, other;
    ClUint32T pid;
} heard = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void hear(ClIocNotificationIdT id, ClPtrT arg, ClIocAddressT *at)
{
    pthread_mutex_lock(&heard.lock);
    if (arg == &heard && id == CL_IOC_NODE_LEAVE_NOTIFICATION &&
        at->iocPhyAddress.nodeAddress == 2)
        heard.node_left++;
    else if (arg == &heard && id == CL_IOC_NODE_ARRIVAL_NOTIFICATION &&
             at->iocPhyAddress.nodeAddress == 2)
        heard.node_came++;
    else if (!arg && id == CL_IOC_COMP_DEATH_NOTIFICATION &&
             at->iocPhyAddress.portId == heard.pid)
        heard.comp_died++;
    else
        heard.other++;
    pthread_mutex_unlock(&heard.lock);
}

static bool all_heard(void *unused)
{
    bool all;

    (void)unused;
    pthread_mutex_lock(&heard.lock);
    all = heard.node_left == 1 && heard.node_came == 1 && heard.comp_died == 1;
    pthread_mutex_unlock(&heard.lock);
    return all;
}

Test(mgmt, a_component_hears_who_comes_and_goes, .timeout = LIMIT, .fini = finish)
{
    const ClCpmCallbacksT callbacks = {.appTerminate = terminate};
    ClIocPhysicalAddressT any_node = {CL_IOC_BROADCAST_ADDRESS, 0};
    ClIocAddressT two;
    ClVersionT v = {'B', 1, 1};
    ClNameT comp = name_of("counter2");
    ClHandleT nodes, process, gone;
    ClCpmHandleT h;

    begin();
    setenv("ASP_COMPNAME", "counter1", 1);
    cr_assert_eq(clCpmClientInitialize(&h, &callbacks, &v), CL_OK);
    cr_assert_eq(clCpmComponentAddressGet(2, &comp, &two), CL_OK);
    heard.pid = two.iocPhyAddress.portId;
    cr_expect_eq(clCpmNotificationCallbackInstall(any_node, NULL, NULL, &nodes),
                 0x000f0002);
    cr_expect_eq(clCpmNotificationCallbackInstall(any_node, hear, NULL, NULL),
                 0x000f0002);
    cr_assert_eq(clCpmNotificationCallbackInstall(any_node, hear, &heard, &nodes), CL_OK);
    cr_assert_eq(
        clCpmNotificationCallbackInstall(two.iocPhyAddress, hear, NULL, &process), CL_OK);
    cr_assert_eq(clCpmNotificationCallbackInstall(any_node, hear, NULL, &gone), CL_OK);
    cr_expect_eq(clCpmNotificationCallbackUninstall(&gone), CL_OK);
    cr_expect_eq(clCpmNotificationCallbackUninstall(&gone), 0x000f0005);
    cr_expect_eq(clCpmMasterAddressGet(&any_node.nodeAddress), CL_OK, "all has arrived");
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"kill-node\",\"name\":\"blade2\"}"), 0);
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"start-node\",\"name\":\"blade2\"}"), 0);
    cr_expect(wait_for(all_heard, NULL, 15000), "left %d, came %d, died %d",
              heard.node_left, heard.node_came, heard.comp_died);
    cr_expect_eq(heard.other, 0);
    cr_expect_eq(clCpmNotificationCallbackUninstall(&nodes), CL_OK);
    cr_expect_eq(clCpmNotificationCallbackUninstall(&process), CL_OK);
}

Test(mgmt, a_component_restarts_and_shuts_down_nodes, .timeout = LIMIT, .fini = finish)
{
    const ClCpmCallbacksT callbacks = {.appTerminate = terminate};
    ClVersionT v = {'B', 1, 1};
    ClCpmHandleT h;

    begin();
    setenv("ASP_COMPNAME", "counter2", 1);
    cr_assert_eq(clCpmClientInitialize(&h, &callbacks, &v), CL_OK);
    cr_expect_eq(clCpmNodeRestart(1, CL_FALSE), CL_OK);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE csi= flags=4 tr=3", 1, 15000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, 15000));
    cr_expect_eq(clCpmNodeSwitchover(77), 0x000f0013);
    cr_expect_eq(clCpmNodeShutDown(1), CL_OK);
    cr_expect(amfd_log_has(&f, "counter1", "csirmv", 1, 15000));
}

Test(mgmt, the_installed_system_is_described_by_its_files, .timeout = LIMIT,
     .fini = finish)
{
    ClTargetSlotInfoT slots[4], slot;
    ClTargetInfoT target;
    ClUint32T n = 4;
    char path[300], version[16];
    FILE *file;

    amfd_prepare(&f, NULL);
    setenv("ASP_CONFIG", f.model, 1);
    cr_expect_eq(clCpmTargetInfoGet(&target), 0x000f0004);
    cr_expect_eq(clCpmTargetVersionGet(version, sizeof(version)), 0x000f0004);
    cr_expect_eq(clCpmTargetInfoGet(NULL), 0x000f0002);
    snprintf(path, sizeof(path), "%s/targetconf.xml", f.model);
    file = fopen(path, "w");
    fputs("<target><TRAP_IP> 10.0.0.9 </TRAP_IP><CREATE_TARBALLS>YES</CREATE_TARBALLS>\n"
          "<TIPC_NETID>1234</TIPC_NETID><slots>\n"
          "<slot><NAME>one</NAME><ADDR>1</ADDR><LINK>eth0</LINK></slot>\n"
          "<slot><NAME>two</NAME><ADDR>2</ADDR><CUSTOM>x y</CUSTOM></slot>\n"
          "</slots></target>\n",
          file);
    fclose(file);
    snprintf(path, sizeof(path), "%s/VERSION", f.model);
    file = fopen(path, "w");
    fputs("7.0.1\nmore\n", file);
    fclose(file);
    cr_assert_eq(clCpmTargetInfoGet(&target), CL_OK);
    cr_expect_str_eq(target.trapIp, "10.0.0.9");
    cr_expect_str_eq(target.version, "7.0.1");
    cr_expect_eq(target.createTarballs, CL_TRUE);
    cr_expect_eq(target.installPrerequisites, CL_FALSE);
    cr_expect_eq(target.tipcNetid, 1234);
    cr_expect_eq(target.numSlots, 2);
    cr_assert_eq(clCpmTargetSlotListGet(slots, &n), CL_OK);
    cr_expect_eq(n, 2);
    cr_expect_str_eq(slots[0].linkname, "eth0");
    cr_assert_eq(clCpmTargetSlotInfoGet(NULL, 2, &slot), CL_OK);
    cr_expect_str_eq(slot.customData, "x y");
    cr_expect_eq(clCpmTargetSlotInfoGet("three", 0, &slot), 0x000f0004);
    cr_expect_eq(clCpmTargetVersionGet(version, 4), CL_OK);
    cr_expect_str_eq(version, "7.0");
}

Test(mgmt, events_have_no_payload_and_say_so)
{
    ClCpmEventNodePayLoadT node;
    ClCpmEventPayLoadT comp;

    memset(&comp, 0x55, sizeof(comp));
    memset(&node, 0x55, sizeof(node));
    cr_expect_eq(clCpmEventPayLoadExtract(7, sizeof(comp), CL_CPM_COMP_EVENT, NULL),
                 0x000f0003);
    cr_expect_eq(clCpmEventPayLoadExtract(7, sizeof(comp), (ClCpmEventTypeT)9, &comp),
                 0x000f0002);
    cr_expect_eq(clCpmEventPayLoadExtract(7, sizeof(comp), CL_CPM_COMP_EVENT, &comp),
                 0x000f0025);
    cr_expect_eq(comp.compName.length, 0, "nothing is left to chance");
    cr_expect_eq(clCpmEventPayLoadExtract(7, sizeof(node), CL_CPM_NODE_EVENT, &node),
                 0x000f0025);
    cr_expect_eq(node.nodeName.length, 0);
}
