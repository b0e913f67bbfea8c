/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon knows, kept in RUNDIR/clovis-amfd.state, so that a daemon that
 * was killed can be followed by one that takes its components over. Replaced as
 * a whole: a reader sees the old file or the new one.
 */
#ifndef AMF_STATE_FILE_H
#define AMF_STATE_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amf/amf_model.h"

#define AMF_STATE_VERSION 1

/* A number that changes when one of the model's files does; 0 when one cannot be
 * read. */
uint64_t amf_model_fingerprint(const struct amf_model *m);

/* Replace the file by text, one JSON object. False with errno set. */
bool amf_state_write(const char *path, const char *text);

/* The state (new), or NULL: there is none (why[0] is 0), or it cannot be used and
 * why says why in one line. */
json_t *amf_state_read(const char *path, char *why, size_t size);

#endif
