/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private clovis-amfd for a measurement, with a model in a directory of its own. Its
 * components are this program again (bench_amf_component.c) and report each callback,
 * with its time on the same monotonic clock, to a datagram socket.
 */
#ifndef BENCH_CLUSTER_H
#define BENCH_CLUSTER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { BENCH_ACTIVE = 1, BENCH_STANDBY = 2 };

struct bench_cluster {
    char dir[64];
    char self[PATH_MAX];
    char daemon[PATH_MAX];
    pid_t amfd;
    int reports;
};

struct bench_callback {
    pid_t pid;
    int ha;
    int64_t at_ns;
};

/* Make the directory; daemon: the program, NULL: look for it. False after an error line,
 * as everywhere here. Close in any case. */
bool bench_cluster_open(struct bench_cluster *c, const char *daemon);
void bench_cluster_close(struct bench_cluster *c);

/* A file of the model to write into. */
FILE *bench_cluster_file(const struct bench_cluster *c, const char *name);

/* Play all nodes. */
bool bench_cluster_start(struct bench_cluster *c);

/* The next callback of any component. */
bool bench_cluster_next(struct bench_cluster *c, struct bench_callback *cb, int ms);

/* There is a callback within ms. */
bool bench_cluster_waiting(const struct bench_cluster *c, int ms);

/* Ask the daemon for something that an operator may ask, a JSON text with the id 2, until
 * it does not say to try again. *sent_ns: just before it was sent. */
bool bench_cluster_order(struct bench_cluster *c, const char *request, int64_t *sent_ns);

/* The daemon's log, to standard error. */
void bench_cluster_show_log(const struct bench_cluster *c);

#endif
