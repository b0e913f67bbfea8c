/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_history.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"

void amf_history_add(struct amf_history *h, int64_t ms, const char *note)
{
    struct amf_happening *slot;

    if (!h->at)
        h->at = amf_must(calloc(AMF_HISTORY_MAX, sizeof(*h->at)));
    slot = &h->at[h->next];
    h->next = (h->next + 1) % AMF_HISTORY_MAX;
    if (h->n < AMF_HISTORY_MAX)
        h->n++;
    else
        h->dropped++;
    free(slot->note);
    *slot = (struct amf_happening){ms, amf_must(strdup(note))};
}

json_t *amf_history_list(const struct amf_history *h, size_t max)
{
    json_t *list = amf_must(json_array());
    const size_t n = max < h->n ? max : h->n;
    size_t i;

    for (i = 0; i < n; i++) {
        const struct amf_happening *at =
            &h->at[(h->next + AMF_HISTORY_MAX - n + i) % AMF_HISTORY_MAX];

        json_array_append_new(
            list, json_pack("{s:I, s:s}", "ms", (json_int_t)at->ms, "note", at->note));
    }
    return list;
}

void amf_history_free(struct amf_history *h)
{
    size_t i;

    for (i = 0; h->at && i < AMF_HISTORY_MAX; i++)
        free(h->at[i].note);
    free(h->at);
    memset(h, 0, sizeof(*h));
}
