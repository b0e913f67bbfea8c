/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real clovis-amfd with puppets for components, in a directory of its own below
 * TMPDIR: model, run directory, log files. The daemon dies with the test process.
 */
#ifndef FIXTURE_AMFD_H
#define FIXTURE_AMFD_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* What differs between the models of the tests; zero means the default. */
struct amfd_model {
    const char *command;     /* default amf_puppet */
    const char *restartable; /* default CL_FALSE: a crash is a fail-over */
    const char *recovery;    /* default COMP_FAILOVER */
    int start_ms;            /* SG's wait before the first assignment, default 100 */
    int instantiate_ms;      /* default 10000 */
    int terminate_ms;        /* default 5000 */
    int csi_set_ms;          /* default 5000 */
    const char *cleanup;     /* cleanup command */
    int attempts;            /* numMaxInstantiate, default 1; none with delay */
    int restarts;            /* of components, then of SUs; default 5 */
};

struct amfd {
    pid_t pid;         /* 0: not running */
    const char *netns; /* network namespace to run in, NULL: ours */
    char dir[160];
    char model[192], run[192], socket[224], err[192];
};

/* Make the directories and the model: nodes blade1 and blade2, components counter1
 * and counter2 in counterSU1 and counterSU2, counterSI with counterCSI. */
void amfd_prepare(struct amfd *f, const struct amfd_model *m);
void amfd_model_write(struct amfd *f, const struct amfd_model *m);

/* Start; args are further arguments, NULL-terminated, or NULL for --all-nodes. Does
 * not wait. */
void amfd_launch(struct amfd *f, const char *const *args);

/* The same, and wait until the socket answers; aborts the test otherwise. */
void amfd_start(struct amfd *f, const struct amfd_model *m);
void amfd_again(struct amfd *f);

/* SIGTERM, or another signal, and wait: the exit status, 1000 + signal, -1: still
 * there after ms (it is killed then). */
int amfd_stop(struct amfd *f, int sig, int ms);
int amfd_wait(struct amfd *f, int ms);

/* Stop what is left, of the components too, and remove the directory. */
void amfd_end(struct amfd *f);

/* What the puppet reads when it starts. counter2 begins with "after=counter1". */
void amfd_puppet(struct amfd *f, const char *comp, const char *words);
/* An order to a running puppet. */
void amfd_order(struct amfd *f, const char *comp, const char *order);

/* Wait until the log of a component (or "err" for the daemon's own) holds text n
 * times; false after ms. */
bool amfd_log_has(struct amfd *f, const char *comp, const char *text, int n, int ms);
int amfd_log_count(struct amfd *f, const char *comp, const char *text);
/* The whole log; new. */
char *amfd_log(struct amfd *f, const char *comp);
/* Microseconds at the start of the nth line (from 1) that holds text, or -1. */
long long amfd_log_us(struct amfd *f, const char *comp, const char *text, int n);

/* One request of an operator: its answer (new), NULL without one. request is a JSON
 * text without id. */
json_t *amfd_call(struct amfd *f, const char *request);
/* Its rc, or -1. */
long long amfd_rc(struct amfd *f, const char *request);

/* The process of a component now, 0: none. */
pid_t amfd_pid(struct amfd *f, const char *comp);
bool amfd_pid_gone(pid_t pid, int ms);
/* counter1 is active and counter2 is standby, answered and quiet. */
bool amfd_settled(struct amfd *f, int ms);

/* A connection to the daemon's socket, or -1. */
int amfd_connect(struct amfd *f);

/* Run a program of the build with arguments, NULL-terminated; its exit status, and
 * what it wrote to standard output and standard error (new). */
int amfd_run(struct amfd *f, const char *const *argv, char **out);

#endif
