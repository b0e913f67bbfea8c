/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store in memory behind store.h: for what a real server does not do on demand,
 * such as failing with a given status, or standing still. It follows the same
 * contract and judges its caller: a pointer used after its end aborts the test.
 */
#ifndef FAKE_STORE_H
#define FAKE_STORE_H

#include "shim/store.h"

/* The next call of function fn (its name without store_) returns st, and does nothing. */
void fake_fail(const char *fn, enum store_status st);

/* Calls of fn so far. */
int fake_calls(const char *fn);

/* Started and not stopped; open checkpoints; open iterators. */
int fake_started(void);
int fake_open(void);
int fake_iterators(void);

/* Writes from here on count as another process's, and reach the feeds. */
void fake_other_process(bool other);

/* The background thread takes no new work while held. */
void fake_hold(bool held);

/* Wait until the background thread has nothing to do. */
void fake_drain(void);

/* Damage a section of the checkpoint. */
void fake_damage(const char *ckpt, const char *section);

/* Forget everything, as a server that was flushed. */
void fake_flush(void);

/* The deadline that fn was called with last, from now on, in ms. */
int fake_last_left_ms(void);

#endif
