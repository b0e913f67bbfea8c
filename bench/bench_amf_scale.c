/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cluster that grows: 50 components in 10 groups, then 500 in 100, on five nodes. How
 * long until every group has its active and its standby, what the daemon needs for it,
 * and how long until nothing is missing after a node with a fifth of them was killed.
 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/bench_cluster.h"

enum { NODES = 5, SMALL = 10, LARGE = 100, WAIT_MS = 60000, QUIET_MS = 2000 };

#define UNLOCKED "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>"

static const char definitions[] =
    "<openClovisAsp><version v0=\"4.0.0\"><amfDefinitions:amfTypes "
    "xmlns:amfDefinitions=\"amfDefinitions.ecore\" version=\"B.01.01\">\n"
    "<nodeTypes><nodeType name=\"Blade\">" UNLOCKED "<autoRepair>CL_TRUE</autoRepair>"
    "</nodeType></nodeTypes>\n"
    "<sgTypes><sgType name=\"SG\">" UNLOCKED
    "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_TWO_N</redundancyModel>"
    "<restartDuration>100</restartDuration><numPrefInserviceSUs>5</numPrefInserviceSUs>"
    "</sgType></sgTypes>\n"
    "<suTypes><suType name=\"SU\">" UNLOCKED "<numComponents>1</numComponents></suType>"
    "</suTypes>\n"
    "<siTypes><siType name=\"SI\">" UNLOCKED "<numCSIs>1</numCSIs>"
    "<numStandbyAssignments>1</numStandbyAssignments></siType></siTypes>\n"
    "<compTypes><compType name=\"Comp\"><csiTypes><csiType name=\"Work\"/></csiTypes>"
    "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY</capabilityModel>"
    "<property>CL_AMS_SA_AWARE</property>"
    "<processRel>CL_CPM_COMP_SINGLE_PROCESS</processRel><instantiateCommand>";

static const char definitions_end[] =
    "</instantiateCommand><args><argument value=\"bench-component\"/></args>"
    "<recoveryOnTimeout>CL_AMS_RECOVERY_COMP_FAILOVER</recoveryOnTimeout>"
    "<timeouts><instantiateTimeout>60000</instantiateTimeout></timeouts>"
    "</compType></compTypes>\n"
    "<csiTypes><csiType name=\"Work\"/></csiTypes>\n"
    "</amfDefinitions:amfTypes></version></openClovisAsp>\n";

struct grown {
    double start_ms, cpu_ms, rss_kib;
    int64_t failover_ns;
};

/* ---- the model ----------------------------------------------------------- */

/* Each group has a unit on every node; which comes first goes round. */
static void write_node(FILE *f, int node, int groups)
{
    int g;

    fprintf(f, "<nodeInstance name=\"node%d\" type=\"Blade\"><serviceUnitInstances>\n",
            node);
    for (g = 0; g < groups; g++)
        fprintf(f,
                "<serviceUnitInstance name=\"su%d_%d\" type=\"SU\" rank=\"%d\">"
                "<componentInstances><componentInstance name=\"c%d_%d\" "
                "type=\"Comp\"/></componentInstances></serviceUnitInstance>\n",
                g, node, (node - g % NODES + NODES) % NODES + 1, g, node);
    fputs("</serviceUnitInstances></nodeInstance>\n", f);
}

static void write_group(FILE *f, int g)
{
    int node;

    fprintf(f,
            "<serviceGroup name=\"sg%d\" type=\"SG\"><serviceInstances><serviceInstance "
            "name=\"si%d\" type=\"SI\"><componentServiceInstances>"
            "<componentServiceInstance name=\"csi%d\" type=\"Work\"/>"
            "</componentServiceInstances></serviceInstance></serviceInstances>"
            "<associatedServiceUnits>",
            g, g, g);
    for (node = 0; node < NODES; node++)
        fprintf(f, "<associatedServiceUnit>su%d_%d</associatedServiceUnit>", g, node);
    fputs("</associatedServiceUnits></serviceGroup>\n", f);
}

static bool write_model(const struct bench_cluster *c, int groups)
{
    FILE *types = bench_cluster_file(c, "clAmfDefinitions.xml");
    FILE *f = types ? bench_cluster_file(c, "clAmfConfig.xml") : NULL;
    int i;

    if (types) {
        fprintf(types, "%s%s%s", definitions, c->self, definitions_end);
        fclose(types);
    }
    if (!f)
        return false;
    fputs("<openClovisAsp><version v0=\"4.0.0\"><amfConfig version=\"B.01.01\">\n"
          "<cpmConfigs><cpmConfig nodeType=\"Blade\" cpmType=\"GLOBAL\"/></cpmConfigs>\n"
          "<nodeInstances>\n",
          f);
    for (i = 0; i < NODES; i++)
        write_node(f, i, groups);
    fputs("</nodeInstances><serviceGroups>\n", f);
    for (i = 0; i < groups; i++)
        write_group(f, i);
    fputs("</serviceGroups></amfConfig></version></openClovisAsp>\n", f);
    return fclose(f) == 0;
}

/* ---- the measurement ----------------------------------------------------- */

static double rss_kib(pid_t pid)
{
    char path[64], line[256];
    double kib = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = atof(line + 6);
    if (f)
        fclose(f);
    return kib;
}

/* Of the process's own clock: the ticks of /proc are too coarse for the small case. */
static double cpu_ms(pid_t pid)
{
    struct timespec t;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Until so many were told to be active, and to be standby; when the last one was. */
static bool collect(struct bench_cluster *c, int groups, int64_t *last_ns)
{
    int active = 0, standby = 0;
    struct bench_callback cb;

    while (active < groups || standby < groups) {
        if (!bench_cluster_next(c, &cb, WAIT_MS))
            return false;
        active += cb.ha == BENCH_ACTIVE;
        standby += cb.ha == BENCH_STANDBY;
        *last_ns = cb.at_ns;
    }
    return true;
}

/* Nothing is missing any more when nobody has been told anything for a while: how many
 * are told depends on who had come up first. */
static bool collect_rest(struct bench_cluster *c, int64_t *last_ns)
{
    struct bench_callback cb;

    if (!bench_cluster_next(c, &cb, WAIT_MS))
        return false;
    do
        *last_ns = cb.at_ns;
    while (bench_cluster_waiting(c, QUIET_MS) && bench_cluster_next(c, &cb, WAIT_MS));
    return true;
}

static bool grow(const struct bench_options *o, int groups, struct grown *out)
{
    struct bench_cluster c;
    int64_t begin_ns, last_ns = 0;
    bool ok;

    ok = bench_cluster_open(&c, o->daemon) && write_model(&c, groups);
    begin_ns = clv_now_ns();
    ok = ok && bench_cluster_start(&c) && collect(&c, groups, &last_ns);
    if (ok) {
        out->start_ms = (double)(last_ns - begin_ns) / (double)CLV_NS_PER_MS;
        out->cpu_ms = cpu_ms(c.amfd);
        out->rss_kib = rss_kib(c.amfd);
        ok = bench_cluster_order(&c, "{\"t\":\"kill-node\",\"id\":2,\"name\":\"node0\"}",
                                 &begin_ns) &&
             collect_rest(&c, &last_ns);
        out->failover_ns = last_ns - begin_ns;
    }
    if (!ok)
        bench_cluster_show_log(&c);
    bench_cluster_close(&c);
    return ok;
}

bool bench_amf_scale(const struct bench_options *o, struct bench_report *r)
{
    struct grown small, large;
    struct bench_line failover = {.name = "node with 100 of 500 dies",
                                  .threads = 1,
                                  .target_p99_ns = 5 * CLV_NS_PER_S};

    if (!grow(o, SMALL, &small) || !grow(o, LARGE, &large))
        return false;
    bench_add_value(r, &(struct bench_value){.name = "start of 500 components",
                                             .threads = 1,
                                             .ours = large.start_ms,
                                             .raw = small.start_ms,
                                             .unit = "ms",
                                             .raw_name = "start of 50",
                                             .at_most = 15});
    bench_add_value(r, &(struct bench_value){.name = "daemon's memory at 500",
                                             .threads = 1,
                                             .ours = large.rss_kib,
                                             .raw = small.rss_kib,
                                             .unit = "KiB",
                                             .raw_name = "at 50",
                                             .at_most = 10});
    bench_add_value(r, &(struct bench_value){.name = "daemon's processor time",
                                             .threads = 1,
                                             .ours = large.cpu_ms,
                                             .raw = small.cpu_ms,
                                             .unit = "ms",
                                             .raw_name = "at 50",
                                             .at_most = 20});
    failover.ours_p50_ns = failover.ours_p99_ns = large.failover_ns;
    bench_add(r, &failover);
    return true;
}
