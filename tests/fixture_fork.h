/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FIXTURE_FORK_H
#define FIXTURE_FORK_H

#include <sys/types.h>

/**
 * fork() for a process that has threads which are not the caller's.
 *
 * The child is killed with its parent. Under AddressSanitizer a child that came into
 * being while another thread held a lock of the allocator, and so can never allocate, is
 * replaced by another: that is no finding about what is tested.
 *
 * @return as fork()
 */
pid_t fork_among_threads(void);

#endif
