/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of the components: started, watched, cleaned up after, taken over
 * from a daemon that was killed. Knows processes only; what their ends mean is the
 * daemon's business.
 *
 * A component has at most one incarnation. Processes of an earlier one that have
 * not ended yet are leftovers: their end is not reported, and nothing is launched
 * before they are gone.
 */
#ifndef AMF_SUPERVISOR_H
#define AMF_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "amf/amf_model.h"
#include "amf/amf_settings.h"

struct amf_supervisor;

/* What is reported; ctx comes first. May be called from inside the calls below. */
struct amf_supervisor_events {
    void *ctx;
    /* The command runs. */
    void (*launched)(void *ctx, int comp, pid_t pid);
    void (*launch_failed)(void *ctx, int comp, const char *why);
    /* A process ended; status -1: not known. present: it was of the present
     * incarnation, and nobody had ordered it killed. */
    void (*ended)(void *ctx, int comp, pid_t pid, bool present, int64_t status, int sig);
    /* After amf_supervisor_kill(): nothing of the component runs any more. */
    void (*killed)(void *ctx, int comp);
    /* Any end at all, also of a leftover: somebody may wait for silence. */
    void (*quieter)(void *ctx);
};

struct amf_supervisor *amf_supervisor_new(uv_loop_t *loop, const struct amf_settings *s,
                                          const struct amf_model *m,
                                          const struct amf_supervisor_events *events);
/* Close the handles; free with amf_supervisor_free() when the loop has ended. */
void amf_supervisor_close(struct amf_supervisor *v);
void amf_supervisor_free(struct amf_supervisor *v);

/* Start the command as soon as no leftover is there: one that was dismissed gets
 * half a second to leave, others are killed at once. */
void amf_supervisor_launch(struct amf_supervisor *v, int comp);

/* Clean up: the clean-up command if there is one, then SIGKILL, then killed() when
 * nothing is left (at once if nothing is there). */
void amf_supervisor_kill(struct amf_supervisor *v, int comp);

/* Run the terminateCommand of a component that has no callbacks; SIGKILL when it has
 * none or the command fails. The end is reported by killed(). */
void amf_supervisor_terminate(struct amf_supervisor *v, int comp);

/* The present incarnation is over: its processes become leftovers. */
void amf_supervisor_dismiss(struct amf_supervisor *v, int comp);

/* SIGKILL to all of the component's processes, with their groups if asked; nothing
 * more than what was asked for before is reported. */
void amf_supervisor_slay(struct amf_supervisor *v, int comp, bool groups);

/* From now on the end of a process is the end of its whole group. */
void amf_supervisor_sweep(struct amf_supervisor *v);

/* Watch a process that was not started here, as one of the present incarnation. start
 * 0: whatever has that number now. False: it is gone. */
bool amf_supervisor_adopt(struct amf_supervisor *v, int comp, pid_t pid, uint64_t start,
                          bool leads_group);

/* The number of processes of one component, leftovers included. */
int amf_supervisor_count(const struct amf_supervisor *v, int comp);

enum amf_supervisor_known {
    AMF_PROCESS_UNKNOWN,
    AMF_PROCESS_PRESENT,
    AMF_PROCESS_LEFTOVER
};
enum amf_supervisor_known amf_supervisor_find(const struct amf_supervisor *v, int comp,
                                              pid_t pid);

/* Call each(arg, ...) for every process of one component. */
void amf_supervisor_each(const struct amf_supervisor *v, int comp,
                         void (*each)(void *arg, pid_t pid, uint64_t start,
                                      bool leads_group, bool leftover),
                         void *arg);

#endif
