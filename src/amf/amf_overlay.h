/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a model that is played differs from its files: the changes that were committed,
 * over what was read. Alike in the daemon that commits, in those that read the commit in
 * the cluster's log, and in a replay.
 */
#ifndef AMF_OVERLAY_H
#define AMF_OVERLAY_H

#include "amf/amf_change.h"
#include "amf/amf_engine.h"

struct amf_overlay {
    json_t *changes; /* owned; NULL: the model is as its files say */
    json_t
        *as_read; /* owned; what can change, as it was read; NULL: nothing changed yet */
};

void amf_overlay_free(struct amf_overlay *o);

/* Take these changes (copied; NULL: none) in the place of those that there are. The
 * model's engine has to be made anew. False: they do not fit, nothing is changed. */
bool amf_overlay_replace(struct amf_overlay *o, struct amf_model *m,
                         const json_t *changes);

/* Put changes over the model of the engine *e. The engine is made anew, because it is
 * laid out by rank, and decides on as the old one would, by the new numbers; its next
 * step looks at everything. All of them, or none: a line in why says what does not fit.
 */
enum amf_change_result amf_overlay_commit(struct amf_overlay *o, struct amf_model *m,
                                          struct amf_engine **e, const json_t *changes,
                                          char *why, size_t size);

#endif
