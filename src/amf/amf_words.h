/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into the engine and what comes out, in words: whole, so that two that read
 * the same are the same. */
#ifndef AMF_WORDS_H
#define AMF_WORDS_H

#include "amf/amf_engine.h"

/* "registered counter1", "admin lock su counterSU1"; cut to size. */
void amf_event_words(const struct amf_model *m, const struct amf_event *ev, char *text,
                     size_t size);

/* "set counter1 counterCSI ACTIVE flags=1 tr=1 active=counter1 inv=2300000001" */
void amf_action_words(const struct amf_model *m, const struct amf_action *a, char *text,
                      size_t size);

#endif
