/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nth allocation fails. A test program that links fault_alloc.c with
 * -Wl,--wrap=malloc (and calloc, realloc, strdup) arms it; parts of the test that
 * stand for somebody else's memory pause it.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/* The nth allocation from now on fails, counted from 0; -1: none. */
void fault_arm(int nth);

/* Whether it has failed since it was armed. */
bool fault_was_hit(void);

/* Allocations seen since the program started; for calls that must make none. */
long fault_count(void);

/* Of this thread; nests. */
extern _Thread_local int fault_paused;

#endif
