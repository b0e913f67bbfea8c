/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/cpm_csi.h"

#include <stdlib.h>
#include <string.h>

#include "shim/cpm_name.h"

/* Name or value of an attribute; "" when the message has none. */
static const char *attr_text(const json_t *attr, size_t which)
{
    const char *s = json_string_value(json_array_get(attr, which));

    return s ? s : "";
}

size_t cpm_csi_attrs_size(const json_t *attrs)
{
    const size_t n = json_array_size(attrs);
    size_t size = n * sizeof(ClAmsCSIAttributeT);

    for (size_t i = 0; i < n; i++) {
        const json_t *a = json_array_get(attrs, i);

        size += strlen(attr_text(a, 0)) + strlen(attr_text(a, 1)) + 2;
    }
    return size;
}

static ClUint8T *text_put(char **at, const char *text)
{
    char *here = *at;
    const size_t size = strlen(text) + 1;

    memcpy(here, text, size);
    *at += size;
    return (ClUint8T *)here;
}

void cpm_csi_attrs_put(ClAmsCSIAttributeListT *list, const json_t *attrs, void *block)
{
    const size_t n = json_array_size(attrs);
    char *at;

    list->numAttributes = (ClUint32T)n;
    list->attribute = block;
    if (!block)
        return; /* nothing to put */
    at = (char *)block + n * sizeof(ClAmsCSIAttributeT);
    for (size_t i = 0; i < n; i++) {
        const json_t *a = json_array_get(attrs, i);

        list->attribute[i].attributeName = text_put(&at, attr_text(a, 0));
        list->attribute[i].attributeValue = text_put(&at, attr_text(a, 1));
    }
}

void cpm_csi_head(ClAmsCSIDescriptorT *d, const struct cpm_set *set)
{
    ClAmsCSIStateDescriptorT *state = &d->csiStateDescriptor;

    memset(d, 0, sizeof(*d));
    d->csiFlags = set->flags;
    cpm_name_set_counted(&d->csiName, set->csi);
    if (set->ha == CL_AMS_HA_STATE_ACTIVE) {
        state->activeDescriptor.transitionDescriptor =
            (ClAmsCSITransitionDescriptorT)set->transition;
        cpm_name_set_counted(&state->activeDescriptor.activeCompName, set->active);
    } else if (set->ha == CL_AMS_HA_STATE_STANDBY) {
        cpm_name_set_counted(&state->standbyDescriptor.activeCompName, set->active);
        state->standbyDescriptor.standbyRank = set->rank;
    }
}

bool cpm_csi_descriptor(ClAmsCSIDescriptorT *d, const struct cpm_set *set)
{
    const size_t size = cpm_csi_attrs_size(set->attrs);
    void *block = size ? malloc(size) : NULL;

    cpm_csi_head(d, set);
    if (size && !block)
        return false;
    cpm_csi_attrs_put(&d->csiAttributeList, set->attrs, block);
    return true;
}

void cpm_csi_attrs_free(ClAmsCSIAttributeListT *list)
{
    free(list->attribute);
    list->attribute = NULL;
}
