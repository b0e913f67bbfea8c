/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_launch.h"
#include "amf/amf_must.h"
#include "amf/amf_process.h"

enum { LEAVE_MS = 500 };

struct process {
    struct process *next;
    struct unit *unit;
    pid_t pid;
    uint64_t start;
    int pidfd; /* of a process that is not our child; -1: none */
    bool leads_group;
    bool leftover;
    union {
        uv_handle_t handle;
        uv_process_t child;
        uv_poll_t watch;
    } uv;
};

/* A clean-up or terminate command while it runs. */
struct command {
    uv_process_t process;
    struct unit *unit;
    bool kill_after; /* SIGKILL even when it succeeds */
};

/* What there is to know about one component. */
struct unit {
    struct amf_supervisor *v;
    int comp;
    struct process *first;
    struct command *command; /* NULL: none runs */
    bool launching;          /* start when nothing is left */
    bool killing;            /* say so when nothing is left */
    bool dismissed;          /* the leftovers were asked to leave, and said they would */
    uv_timer_t limit;        /* for the command, or for leaving */
};

struct amf_supervisor {
    uv_loop_t *loop;
    const struct amf_settings *settings;
    const struct amf_model *model;
    struct amf_supervisor_events events;
    bool sweeping;
    struct unit *units; /* one per component of the model */
};

static void advance(struct unit *u);

/* ---- one process --------------------------------------------------------- */

static void process_free(uv_handle_t *h)
{
    struct process *p = h->data;

    if (p->pidfd >= 0)
        close(p->pidfd);
    free(p);
}

static struct process *process_new(struct unit *u)
{
    struct process *p = amf_must(calloc(1, sizeof(*p)));

    p->unit = u;
    p->pidfd = -1;
    return p;
}

static void process_link(struct process *p)
{
    p->next = p->unit->first;
    p->unit->first = p;
}

static struct process *process_find(const struct unit *u, pid_t pid)
{
    struct process *p;

    for (p = u->first; p; p = p->next)
        if (p->pid == pid)
            return p;
    return NULL;
}

static void process_ended(struct process *p, int64_t status, int sig)
{
    struct unit *u = p->unit;
    struct amf_supervisor *v = u->v;
    struct process **link = &u->first;

    while (*link != p)
        link = &(*link)->next;
    *link = p->next;
    if (v->sweeping && p->leads_group)
        kill(-p->pid, SIGKILL);
    v->events.ended(v->events.ctx, u->comp, p->pid, !p->leftover && !u->killing, status,
                    sig);
    uv_close(&p->uv.handle, process_free);
    advance(u);
    v->events.quieter(v->events.ctx);
}

static void child_ended(uv_process_t *child, int64_t status, int sig)
{
    process_ended(child->data, status, sig);
}

static void stranger_ended(uv_poll_t *watch, int status, int events)
{
    (void)status;
    (void)events;
    uv_poll_stop(watch);
    process_ended(watch->data, -1, 0);
}

static void process_kill(const struct process *p, bool group)
{
    if (p->pidfd < 0 || !amf_process_signal(p->pidfd, SIGKILL))
        kill(p->pid, SIGKILL);
    if (group && p->leads_group)
        kill(-p->pid, SIGKILL);
}

static void unit_kill(const struct unit *u, bool groups)
{
    const struct process *p;

    for (p = u->first; p; p = p->next)
        process_kill(p, groups);
}

/* ---- commands ------------------------------------------------------------ */

static void command_free(uv_handle_t *h)
{
    free(h->data);
}

static void command_ended(uv_process_t *process, int64_t status, int sig)
{
    struct command *c = process->data;
    struct unit *u = c->unit;

    u->command = NULL;
    uv_timer_stop(&u->limit);
    if (status || sig)
        clv_log(CLV_LOG_WARNING, "%s: its command ended with %s %d",
                u->v->model->comps[u->comp].name, sig ? "signal" : "status",
                sig ? sig : (int)status);
    if (c->kill_after || status || sig)
        unit_kill(u, false);
    uv_close((uv_handle_t *)process, command_free);
    advance(u);
}

static void limit_reached(uv_timer_t *timer)
{
    struct unit *u = timer->data;

    if (u->command)
        kill(-u->command->process.pid, SIGKILL);
    else
        unit_kill(u, false);
}

static int spawn(struct amf_supervisor *v, const struct amf_comp *comp,
                 uv_process_t *process, const struct amf_launch *l, uv_exit_cb ended)
{
    const int log = v->settings->console ? -1 : amf_launch_log(v->settings, comp);
    uv_stdio_container_t io[3] = {{.flags = UV_IGNORE},
                                  {.flags = UV_INHERIT_FD, .data.fd = STDOUT_FILENO},
                                  {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
    uv_process_options_t o = {
        .exit_cb = ended,
        .file = l->path,
        .args = l->argv,
        .env = l->env,
        .cwd = v->settings->work_dir,
        .flags = UV_PROCESS_DETACHED, /* a session, and with it a group, of its own */
        .stdio_count = 3,
        .stdio = io,
    };
    int rc;

    if (log >= 0)
        io[1].data.fd = io[2].data.fd = log;
    else if (!v->settings->console)
        clv_log(CLV_LOG_WARNING, "%s: no log file in %s: %s", comp->name,
                v->settings->log_dir, strerror(errno));
    rc = uv_spawn(v->loop, process, &o);
    if (log >= 0)
        close(log);
    return rc;
}

/* Run script and command in a shell. Within limit_ms, or it is killed. */
static void command_run(struct unit *u, const char *script, const char *command,
                        uint64_t limit_ms, bool kill_after)
{
    struct amf_supervisor *v = u->v;
    const struct amf_comp *comp = &v->model->comps[u->comp];
    struct command *c = amf_must(calloc(1, sizeof(*c)));
    struct amf_launch l = {0};
    int rc;

    amf_launch_shell(&l, v->settings, v->model, u->comp, script, command);
    c->unit = u;
    c->kill_after = kill_after;
    c->process.data = c;
    rc = spawn(v, comp, &c->process, &l, command_ended);
    amf_launch_free(&l);
    if (rc) {
        clv_log(CLV_LOG_ERROR, "%s: cannot run its command: %s", comp->name,
                uv_strerror(rc));
        uv_close((uv_handle_t *)&c->process, command_free);
        unit_kill(u, false);
        return;
    }
    u->command = c;
    uv_timer_start(&u->limit, limit_reached, limit_ms, 0);
}

/* ---- launching ----------------------------------------------------------- */

static void launch_failed(struct unit *u, const char *why)
{
    u->v->events.launch_failed(u->v->events.ctx, u->comp, why);
}

static void start(struct unit *u)
{
    struct amf_supervisor *v = u->v;
    const struct amf_comp *comp = &v->model->comps[u->comp];
    struct process *p;
    struct amf_launch l;
    char why[512];
    int rc;

    if (!amf_launch_prepare(&l, v->settings, v->model, u->comp, why, sizeof(why))) {
        launch_failed(u, why);
        return;
    }
    p = process_new(u);
    p->uv.handle.data = p;
    p->leads_group = true;
    rc = spawn(v, comp, &p->uv.child, &l, child_ended);
    if (rc) {
        snprintf(why, sizeof(why), "%s: cannot execute %s: %s (%s:%d)", comp->name,
                 l.path, uv_strerror(rc), comp->file, comp->line);
        amf_launch_free(&l);
        uv_close(&p->uv.handle, process_free);
        launch_failed(u, why);
        return;
    }
    amf_launch_free(&l);
    p->pid = p->uv.child.pid;
    amf_process_start(p->pid, &p->start);
    process_link(p);
    v->events.launched(v->events.ctx, u->comp, p->pid);
}

/* Do what was waiting for silence, when it is silent. */
static void advance(struct unit *u)
{
    if (u->first || u->command)
        return;
    uv_timer_stop(&u->limit);
    u->dismissed = false;
    if (u->killing) {
        u->killing = false;
        u->v->events.killed(u->v->events.ctx, u->comp);
    }
    if (u->launching && !u->first && !u->command) {
        u->launching = false;
        start(u);
    }
}

void amf_supervisor_launch(struct amf_supervisor *v, int comp)
{
    struct unit *u = &v->units[comp];
    struct process *p;

    u->launching = true;
    for (p = u->first; p; p = p->next)
        p->leftover = true;
    if (u->dismissed && !u->command)
        uv_timer_start(&u->limit, limit_reached, LEAVE_MS, 0);
    else if (!u->command)
        unit_kill(u, false);
    advance(u);
    if (u->launching && !u->killing)
        clv_log(CLV_LOG_INFO, "%s: its old process has to go first",
                v->model->comps[comp].name);
}

void amf_supervisor_kill(struct amf_supervisor *v, int comp)
{
    struct unit *u = &v->units[comp];
    const struct amf_comp *c = &v->model->comps[comp];
    char script[4096];
    int n;

    u->launching = false;
    u->dismissed = false;
    if (u->killing)
        return;
    u->killing = true;
    n = snprintf(script, sizeof(script), "%s/safplus.d/asp_precleanup.sh",
                 v->settings->model_dir);
    if (n < 0 || (size_t)n >= sizeof(script) || access(script, X_OK) != 0)
        script[0] = '\0';
    if (u->command)
        u->command->kill_after = true;
    else if (script[0] || (c->cleanup_command && c->cleanup_command[0]))
        /* The engine's own clean-up time-out comes first and is told of nothing. */
        command_run(u, script, c->cleanup_command, c->cleanup_ms + LEAVE_MS, true);
    else
        unit_kill(u, false);
    advance(u);
}

void amf_supervisor_terminate(struct amf_supervisor *v, int comp)
{
    struct unit *u = &v->units[comp];
    const struct amf_comp *c = &v->model->comps[comp];

    u->launching = false;
    if (u->killing)
        return;
    u->killing = true;
    if (c->terminate_command && c->terminate_command[0])
        command_run(u, NULL, c->terminate_command, c->terminate_ms, false);
    else
        unit_kill(u, false);
    advance(u);
}

void amf_supervisor_dismiss(struct amf_supervisor *v, int comp)
{
    struct unit *u = &v->units[comp];
    struct process *p;

    for (p = u->first; p; p = p->next)
        p->leftover = true;
    u->dismissed = u->first != NULL;
}

void amf_supervisor_slay(struct amf_supervisor *v, int comp, bool groups)
{
    struct unit *u = &v->units[comp];
    struct process *p;

    u->launching = false;
    u->dismissed = false;
    for (p = u->first; p; p = p->next)
        p->leftover = true;
    if (u->command)
        kill(-u->command->process.pid, SIGKILL);
    unit_kill(u, groups);
}

bool amf_supervisor_adopt(struct amf_supervisor *v, int comp, pid_t pid,
                          uint64_t start_ticks, bool leads_group)
{
    struct unit *u = &v->units[comp];
    struct process *p = process_find(u, pid);

    if (p) {
        p->leftover = false;
        return true;
    }
    p = process_new(u);
    p->pid = pid;
    p->leads_group = leads_group;
    p->pidfd = amf_process_open(pid);
    /* The descriptor first, the look at the start second: so they mean the same. */
    if (p->pidfd < 0 || !amf_process_start(pid, &p->start) ||
        (start_ticks && start_ticks != p->start)) {
        if (p->pidfd >= 0)
            close(p->pidfd);
        free(p);
        return false;
    }
    p->uv.handle.data = p;
    uv_poll_init(v->loop, &p->uv.watch, p->pidfd);
    uv_poll_start(&p->uv.watch, UV_READABLE, stranger_ended);
    process_link(p);
    return true;
}

void amf_supervisor_sweep(struct amf_supervisor *v)
{
    v->sweeping = true;
}

int amf_supervisor_count(const struct amf_supervisor *v, int comp)
{
    const struct process *p;
    int n = 0;

    for (p = v->units[comp].first; p; p = p->next)
        n++;
    return n;
}

enum amf_supervisor_known amf_supervisor_find(const struct amf_supervisor *v, int comp,
                                              pid_t pid)
{
    const struct process *p = process_find(&v->units[comp], pid);

    if (!p)
        return AMF_PROCESS_UNKNOWN;
    return p->leftover ? AMF_PROCESS_LEFTOVER : AMF_PROCESS_PRESENT;
}

void amf_supervisor_each(const struct amf_supervisor *v, int comp,
                         void (*each)(void *arg, pid_t pid, uint64_t start,
                                      bool leads_group, bool leftover),
                         void *arg)
{
    const struct process *p;

    for (p = v->units[comp].first; p; p = p->next)
        each(arg, p->pid, p->start, p->leads_group, p->leftover);
}

/* ---- begin and end ------------------------------------------------------- */

struct amf_supervisor *amf_supervisor_new(uv_loop_t *loop, const struct amf_settings *s,
                                          const struct amf_model *m,
                                          const struct amf_supervisor_events *events)
{
    struct amf_supervisor *v = amf_must(calloc(1, sizeof(*v)));
    size_t i;

    v->loop = loop;
    v->settings = s;
    v->model = m;
    v->events = *events;
    v->units = amf_must(calloc(m->n_comps + 1, sizeof(*v->units)));
    for (i = 0; i < m->n_comps; i++) {
        v->units[i].v = v;
        v->units[i].comp = (int)i;
        uv_timer_init(loop, &v->units[i].limit);
        v->units[i].limit.data = &v->units[i];
    }
    return v;
}

static void unit_close(struct unit *u)
{
    struct process *p, *next;

    for (p = u->first; p; p = next) {
        next = p->next;
        uv_close(&p->uv.handle, process_free);
    }
    u->first = NULL;
    if (u->command)
        uv_close((uv_handle_t *)&u->command->process, command_free);
    u->command = NULL;
    uv_close((uv_handle_t *)&u->limit, NULL);
}

void amf_supervisor_close(struct amf_supervisor *v)
{
    size_t i;

    for (i = 0; i < v->model->n_comps; i++)
        unit_close(&v->units[i]);
}

void amf_supervisor_free(struct amf_supervisor *v)
{
    free(v->units);
    free(v);
}
