/* SPDX-License-Identifier: Apache-2.0 */
/* The last things that happened, for clovis amf events: bounded, oldest first. */
#ifndef AMF_HISTORY_H
#define AMF_HISTORY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { AMF_HISTORY_MAX = 4096 };

struct amf_happening {
    int64_t ms; /* wall clock */
    char *note; /* owned */
};

struct amf_history {
    struct amf_happening *at; /* owned ring */
    size_t n, next;
    uint64_t dropped; /* so many are not there any more */
};

void amf_history_add(struct amf_history *h, int64_t ms, const char *note);
/* The last max of them: a list of {"ms", "note"} (new). */
json_t *amf_history_list(const struct amf_history *h, size_t max);
void amf_history_free(struct amf_history *h);

#endif
