/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting: monotonic condition variables, and a bell for one thread. */
#ifndef RDS_WAIT_H
#define RDS_WAIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A monotonic condition variable. */
void rds_cond_init(pthread_cond_t *cond);

/* False when the deadline has passed. */
bool rds_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline_ns);

/*
 * One thread waits for a bell, another rings it. Unlike a condition variable it needs no
 * lock afterwards, and whoever has rung RDS_BELL_OVER touches nothing of the waiter's any
 * more but, harmlessly, the address of the bell, which may be gone by then.
 */
enum rds_sound { RDS_BELL_SILENT, RDS_BELL_RUNG, RDS_BELL_OVER };
typedef atomic_uint rds_bell;

void rds_bell_ring(rds_bell *bell, enum rds_sound sound);

/* Wait while it says so; returns what it says then. The same: the deadline has passed. */
enum rds_sound rds_bell_wait(rds_bell *bell, enum rds_sound sound, int64_t deadline_ns);

#endif
