/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording of what the engine was fed and what it decided: JSON lines, written by
 * clovis-amfd --record and read by clovis amf replay.
 *
 *   {"t":"begin", "version":1, "model":DIR, "fingerprint":HEX}
 *   {"t":"state", "ms":…, "state":{…}}      the engine goes on from a saved state
 *   {"t":"state", …, "exact":true, …}       the same engine, in a new file
 *   {"t":"state", …, "changes":[…]}         the model differs so from its files
 *   {"t":"change", "ms":…, "changes":[…], "rc":…}  programs change it; rc is an
 *                                           enum amf_change_result
 *   {"t":"step", "ms":…, "wall":…, "event":TEXT, "ev":{…}, "rc":…, "do":[TEXT…]}
 */
#ifndef AMF_RECORD_H
#define AMF_RECORD_H

#include <jansson.h>

#include "amf/amf_change.h"
#include "amf/amf_engine.h"

enum { AMF_RECORD_VERSION = 1 };

struct amf_recorder;

/* Begin a new file; one that is there is kept as FILE.1. NULL: errno says why. */
struct amf_recorder *amf_record_open(const char *path, int64_t limit_bytes,
                                     const struct amf_model *m, const char *model_dir,
                                     uint64_t fingerprint);
void amf_record_close(struct amf_recorder *r);

/* r may be NULL in all that follows: nothing is recorded. A failure to write is logged
 * once, and ends the recording. The changes of a state are those of the model's overlay,
 * NULL: none. */
void amf_record_state(struct amf_recorder *r, int64_t ms, const json_t *state,
                      const json_t *changes);
/* The file has reached its limit: go on in a new one, from the state of the engine after
 * the last step (taken). The old one becomes FILE.1, so there are two at most. */
bool amf_record_full(const struct amf_recorder *r);
void amf_record_turn(struct amf_recorder *r, int64_t ms, json_t *state,
                     const json_t *changes);
void amf_record_change(struct amf_recorder *r, int64_t ms, const json_t *changes,
                       enum amf_change_result result);
void amf_record_step(struct amf_recorder *r, int64_t ms, const struct amf_event *ev,
                     enum amf_admin_result result, const struct amf_actions *orders);

/* The orders in words: a list (new). */
json_t *amf_record_orders(const struct amf_model *m, const struct amf_actions *orders);

#endif
