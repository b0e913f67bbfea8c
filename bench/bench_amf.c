/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fail-over time: from SIGKILL of the active component to the ACTIVE callback in
 * the standby. Swap time: from the operator's order to the same callback. A private
 * clovis-amfd plays two nodes; both components are this program again
 * (bench_amf_component.c) and report each callback, with its time on the same
 * monotonic clock, to a datagram socket.
 *
 * In a swap the old active is told STANDBY and the other one ACTIVE without waiting for
 * an answer between. Which of two processes runs first is the scheduler's choice, so the
 * time from one callback to the other has no sign that would mean anything; how far they
 * are apart, whichever came first, is how long both or none are active.
 */
#include "bench/bench.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/bench_cluster.h"

enum { WAIT_MS = 20000, LINES_MAX = 2 };

static const char definitions[] =
    "<openClovisAsp><version v0=\"4.0.0\">\n"
    "<amfDefinitions:amfTypes xmlns:amfDefinitions=\"amfDefinitions.ecore\" "
    "version=\"B.01.01\">\n"
    "<nodeTypes><nodeType "
    "name=\"Blade\"><adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>\n"
    "<suFailoverDuration>1000</suFailoverDuration>"
    "<suFailoverCountMax>1000000</suFailoverCountMax>\n"
    "<autoRepair>CL_TRUE</autoRepair></nodeType></nodeTypes>\n"
    "<sgTypes><sgType name=\"SG\"><adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>\n"
    "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_TWO_N</redundancyModel>\n"
    "<restartDuration>100</restartDuration><autoRepair>CL_TRUE</autoRepair></sgType></"
    "sgTypes>\n"
    "<suTypes><suType name=\"SU\"><adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>\n"
    "<numComponents>1</numComponents></suType></suTypes>\n"
    "<siTypes><siType name=\"SI\"><adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>\n"
    "<numCSIs>1</numCSIs><numStandbyAssignments>1</numStandbyAssignments></siType></"
    "siTypes>\n"
    "<compTypes><compType name=\"Comp\"><csiTypes><csiType name=\"Work\"/></csiTypes>\n"
    "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY</capabilityModel>\n"
    "<property>CL_AMS_SA_AWARE</property>\n"
    "<processRel>CL_CPM_COMP_SINGLE_PROCESS</processRel>\n"
    "<instantiateCommand>%s</instantiateCommand>\n"
    "<args><argument value=\"bench-component\"/></args>\n"
    "<recoveryOnTimeout>CL_AMS_RECOVERY_COMP_FAILOVER</recoveryOnTimeout>\n"
    "</compType></compTypes>\n"
    "<csiTypes><csiType name=\"Work\"/></csiTypes>\n"
    "</amfDefinitions:amfTypes></version></openClovisAsp>\n";

static const char config[] =
    "<openClovisAsp><version v0=\"4.0.0\"><amfConfig version=\"B.01.01\">\n"
    "<cpmConfigs><cpmConfig nodeType=\"Blade\" cpmType=\"GLOBAL\"/></cpmConfigs>\n"
    "<nodeInstances>\n"
    "<nodeInstance name=\"node1\" type=\"Blade\"><serviceUnitInstances>\n"
    "<serviceUnitInstance name=\"su1\" type=\"SU\" rank=\"1\"><componentInstances>\n"
    "<componentInstance name=\"comp1\" "
    "type=\"Comp\"/></componentInstances></serviceUnitInstance>\n"
    "</serviceUnitInstances></nodeInstance>\n"
    "<nodeInstance name=\"node2\" type=\"Blade\"><serviceUnitInstances>\n"
    "<serviceUnitInstance name=\"su2\" type=\"SU\" rank=\"2\"><componentInstances>\n"
    "<componentInstance name=\"comp2\" "
    "type=\"Comp\"/></componentInstances></serviceUnitInstance>\n"
    "</serviceUnitInstances></nodeInstance></nodeInstances>\n"
    "<serviceGroups><serviceGroup name=\"sg\" type=\"SG\"><serviceInstances>\n"
    "<serviceInstance name=\"si\" type=\"SI\"><componentServiceInstances>\n"
    "<componentServiceInstance name=\"csi\" type=\"Work\"/></componentServiceInstances>\n"
    "</serviceInstance></serviceInstances><associatedServiceUnits>\n"
    "<associatedServiceUnit>su1</associatedServiceUnit>\n"
    "<associatedServiceUnit>su2</associatedServiceUnit></associatedServiceUnits>\n"
    "</serviceGroup></serviceGroups></amfConfig></version></openClovisAsp>\n";

struct pair {
    struct bench_cluster cluster;
    pid_t active, standby; /* 0: not known */
};

/* text with the one %s in it replaced by arg */
static bool write_file(const struct bench_cluster *c, const char *name, const char *text,
                       const char *arg)
{
    FILE *f = bench_cluster_file(c, name);
    bool ok;

    if (!f)
        return false;
    for (; *text; text++) { /* the one %s of the definitions is the command */
        if (text[0] == '%' && text[1] == 's') {
            fputs(arg, f);
            text++;
        } else {
            fputc(*text, f);
        }
    }
    ok = !ferror(f);
    return fclose(f) == 0 && ok;
}

/* Until there are an active and a standby again. */
static bool settle(struct pair *c, int64_t *active_ns)
{
    struct bench_callback cb;

    while (!c->active || !c->standby) {
        if (!bench_cluster_next(&c->cluster, &cb, WAIT_MS))
            return false;
        if (cb.ha == BENCH_ACTIVE) {
            *active_ns = cb.at_ns;
            c->active = cb.pid;
            if (c->standby == cb.pid)
                c->standby = 0;
        } else if (cb.ha == BENCH_STANDBY) {
            c->standby = cb.pid;
        }
    }
    return true;
}

static bool kill_rounds(struct pair *c, unsigned kills, struct bench_samples *s)
{
    int64_t killed_ns, active_ns = 0;
    unsigned i;

    if (!settle(c, &active_ns))
        return false;
    for (i = 0; i < kills; i++) {
        const pid_t victim = c->active;

        c->active = 0;
        killed_ns = clv_now_ns();
        if (kill(victim, SIGKILL)) {
            fprintf(stderr, "bench: component %d is gone by itself\n", (int)victim);
            return false;
        }
        if (!settle(c, &active_ns))
            return false;
        bench_samples_add(s, active_ns - killed_ns);
    }
    return true;
}

static bool swap_order(struct pair *c, int64_t *sent_ns)
{
    return bench_cluster_order(
        &c->cluster,
        "{\"t\":\"admin\",\"id\":2,\"op\":\"swap\",\"kind\":\"si\",\"name\":\"si\"}",
        sent_ns);
}

static bool swap_once(struct pair *c, struct bench_samples *s)
{
    int64_t sent_ns, active_ns = 0, standby_ns = 0;
    const pid_t old = c->active;
    struct bench_callback cb;

    if (!swap_order(c, &sent_ns))
        return false;
    while (!active_ns || !standby_ns) {
        if (!bench_cluster_next(&c->cluster, &cb, WAIT_MS))
            return false;
        if (cb.pid == old && cb.ha == BENCH_STANDBY)
            standby_ns = cb.at_ns;
        if (cb.pid == c->standby && cb.ha == BENCH_ACTIVE)
            active_ns = cb.at_ns;
    }
    bench_samples_add(&s[0], active_ns - sent_ns);
    bench_samples_add(&s[1], llabs(active_ns - standby_ns));
    c->active = c->standby;
    c->standby = old;
    return true;
}

static bool swap_rounds(struct pair *c, unsigned swaps, struct bench_samples *s)
{
    int64_t unused;
    bool ok = settle(c, &unused);

    for (; ok && swaps > 0; swaps--)
        ok = swap_once(c, s);
    return ok;
}

/* s: of each line that is measured. */
typedef bool rounds_fn(struct pair *c, unsigned rounds, struct bench_samples *s);

static bool model_write(struct bench_cluster *c)
{
    return write_file(c, "clAmfDefinitions.xml", definitions, c->self) &&
           write_file(c, "clAmfConfig.xml", config, "");
}

static bool play(const struct bench_options *o, rounds_fn *rounds,
                 struct bench_samples *s)
{
    struct pair c = {.active = 0};
    bool ok = bench_cluster_open(&c.cluster, o->daemon) && model_write(&c.cluster) &&
              bench_cluster_start(&c.cluster);

    if (ok && !(ok = rounds(&c, o->kills, s)))
        bench_cluster_show_log(&c.cluster);
    bench_cluster_close(&c.cluster);
    return ok;
}

static bool measure(const struct bench_options *o, struct bench_report *r,
                    struct bench_line *lines, size_t n, rounds_fn *rounds)
{
    struct bench_samples s[LINES_MAX] = {{0}};
    bool ok = true;
    size_t i;

    bench_progress(r, lines[0].name, 0);
    for (i = 0; i < n; i++)
        ok = ok && bench_samples_init(&s[i], o->kills);
    ok = ok && play(o, rounds, s);
    for (i = 0; i < n; i++) {
        lines[i].threads = 1;
        if (ok)
            bench_add_samples(r, &lines[i], &s[i], NULL);
        bench_samples_free(&s[i]);
    }
    return ok;
}

bool bench_amf(const struct bench_options *o, struct bench_report *r)
{
    struct bench_line crash[] = {{.name = "crash of active -> ACTIVE",
                                  .target_p50_ns = 2 * CLV_NS_PER_MS,
                                  .target_p99_ns = 10 * CLV_NS_PER_MS}};
    struct bench_line swap[LINES_MAX] = {
        {.name = "SI swap: order -> ACTIVE", .target_p99_ns = 3 * CLV_NS_PER_MS},
        {.name = "SI swap: two callbacks apart", .target_p99_ns = 3 * CLV_NS_PER_MS}};

    return measure(o, r, crash, 1, kill_rounds) &&
           measure(o, r, swap, LINES_MAX, swap_rounds);
}
