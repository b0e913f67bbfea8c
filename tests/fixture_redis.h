/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real redis-server processes for tests, each in a directory of its own below
 * TMPDIR, on a unix socket (and on a free TCP port when asked). A server dies with
 * the test process (PR_SET_PDEATHSIG), because Criterion runs no .fini after a crash.
 */
#ifndef FIXTURE_REDIS_H
#define FIXTURE_REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <sys/types.h>

struct redis {
    pid_t pid; /* 0: not running */
    int port;  /* 0: unix socket only */
    char dir[160];
    char socket[192];
    char url[224];    /* unix://... for CLOVIS_REDIS_URL */
    char tcp_url[64]; /* redis://127.0.0.1:PORT when there is a port */
    const char *const *args;
};

/* Start; args are further redis-server arguments, NULL-terminated and borrowed for
 * the life of r, or NULL. tcp: listen on a free port, too. Aborts the test with a
 * message when the server does not answer PING within 20 s. */
void redis_start(struct redis *r, bool tcp, const char *const *args);

/* SIGKILL and reap; the directory stays, so that redis_again() finds the data. */
void redis_kill(struct redis *r);
void redis_again(struct redis *r);

/* SIGSTOP, and wait until it stands: alive but silent. */
void redis_freeze(struct redis *r);
void redis_thaw(struct redis *r);

/* Kill and remove the directory. */
void redis_end(struct redis *r);

/* A plain hiredis connection to look at the data with; redisFree() it. */
redisContext *redis_raw(const struct redis *r);

/* Integer or string answer of one command; aborts the test on an error reply. */
long long redis_int(const struct redis *r, const char *fmt, ...);

/* A TCP port that was free on all addresses a moment ago. */
int free_port(void);

/* Poll cond(arg) every few ms; false when ms have passed without it. */
bool wait_for(bool (*cond)(void *arg), void *arg, int ms);

#endif
