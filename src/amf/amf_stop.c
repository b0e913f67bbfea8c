/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/logline.h"

/* Invocations of the stop are the daemon's own: the engine counts from below. */
#define STOP_INVOCATION ((UINT64_C(0x22) << 32) | 0xf0000000u)

enum { LEAVE_MS = 1000, GIVE_UP_MS = 5000, LEVEL_ALL = INT32_MAX, LEVEL_NONE = 0 };

static void end(struct amf_daemon *d, int status)
{
    unlink(d->settings->state_file);
    d->exit_status = status;
    uv_stop(d->loop);
}

static bool anything_runs(const struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        if (amf_supervisor_count(d->supervisor, (int)i))
            return true;
    return false;
}

static void give_up(uv_timer_t *timer)
{
    struct amf_daemon *d = timer->data;
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        if (amf_supervisor_count(d->supervisor, (int)i))
            clv_log(CLV_LOG_ERROR, "%s: does not end, not even when killed",
                    d->model->comps[i].name);
    end(d, 1);
}

static void kill_all(struct amf_daemon *d)
{
    size_t i;

    d->stop_level = LEVEL_NONE;
    for (i = 0; i < d->model->n_comps; i++) {
        amf_component_forget(d, (int)i);
        amf_supervisor_slay(d->supervisor, (int)i, true);
    }
    uv_timer_start(&d->stop_limit, give_up, GIVE_UP_MS, 0);
    if (!anything_runs(d))
        end(d, 0);
}

/* Proxied components come before all processes, then the levels from the highest. */
static int level_of(const struct amf_daemon *d, int comp)
{
    return d->comps[comp].proxy >= 0 ? LEVEL_ALL - 1 : (int)d->model->comps[comp].level;
}

static bool has_no_callbacks(const struct amf_daemon *d, int comp)
{
    return d->model->comps[comp].property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
}

/* There is somebody, or a command, to be asked. */
static bool can_be_asked(const struct amf_daemon *d, int comp)
{
    const struct amf_comp_run *run = &d->comps[comp];

    return run->registered || (run->alive && has_no_callbacks(d, comp));
}

static int next_level(const struct amf_daemon *d)
{
    int next = LEVEL_NONE;
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        const int level = level_of(d, (int)i);

        if (can_be_asked(d, (int)i) && level < d->stop_level && level > next)
            next = level;
    }
    return next;
}

static bool level_answered(const struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->pending.n; i++)
        if (d->pending.at[i].kind == AMF_CALL_TERMINATE)
            return false;
    for (i = 0; i < d->model->n_comps; i++)
        if (has_no_callbacks(d, (int)i) && level_of(d, (int)i) == d->stop_level &&
            amf_supervisor_count(d->supervisor, (int)i))
            return false; /* its terminate command may still run */
    return true;
}

static bool level_gone(const struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        if (level_of(d, (int)i) == d->stop_level &&
            amf_supervisor_count(d->supervisor, (int)i))
            return false;
    return true;
}

static void level_over(uv_timer_t *timer);

static uint64_t left_ms(const struct amf_daemon *d, uint64_t wanted_ms)
{
    const int left = clv_deadline_left_ms(d->stop_end_ns);

    return wanted_ms < (uint64_t)left ? wanted_ms : (uint64_t)left;
}

static void ask(struct amf_daemon *d, int comp)
{
    if (d->comps[comp].registered) {
        amf_orders_terminate(d, comp, STOP_INVOCATION + (unsigned)comp);
    } else {
        amf_component_forget(d, comp);
        amf_supervisor_terminate(d->supervisor, comp);
    }
}

static void next(struct amf_daemon *d)
{
    uint32_t limit_ms = 0;
    size_t i;

    d->stop_level = next_level(d);
    if (d->stop_level == LEVEL_NONE) {
        kill_all(d);
        return;
    }
    for (i = 0; i < d->model->n_comps; i++) {
        if (!can_be_asked(d, (int)i) || level_of(d, (int)i) != d->stop_level)
            continue;
        if (d->model->comps[i].terminate_ms > limit_ms)
            limit_ms = d->model->comps[i].terminate_ms;
        ask(d, (int)i);
    }
    uv_timer_start(&d->stop_limit, level_over, left_ms(d, limit_ms), 0);
}

/* Time-out, or the time to leave after the answer is over. */
static void level_over(uv_timer_t *timer)
{
    struct amf_daemon *d = timer->data;
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        if (level_of(d, (int)i) != d->stop_level)
            continue;
        amf_component_forget(d, (int)i);
        amf_supervisor_slay(d->supervisor, (int)i, true);
    }
    next(d);
}

void amf_stop_progress(struct amf_daemon *d)
{
    if (d->stop_level == LEVEL_NONE) {
        if (!anything_runs(d))
            end(d, 0);
    } else if (level_answered(d)) {
        if (level_gone(d))
            uv_timer_start(&d->stop_limit, level_over, 0, 0);
        else
            uv_timer_start(&d->stop_limit, level_over, left_ms(d, LEAVE_MS), 0);
    }
}

void amf_stop_begin(struct amf_daemon *d, const char *why)
{
    size_t i;

    if (d->stopping) {
        kill_all(d);
        return;
    }
    amf_daemon_note(d, "stopping: %s", why);
    d->restoring = false;
    uv_timer_stop(&d->restore_limit);
    d->stopping = true;
    d->stop_level = LEVEL_ALL;
    d->stop_end_ns = clv_deadline_ns(d->settings->stop_ms * CLV_NS_PER_MS);
    amf_pending_free(&d->pending);
    uv_timer_stop(&d->tick);
    amf_supervisor_sweep(d->supervisor);
    for (i = 0; i < d->model->n_comps; i++) {
        if (can_be_asked(d, (int)i))
            continue;
        amf_component_forget(d, (int)i);
        amf_supervisor_slay(d->supervisor, (int)i, true);
    }
    next(d);
}
