/* SPDX-License-Identifier: Apache-2.0 */
/* counter1 on blade1 is the proxy of counter2 on blade2. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_amfd_cluster.h"

enum { LIMIT = 90, PATIENCE_MS = 25000 };

static struct redis store;
static const char *const durable[] = {"--appendonly", "yes", "--appendfsync", "always",
                                      NULL};
static struct amfd a, b;
static bool clustered;

/* ---- the model ------------------------------------------------------------------- */

static const char proxied_type[] =
    "<compType name=\"Proxied\"><csiTypes><csiType name=\"Other\"/></csiTypes>"
    "<proxyCSIType>Work</proxyCSIType>"
    "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY</capabilityModel>"
    "<property>CL_AMS_PROXIED_PREINSTANTIABLE</property>"
    "<processRel>CL_CPM_COMP_SINGLE_PROCESS</processRel><instantiateCommand/>"
    "<instantiateLevel>1</instantiateLevel><numMaxInstantiate>1</numMaxInstantiate>"
    "<recoveryOnTimeout>CL_AMS_RECOVERY_COMP_FAILOVER</recoveryOnTimeout></compType>\n";

#define NODE(n, type)                                                                    \
    "<nodeInstance name=\"blade" n "\" type=\"Blade\"><serviceUnitInstances>"            \
    "<serviceUnitInstance name=\"su" n "\" type=\"SUType\" rank=\"1\">"                  \
    "<componentInstances><componentInstance name=\"counter" n "\" type=\"" type "\"/>"   \
    "</componentInstances></serviceUnitInstance></serviceUnitInstances></"               \
    "nodeInstance>\n"
#define GROUP(n, type)                                                                   \
    "<serviceGroup name=\"sg" n "\" type=\"SGType\"><serviceInstances>"                  \
    "<serviceInstance name=\"si" n "\" type=\"SIType\"><componentServiceInstances>"      \
    "<componentServiceInstance name=\"csi" n "\" type=\"" type "\"/>"                    \
    "</componentServiceInstances></serviceInstance></serviceInstances>"                  \
    "<associatedServiceUnits><associatedServiceUnit>su" n "</associatedServiceUnit>"     \
    "</associatedServiceUnits></serviceGroup>\n"

static const char config[] =
    "<openClovisAsp><version v0=\"4.0.0\"><amfConfig version=\"B.01.01\">\n"
    "<cpmConfigs><cpmConfig cpmType=\"GLOBAL\" nodeType=\"Blade\"/></cpmConfigs>\n"
    "<nodeInstances>\n" NODE("1", "CompType") NODE(
        "2", "Proxied") "</nodeInstances>\n<serviceGroups>\n" GROUP("1", "Work")
        GROUP("2", "Other") "</serviceGroups></amfConfig></version></openClovisAsp>\n";

static FILE *model_file(const struct amfd *f, const char *name, const char *mode)
{
    char path[300];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", f->model, name);
    file = fopen(path, mode);
    cr_assert(file, "%s", path);
    return file;
}

/* The default definitions, and what the proxied component needs. */
static void definitions_extend(const struct amfd *f)
{
    static const char types_end[] = "</compTypes>", csis_end[] = "</csiTypes>\n</amf";
    FILE *file = model_file(f, "clAmfDefinitions.xml", "re");
    static char text[16384];
    char *comps, *csis;

    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    comps = strstr(text, types_end);
    csis = strstr(text, csis_end);
    cr_assert(comps && csis && comps < csis);
    file = model_file(f, "clAmfDefinitions.xml", "we");
    fprintf(file, "%.*s%s%.*s<csiType name=\"Other\"/>%s", (int)(comps - text), text,
            proxied_type, (int)(csis - comps), comps, csis);
    fclose(file);
    file = model_file(f, "clAmfConfig.xml", "we");
    fputs(config, file);
    fclose(file);
}

static void prepare(struct amfd *f)
{
    amfd_prepare(f, NULL);
    definitions_extend(f);
}

static void finish(void)
{
    amfd_end(&a);
    if (!clustered)
        return;
    if (*b.dir)
        amfd_end(&b);
    redis_end(&store);
}

static void expect_times(struct amfd *f, const char *log, const char *text, int n)
{
    char *err, *told;

    if (amfd_log_has(f, log, text, n, PATIENCE_MS))
        return;
    err = amfd_log(f, "err");
    told = amfd_log(f, log);
    cr_assert(false, "%s: expected \"%s\" %d times\n%s\n%s", log, text, n, told, err);
}

static void expect_log(struct amfd *f, const char *log, const char *text)
{
    expect_times(f, log, text, 1);
}

/* ---- the tests ------------------------------------------------------------------- */

#define REGISTER                                                                         \
    "{\"t\":\"register\",\"id\":9,\"comp\":\"counter2\",\"proxy\":\"counter1\"}"

#define ACTIVE_2 "csiset ACTIVE csi=csi2 flags=1 tr=1 active=counter2"

static void start_one(void)
{
    prepare(&a);
    amfd_puppet(&a, "counter1", "proxy");
    amfd_again(&a);
    expect_log(&a, "counter1", "csiset ACTIVE csi=csi1");
    expect_log(&a, "counter1", "heard pinst counter2");
    expect_log(&a, "counter1", "re 3 rc=0x0");
    expect_log(&a, "counter1", ACTIVE_2);
}

Test(amfd_proxy, one_daemon_tells_the_proxy, .timeout = LIMIT, .fini = finish)
{
    start_one();
    expect_log(&a, "err", "counter2: registered by counter1");
    cr_expect_eq(amfd_stop(&a, SIGTERM, PATIENCE_MS), 0);
    expect_log(&a, "counter1", "terminate counter2");
}

Test(amfd_proxy, a_component_that_failed_is_registered_anew, .timeout = LIMIT,
     .fini = finish)
{
    start_one();
    amfd_order(&a, "counter1",
               "{\"t\":\"fault\",\"id\":8,\"comp\":\"counter2\",\"recovery\":2}");
    expect_log(&a, "counter1", "heard pclean counter2");
    expect_times(&a, "counter1", "heard pinst counter2", 2);
    expect_times(&a, "counter1", "re 3 rc=0x0", 2);
    expect_log(&a, "counter1", "csiset ACTIVE csi=csi2 flags=3 tr=1 active=counter2");
}

Test(amfd_proxy, a_proxy_that_crashed_registers_it_anew, .timeout = LIMIT, .fini = finish)
{
    start_one();
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_times(&a, "counter1", "csiset ACTIVE csi=csi1", 2);
    expect_times(&a, "counter1", "re 3 rc=0x0", 2);
    expect_log(&a, "counter1", "csiset ACTIVE csi=csi2 flags=3 tr=1 active=counter2");
}

/* It takes calls of its proxy, and not only a process: that is more than a restart in
 * place. */
Test(amfd_proxy, one_that_failed_while_the_store_is_away_waits_for_it, .timeout = LIMIT,
     .fini = finish)
{
    const char *const args[] = {"--all-nodes", "--cluster", "test", NULL};

    clustered = true;
    redis_start(&store, false, durable);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    setenv("CLOVIS_AMF_LEASE_MS", "4000", 1);
    prepare(&a);
    amfd_puppet(&a, "counter1", "proxy");
    amfd_launch(&a, args);
    expect_log(&a, "counter1", ACTIVE_2);
    cr_assert(amfd_beats_pass(&store, 1, 1, PATIENCE_MS));
    redis_kill(&store);
    amfd_order(&a, "counter1",
               "{\"t\":\"fault\",\"id\":8,\"comp\":\"counter2\",\"recovery\":2}");
    expect_log(&a, "err", "more than a restart in place is needed");
    cr_expect_eq(amfd_log_count(&a, "counter1", "heard pclean counter2"), 0);
    redis_again(&store);
    expect_log(&a, "counter1", "heard pclean counter2");
    expect_times(&a, "counter1", "heard pinst counter2", 2);
    expect_log(&a, "counter1", "csiset ACTIVE csi=csi2 flags=3 tr=1 active=counter2");
}

Test(amfd_proxy, a_proxy_of_another_daemon_is_named, .timeout = LIMIT, .fini = finish)
{
    const char *const args_a[] = {"--node", "blade1", "--cluster", "test", NULL};
    const char *const args_b[] = {"--node", "blade2", "--cluster", "test", NULL};

    clustered = true;
    redis_start(&store, false, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    prepare(&a);
    prepare(&b);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE csi=csi1");
    amfd_launch(&b, args_b);
    expect_log(&b, "err",
               "counter2: cannot be told anything, its proxy counter1 is on node blade1, "
               "which another daemon plays; expected a proxy on node blade2");
    amfd_order(&a, "counter1", REGISTER);
    expect_log(&a, "counter1", "re 9 rc=0xf0013");
    expect_log(&a, "err",
               "counter2: its registration is refused: it is on node blade2, which "
               "another daemon plays");
}
