/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proxy between the client and a server on a unix socket that cuts connections at
 * an exact byte, or holds bytes back.
 */
#ifndef FAULT_PROXY_H
#define FAULT_PROXY_H

#include <pthread.h>
#include <stdbool.h>

enum fault_way { FAULT_UP, FAULT_DOWN }; /* to the server; to the client */

enum { FAULT_LINKS = 32 };

struct fault_proxy {
    char socket[192];
    char url[224];
    const char *upstream; /* borrowed */

    pthread_mutex_t lock; /* guards the rest */
    pthread_t thread;
    int listener, wake[2];
    bool stop, hold;
    long seen[2];      /* bytes passed on */
    long cut_after[2]; /* bytes still to be passed on before the cut; -1: none */
    unsigned n_cuts;
    struct {
        int fd[2]; /* client, server; -1: free */
    } link[FAULT_LINKS];
};

/* Listen at PATH of upstream with ".proxy" appended; aborts when it cannot. */
void fault_proxy_start(struct fault_proxy *p, const char *upstream);

/* The same, at a port of 127.0.0.1. */
void fault_proxy_start_tcp(struct fault_proxy *p, const char *upstream, int port);

void fault_proxy_end(struct fault_proxy *p);

/* Cut all connections once n more bytes went this way (0: before the next one). Once. */
void fault_proxy_cut_after(struct fault_proxy *p, enum fault_way way, long n);

/* Cut all connections now. */
void fault_proxy_cut(struct fault_proxy *p);

/* Pass nothing on until told otherwise. */
void fault_proxy_hold(struct fault_proxy *p, bool hold);

/* Bytes of the clients that are held up. */
long fault_proxy_held(struct fault_proxy *p);

/* Bytes passed on so far, and cuts made. */
long fault_proxy_seen(struct fault_proxy *p, enum fault_way way);
unsigned fault_proxy_cuts(struct fault_proxy *p);

#endif
