/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process as the platform sees it: who and where it is, from the environment,
 * and how a program whose main() is ours comes to its end.
 */
#ifndef CLV_EO_PROCESS_H
#define CLV_EO_PROCESS_H

#include <stdbool.h>

#include <clCommon.h>
#include <clEoApi.h>
#include <clIocApi.h>

/* clEoConfig of the program, or of ours. */
ClEoConfigT *eo_config(void);

/* Read the environment into the ASP_* variables; the first call does it. */
void eo_environment_read(void);

/* Start the process: environment, names, port, execution object. Again: nothing
 * happens. path is argv[0], or NULL. */
void eo_process_begin(const char *path);

/* Take name, port and configuration into the execution object. */
void eo_object_fill(void);

/* The node's name: ASP_NODENAME, else what the daemon calls it, else the host's. */
void eo_node_name(char text[CL_MAX_NAME_LENGTH + 1]);

/* ASP_NODEADDR, else the daemon's number, else 1. */
ClIocNodeAddressT eo_node_address(void);

/* The answer to the process's own terminate is about to leave: run the delete
 * callout, once. */
void eo_process_delete(void);

/* The answer has left: the main thread may go. */
void eo_process_release(void);

/* The process has a service: a main thread in RECV waits for its end. */
void eo_process_service_opened(void);

/* A service was finalized: the main thread looks whether it is done. */
void eo_process_wake(void);

#endif
