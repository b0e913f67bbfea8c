/* SPDX-License-Identifier: Apache-2.0 */
/* The thread behind store_defer(): begun with the first job, ended by the last stop. */
#ifndef RDS_WORKER_H
#define RDS_WORKER_H

#include <stdbool.h>

/* The last stop is waiting for the jobs to end. */
bool rds_worker_stopping(void);

/* Run what is queued, then end the thread. */
void rds_worker_stop(void);

/* In a forked child: there is no worker. */
void rds_worker_forget(void);

#endif
