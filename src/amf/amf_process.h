/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that are not ours to wait for: is the one with this number still the
 * one we mean?
 */
#ifndef AMF_PROCESS_H
#define AMF_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Clock ticks after boot at which the process started; with its number this names
 * one process for good. False: no such process, or only its exit status is left. */
bool amf_process_start(pid_t pid, uint64_t *ticks);

/* A descriptor that becomes readable when the process ends, or -1. */
int amf_process_open(pid_t pid);

/* Signal through such a descriptor, so that a reused number is never hit. */
bool amf_process_signal(int pidfd, int sig);

#endif
