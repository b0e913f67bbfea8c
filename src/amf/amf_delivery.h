/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The delivery thread: takes the daemon's orders from the session thread and runs
 * them one at a time, in order.
 */
#ifndef AMF_DELIVERY_H
#define AMF_DELIVERY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Start the thread unless it runs. run is called for each message. */
bool amf_delivery_start(void (*run)(const json_t *m));

/* Hand over m (taken). */
void amf_delivery_push(json_t *m);

/* Wait until nothing is queued or running, at most until the deadline. Returns at
 * once on the delivery thread. */
void amf_delivery_drain(int64_t deadline_ns);

/* In the child of a fork: forget the thread and what was queued. */
void amf_delivery_forget(void);

#endif
