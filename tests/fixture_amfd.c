/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_amfd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "base/clock.h"
#include "fixture_fork.h"
#include "fixture_redis.h"

static void die(const struct amfd *f, const char *what)
{
    fprintf(stderr, "fixture: %s (%s): %s\n", what, f->dir, strerror(errno));
    abort();
}

static const char *builddir(void)
{
    const char *dir = getenv("top_builddir");

    return dir && *dir ? dir : ".";
}

/* ---- the model ----------------------------------------------------------------------
 */

static const char definitions[] =
    "<openClovisAsp><version v0=\"4.0.0\">\n"
    "<amfDefinitions:amfTypes xmlns:amfDefinitions=\"amfDefinitions.ecore\" "
    "version=\"B.01.01\">\n"
    "<nodeTypes><nodeType "
    "name=\"Blade\"><id>0</id><classType>CL_AMS_NODE_CLASS_B</classType>\n"
    "<isASPAware>CL_TRUE</isASPAware><isRestartable>CL_TRUE</isRestartable>\n"
    "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState><autoRepair>CL_TRUE</"
    "autoRepair>\n"
    "</nodeType></nodeTypes>\n"
    "<sgTypes><sgType name=\"SGType\"><restartDuration>%d</restartDuration>"
    "<compRestartCountMax>%d</compRestartCountMax>"
    "<suRestartCountMax>%d</suRestartCountMax>\n"
    "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>\n"
    "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_TWO_N</redundancyModel>\n"
    "<autoRepair>CL_TRUE</autoRepair></sgType></sgTypes>\n"
    "<suTypes><suType "
    "name=\"SUType\"><adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>\n"
    "<rank>0</rank><isPreinstantiable>CL_TRUE</isPreinstantiable>\n"
    "<isRestartable>CL_TRUE</isRestartable><numComponents>1</numComponents></suType></"
    "suTypes>\n"
    "<siTypes><siType name=\"SIType\"><rank>1</rank><numCSIs>1</numCSIs>\n"
    "<numStandbyAssignments>1</numStandbyAssignments>\n"
    "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState></siType></siTypes>\n"
    "<compTypes><compType name=\"CompType\"><csiTypes><csiType "
    "name=\"Work\"/></csiTypes>\n"
    "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY</capabilityModel>\n"
    "<property>CL_AMS_SA_AWARE</property><processRel>CL_CPM_COMP_SINGLE_PROCESS</"
    "processRel>\n"
    "<instantiateCommand>%s</instantiateCommand>\n"
    "<args><argument value=\"first\"/></args>\n"
    "<envs><nameValue name=\"PUPPET_MODEL\" value=\"yes\"/></envs>\n"
    "<cleanupCommand>%s</cleanupCommand>\n"
    "<isRestartable>%s</isRestartable><nodeRebootCleanupFail>CL_FALSE</"
    "nodeRebootCleanupFail>\n"
    "<instantiateLevel>1</instantiateLevel>\n"
    "<instantiateDelay>100</instantiateDelay><numMaxInstantiate>%d</numMaxInstantiate>\n"
    "<numMaxInstantiateWithDelay>0</numMaxInstantiateWithDelay>\n"
    "<numMaxActiveCSIs>1</numMaxActiveCSIs><numMaxStandbyCSIs>1</numMaxStandbyCSIs>\n"
    "<recoveryOnTimeout>CL_AMS_RECOVERY_%s</recoveryOnTimeout>\n"
    "<timeouts><instantiateTimeout>%d</instantiateTimeout><terminateTimeout>%d</"
    "terminateTimeout>\n"
    "<cleanupTimeout>5000</cleanupTimeout><csiSetTimeout>%d</csiSetTimeout>\n"
    "<csiRemoveTimeout>5000</csiRemoveTimeout>\n"
    "<quiescingCompleteTimeout>5000</quiescingCompleteTimeout></timeouts>\n"
    "<healthCheck><period>5000</period><maxDuration>10000</maxDuration></healthCheck>\n"
    "</compType></compTypes>\n"
    "<csiTypes><csiType name=\"Work\"><rank>0</rank><nameValueLists>\n"
    "<nameValue name=\"step\" value=\"1\"/></nameValueLists></csiType></csiTypes>\n"
    "</amfDefinitions:amfTypes></version></openClovisAsp>\n";

#define NODE(n)                                                                          \
    "<nodeInstance name=\"blade" n "\" type=\"Blade\" nodeMoId=\"\\Chassis:0\\Blade:" n  \
    "\">"                                                                                \
    "<serviceUnitInstances><serviceUnitInstance name=\"counterSU" n                      \
    "\" type=\"SUType\" "                                                                \
    "rank=\"" n "\"><componentInstances><componentInstance name=\"counter" n "\" "       \
    "type=\"CompType\"/></componentInstances></serviceUnitInstance></"                   \
    "serviceUnitInstances>"                                                              \
    "</nodeInstance>\n"

static const char config[] =
    "<openClovisAsp><version v0=\"4.0.0\">\n"
    "<amfConfig xmlns=\"cpmconfig.ecore\" version=\"B.01.01\">\n"
    "<cpmConfigs><cpmConfig cpmType=\"GLOBAL\" nodeType=\"Blade\"><bootConfigs>\n"
    "<bootConfig name=\"default\" maxBootLevel=\"6\" "
    "defaultBootLevel=\"5\"/></bootConfigs>\n"
    "<aspServiceUnits/></cpmConfig></cpmConfigs>\n"
    "<nodeInstances>\n" NODE("1") NODE(
        "2") "</nodeInstances>\n"
             "<serviceGroups><serviceGroup name=\"counterSG\" "
             "type=\"SGType\"><serviceInstances>\n"
             "<serviceInstance name=\"counterSI\" "
             "type=\"SIType\"><componentServiceInstances>\n"
             "<componentServiceInstance name=\"counterCSI\" "
             "type=\"Work\"/></componentServiceInstances>\n"
             "</serviceInstance></serviceInstances><associatedServiceUnits>\n"
             "<associatedServiceUnit>counterSU1</associatedServiceUnit>\n"
             "<associatedServiceUnit>counterSU2</associatedServiceUnit></"
             "associatedServiceUnits>\n"
             "</serviceGroup></serviceGroups></amfConfig></version></openClovisAsp>\n";

static FILE *file_open(const struct amfd *f, const char *dir, const char *name)
{
    char path[400];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    file = fopen(path, "we");
    if (!file)
        die(f, path);
    return file;
}

static int or_int(int value, int otherwise)
{
    return value ? value : otherwise;
}

void amfd_model_write(struct amfd *f, const struct amfd_model *m)
{
    static const struct amfd_model none;
    FILE *file = file_open(f, f->model, "clAmfDefinitions.xml");

    if (!m)
        m = &none;
    fprintf(file, definitions, or_int(m->start_ms, 100), or_int(m->restarts, 5),
            or_int(m->restarts, 5), m->command ? m->command : "amf_puppet",
            m->cleanup ? m->cleanup : "", m->restartable ? m->restartable : "CL_FALSE",
            or_int(m->attempts, 1), m->recovery ? m->recovery : "COMP_FAILOVER",
            or_int(m->instantiate_ms, 10000), or_int(m->terminate_ms, 5000),
            or_int(m->csi_set_ms, 5000));
    fclose(file);
    file = file_open(f, f->model, "clAmfConfig.xml");
    fputs(config, file);
    fclose(file);
}

/* ---- the daemon -----------------------------------------------------------------------
 */

void amfd_prepare(struct amfd *f, const struct amfd_model *m)
{
    const char *tmp = getenv("TMPDIR");

    memset(f, 0, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "%s/amfd.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(f->dir))
        die(f, "mkdtemp");
    snprintf(f->model, sizeof(f->model), "%s/model", f->dir);
    snprintf(f->run, sizeof(f->run), "%s/run", f->dir);
    snprintf(f->err, sizeof(f->err), "%s/err.log", f->dir);
    snprintf(f->socket, sizeof(f->socket), "%s/clovis-amfd.sock", f->run);
    if (mkdir(f->model, 0700) != 0 || mkdir(f->run, 0700) != 0)
        die(f, "mkdir");
    amfd_model_write(f, m);
    /* Else a machine under load may give the work to whoever is faster. */
    amfd_puppet(f, "counter2", "after=counter1");
}

static void netns_enter(const struct amfd *f)
{
    char path[100];
    int fd;

    if (!f->netns)
        return;
    snprintf(path, sizeof(path), "/run/netns/%s", f->netns);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
        die(f, path);
    close(fd);
}

static void run_daemon(const struct amfd *f, const char *const *args)
{
    static const char *const all[] = {"--all-nodes", NULL};
    char path[400], bin[400];
    const char *argv[32];
    size_t n = 0, i;
    int fd;

    netns_enter(f);
    snprintf(path, sizeof(path), "%s/clovis-amfd", builddir());
    snprintf(bin, sizeof(bin), "%s/tests", builddir());
    argv[n++] = path;
    argv[n++] = "--model";
    argv[n++] = f->model;
    argv[n++] = "--run-dir";
    argv[n++] = f->run;
    argv[n++] = "--bin-dir";
    argv[n++] = bin;
    if (!args)
        args = all;
    for (i = 0; args[i] && n < 31; i++)
        argv[n++] = args[i];
    argv[n] = NULL;
    fd = open(f->err, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execv(path, (char *const *)argv);
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    _exit(127);
}

void amfd_launch(struct amfd *f, const char *const *args)
{
    f->pid = fork_among_threads();
    if (f->pid < 0)
        die(f, "fork");
    if (f->pid == 0)
        run_daemon(f, args);
}

static bool answers(void *arg)
{
    json_t *re = amfd_call(arg, "{\"t\":\"status\"}");

    json_decref(re);
    return re != NULL;
}

void amfd_again(struct amfd *f)
{
    amfd_launch(f, NULL);
    if (!wait_for(answers, f, 20000))
        die(f, "clovis-amfd does not answer");
}

void amfd_start(struct amfd *f, const struct amfd_model *m)
{
    amfd_prepare(f, m);
    amfd_again(f);
}

struct waiting {
    pid_t pid;
    int status;
};

static bool has_ended(void *arg)
{
    struct waiting *w = arg;

    return waitpid(w->pid, &w->status, WNOHANG) == w->pid;
}

int amfd_wait(struct amfd *f, int ms)
{
    struct waiting w = {f->pid, 0};

    if (!wait_for(has_ended, &w, ms)) {
        kill(f->pid, SIGKILL);
        waitpid(f->pid, NULL, 0);
        f->pid = 0;
        return -1;
    }
    f->pid = 0;
    return WIFEXITED(w.status) ? WEXITSTATUS(w.status) : 1000 + WTERMSIG(w.status);
}

int amfd_stop(struct amfd *f, int sig, int ms)
{
    kill(f->pid, sig);
    return amfd_wait(f, ms);
}

/* The components of a daemon that was killed live on: its state file names them. */
static void survivors_kill(const struct amfd *f)
{
    char path[400];
    json_t *state, *comp, *process;
    size_t i, k;

    snprintf(path, sizeof(path), "%s/clovis-amfd.state", f->run);
    state = json_load_file(path, 0, NULL);
    json_array_foreach(json_object_get(state, "comps"), i, comp)
        json_array_foreach(json_object_get(comp, "processes"), k, process)
    {
        const pid_t pid = (pid_t)json_integer_value(json_object_get(process, "pid"));

        if (pid > 1)
            kill(pid, SIGKILL);
    }
    json_decref(state);
}

void amfd_end(struct amfd *f)
{
    char *out = NULL;
    const char *argv[] = {"/bin/rm", "-rf", f->dir, NULL};

    if (f->pid) {
        kill(f->pid, SIGKILL);
        waitpid(f->pid, NULL, 0);
        f->pid = 0;
    }
    survivors_kill(f);
    if (getenv("AMFD_KEEP"))
        fprintf(stderr, "kept: %s\n", f->dir);
    else
        amfd_run(f, argv, &out);
    free(out);
}

/* ---- puppets and logs ---------------------------------------------------- */

void amfd_puppet(struct amfd *f, const char *comp, const char *words)
{
    char name[100];
    FILE *file;

    snprintf(name, sizeof(name), "%s.puppet", comp);
    file = file_open(f, f->run, name);
    fputs(words, file);
    fclose(file);
}

void amfd_order(struct amfd *f, const char *comp, const char *order)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (snprintf(a.sun_path, sizeof(a.sun_path), "%s/%s.ctl", f->run, comp) >=
        (int)sizeof(a.sun_path))
        die(f, "the path of the control socket is too long");
    if (sendto(fd, order, strlen(order), 0, (struct sockaddr *)&a, sizeof(a)) < 0)
        die(f, order);
    close(fd);
}

char *amfd_log(struct amfd *f, const char *comp)
{
    char path[400];
    char *text = NULL;
    size_t n = 0;
    FILE *file;

    if (strcmp(comp, "err") == 0)
        snprintf(path, sizeof(path), "%s", f->err);
    else
        snprintf(path, sizeof(path), "%s/%s.log", f->run, comp);
    file = fopen(path, "re");
    if (!file || getdelim(&text, &n, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    if (file)
        fclose(file);
    return text;
}

int amfd_log_count(struct amfd *f, const char *comp, const char *text)
{
    char *log = amfd_log(f, comp);
    const char *at = log;
    int n = 0;

    while ((at = strstr(at, text))) {
        at += strlen(text);
        n++;
    }
    free(log);
    return n;
}

struct wanted {
    struct amfd *f;
    const char *comp, *text;
    int n;
};

static bool log_shows(void *arg)
{
    const struct wanted *w = arg;

    return amfd_log_count(w->f, w->comp, w->text) >= w->n;
}

bool amfd_log_has(struct amfd *f, const char *comp, const char *text, int n, int ms)
{
    struct wanted w = {f, comp, text, n};

    return wait_for(log_shows, &w, ms);
}

long long amfd_log_us(struct amfd *f, const char *comp, const char *text, int n)
{
    char *log = amfd_log(f, comp);
    const char *at = log;
    long long us = -1;

    while (n-- > 0 && (at = strstr(at, text)))
        at += strlen(text);
    if (at) {
        at -= strlen(text);
        while (at > log && at[-1] != '\n')
            at--;
        us = strtoll(at, NULL, 10);
    }
    free(log);
    return us;
}

/* ---- the socket ---------------------------------------------------------- */

int amfd_connect(struct amfd *f)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(f->socket) >= sizeof(a.sun_path))
        die(f, "the path of the socket is too long");
    memcpy(a.sun_path, f->socket, strlen(f->socket));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool line_send(int fd, const char *line)
{
    return send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line);
}

/* The answer with this id; events between are passed over. */
static json_t *answer_receive(int fd, int id)
{
    const int64_t deadline = clv_deadline_ns(15 * CLV_NS_PER_S);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct amf_reader reader = {0};
    json_t *o = NULL;
    char buf[65536];
    bool bad = false;
    ssize_t n;

    while (!o && !bad && poll(&p, 1, clv_deadline_left_ms(deadline)) > 0) {
        n = recv(fd, buf, sizeof(buf), 0);
        if (n <= 0 || !amf_reader_feed(&reader, buf, (size_t)n))
            break;
        while ((o = amf_reader_next(&reader, &bad))) {
            if (json_integer_value(json_object_get(o, "id")) == id)
                break;
            json_decref(o);
        }
    }
    amf_reader_free(&reader);
    return o;
}

json_t *amfd_call(struct amfd *f, const char *request)
{
    const int fd = amfd_connect(f);
    json_t *o = json_loads(request, 0, NULL);
    json_t *re = NULL;
    size_t n = 0;
    char *line;

    json_object_set_new(o, "id", json_integer(7));
    line = amf_line(o, &n);
    if (fd >= 0 && line_send(fd, "{\"t\":\"hello\",\"id\":6,\"operator\":true}\n") &&
        send(fd, line, n, MSG_NOSIGNAL) == (ssize_t)n)
        re = answer_receive(fd, 7);
    free(line);
    json_decref(o);
    if (fd >= 0)
        close(fd);
    return re;
}

long long amfd_rc(struct amfd *f, const char *request)
{
    json_t *re = amfd_call(f, request);
    const long long rc = re ? json_integer_value(json_object_get(re, "rc")) : -1;

    json_decref(re);
    return rc;
}

static json_t *status(struct amfd *f)
{
    json_t *re = amfd_call(f, "{\"t\":\"status\"}");
    json_t *state = json_incref(json_object_get(re, "state"));

    json_decref(re);
    return state;
}

pid_t amfd_pid(struct amfd *f, const char *comp)
{
    json_t *state = status(f), *process;
    pid_t pid = 0;
    size_t i;

    json_array_foreach(
        json_object_get(state, "processes"), i,
        process) if (strcmp(json_string_value(json_object_get(process, "comp")), comp) ==
                     0) pid = (pid_t)json_integer_value(json_object_get(process, "pid"));
    json_decref(state);
    return pid;
}

static bool is_gone(void *arg)
{
    const pid_t *pid = arg;

    return kill(*pid, 0) != 0 && errno == ESRCH;
}

bool amfd_pid_gone(pid_t pid, int ms)
{
    return wait_for(is_gone, &pid, ms);
}

static bool is_settled(void *arg)
{
    struct amfd *f = arg;
    json_t *state;
    bool busy;

    if (!amfd_log_count(f, "counter1", "csiset ACTIVE") ||
        !amfd_log_count(f, "counter2", "csiset STANDBY"))
        return false;
    state = status(f);
    busy = json_is_true(json_object_get(json_object_get(state, "daemon"), "busy"));
    json_decref(state);
    return state && !busy;
}

bool amfd_settled(struct amfd *f, int ms)
{
    return wait_for(is_settled, f, ms);
}

/* ---- programs ------------------------------------------------------------ */

int amfd_run(struct amfd *f, const char *const *argv, char **out)
{
    char path[400];
    FILE *stream;
    size_t n = 0;
    int fd[2], status_ = 0;
    pid_t pid;

    *out = NULL;
    if (argv[0][0] == '/')
        snprintf(path, sizeof(path), "%s", argv[0]);
    else
        snprintf(path, sizeof(path), "%s/%s", builddir(), argv[0]);
    if (pipe2(fd, O_CLOEXEC) != 0)
        die(f, "pipe");
    pid = fork_among_threads();
    if (pid == 0) {
        setenv("CLOVIS_AMF_SOCKET", f->socket, 1);
        dup2(fd[1], STDOUT_FILENO);
        dup2(fd[1], STDERR_FILENO);
        execv(path, (char *const *)argv);
        _exit(127);
    }
    close(fd[1]);
    stream = fdopen(fd[0], "r");
    if (!stream || getdelim(out, &n, '\0', stream) < 0) {
        free(*out);
        *out = strdup("");
    }
    if (stream)
        fclose(stream);
    waitpid(pid, &status_, 0);
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 1000 + WTERMSIG(status_);
}
