/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fail-over time: from SIGKILL of the active component to the ACTIVE callback in
 * the standby. A private clovis-amfd plays two nodes; both components are this
 * program again (bench_amf_component.c) and report each callback, with its time
 * on the same monotonic clock, to a datagram socket.
 */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

extern char **environ;

enum { HA_ACTIVE = 1, HA_STANDBY = 2, WAIT_MS = 20000 };

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

struct cluster {
    char dir[64];
    char self[PATH_MAX];
    char daemon[PATH_MAX];
    pid_t amfd;
    int reports;
    pid_t active, standby; /* 0: not known */
};

struct callback {
    pid_t pid;
    int ha;
    int64_t at_ns;
};

/* ---- set-up -------------------------------------------------------------- */

static bool write_file(const char *dir, const char *name, const char *text,
                       const char *arg)
{
    char path[PATH_MAX];
    FILE *f;
    bool ok;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "w");
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

/* Beside this program: installed, or in the build tree, where libtool keeps the real
 * program one directory below. */
static bool daemon_beside(struct cluster *c, const char *where)
{
    char self[PATH_MAX];

    memcpy(self, c->self, sizeof(self));
    return snprintf(c->daemon, sizeof(c->daemon), "%s/%s", dirname(self), where) <
               (int)sizeof(c->daemon) &&
           access(c->daemon, X_OK) == 0;
}

static bool find_daemon(struct cluster *c, const char *given)
{
    if (realpath("/proc/self/exe", c->self) == NULL)
        return false;
    if (given)
        snprintf(c->daemon, sizeof(c->daemon), "%s", given);
    else if (!daemon_beside(c, "clovis-amfd") &&
             !daemon_beside(c, "../sbin/clovis-amfd") &&
             !daemon_beside(c, "../clovis-amfd"))
        snprintf(c->daemon, sizeof(c->daemon), "clovis-amfd"); /* on the PATH */
    return true;
}

static bool listen_reports(struct cluster *c)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};

    snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/reports", c->dir);
    c->reports = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (c->reports < 0 || bind(c->reports, (struct sockaddr *)&sa, sizeof(sa)))
        return false;
    return setenv("CLOVIS_BENCH_REPORTS", sa.sun_path, 1) == 0;
}

static bool daemon_start(struct cluster *c)
{
    const char *const argv[] = {c->daemon, "--model",   c->dir,  "--node",
                                "node1",   "--node",    "node2", "--run-dir",
                                c->dir,    "--log-dir", c->dir,  NULL};
    posix_spawn_file_actions_t fa;
    char log[PATH_MAX];
    int err;

    snprintf(log, sizeof(log), "%s/amfd.log", c->dir);
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, log,
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&fa, STDERR_FILENO, STDOUT_FILENO);
    err = posix_spawnp(&c->amfd, c->daemon, &fa, NULL, (char *const *)(uintptr_t)argv,
                       environ);
    posix_spawn_file_actions_destroy(&fa);
    if (err) {
        fprintf(stderr, "bench: cannot start %s: %s\n", c->daemon, strerror(err));
        c->amfd = 0;
        return false;
    }
    return true;
}

static void daemon_stop(struct cluster *c)
{
    const char *const rm[] = {"rm", "-rf", c->dir, NULL};
    pid_t pid;

    if (c->amfd) {
        kill(c->amfd, SIGTERM);
        while (waitpid(c->amfd, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (c->reports >= 0)
        close(c->reports);
    if (posix_spawnp(&pid, "rm", NULL, NULL, (char *const *)(uintptr_t)rm, environ) == 0)
        waitpid(pid, NULL, 0);
}

/* ---- the measurement ----------------------------------------------------- */

static bool next_callback(struct cluster *c, struct callback *cb)
{
    struct pollfd p = {.fd = c->reports, .events = POLLIN};
    char text[128];
    ssize_t n;

    if (poll(&p, 1, WAIT_MS) != 1) {
        fprintf(stderr, "bench: no callback within %d ms, see the end of the log:\n",
                WAIT_MS);
        return false;
    }
    n = recv(c->reports, text, sizeof(text) - 1, 0);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return sscanf(text, "%d %d %" SCNd64, &cb->pid, &cb->ha, &cb->at_ns) == 3;
}

/* Until there are an active and a standby again. */
static bool settle(struct cluster *c, int64_t *active_ns)
{
    struct callback cb;

    while (!c->active || !c->standby) {
        if (!next_callback(c, &cb))
            return false;
        if (cb.ha == HA_ACTIVE) {
            *active_ns = cb.at_ns;
            c->active = cb.pid;
            if (c->standby == cb.pid)
                c->standby = 0;
        } else if (cb.ha == HA_STANDBY) {
            c->standby = cb.pid;
        }
    }
    return true;
}

static bool kill_rounds(struct cluster *c, unsigned kills, struct bench_samples *s)
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
        if ((i + 1) % 20 == 0)
            fprintf(stderr, "bench: %u of %u kills\r", i + 1, kills);
    }
    return true;
}

static void show_log(const struct cluster *c)
{
    char line[1024], path[PATH_MAX];
    FILE *f;

    snprintf(path, sizeof(path), "%s/amfd.log", c->dir);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        fputs(line, stderr);
    if (f)
        fclose(f);
}

bool bench_amf(const struct bench_options *o, struct bench_report *r)
{
    struct cluster c = {.dir = "/tmp/clovis-bench.XXXXXX", .reports = -1};
    struct bench_samples s = {0};
    struct bench_line line = {.name = "crash of active -> ACTIVE",
                              .threads = 1,
                              .target_p99_ns = 50 * CLV_NS_PER_MS};
    bool ok;

    if (!mkdtemp(c.dir)) {
        fprintf(stderr, "bench: cannot make %s: %s\n", c.dir, strerror(errno));
        return false;
    }
    ok = find_daemon(&c, o->daemon) &&
         write_file(c.dir, "clAmfDefinitions.xml", definitions, c.self) &&
         write_file(c.dir, "clAmfConfig.xml", config, "") && listen_reports(&c) &&
         bench_samples_init(&s, o->kills) && daemon_start(&c);
    if (ok && !(ok = kill_rounds(&c, o->kills, &s)))
        show_log(&c);
    daemon_stop(&c);
    if (ok) {
        line.ours_p50_ns = bench_percentile(&s, 0.50);
        line.ours_p99_ns = bench_percentile(&s, 0.99);
        bench_add(r, &line);
    }
    bench_samples_free(&s);
    return ok;
}
