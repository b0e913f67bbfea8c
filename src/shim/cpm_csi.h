/* SPDX-License-Identifier: Apache-2.0 */
/* The CSI descriptor that callbacks and CompCSIList hand out. */
#ifndef CLV_CPM_CSI_H
#define CLV_CPM_CSI_H

#include <stdbool.h>

#include "shim/cpm_comp.h"

/* Fill d; its attributes are new, see cpm_csi_attrs_free(). False: no memory. */
bool cpm_csi_descriptor(ClAmsCSIDescriptorT *d, const struct cpm_set *set);

/* Fill all but the attributes. */
void cpm_csi_head(ClAmsCSIDescriptorT *d, const struct cpm_set *set);

/* Bytes that the attributes need; and the attributes put into such a block. */
size_t cpm_csi_attrs_size(const json_t *attrs);
void cpm_csi_attrs_put(ClAmsCSIAttributeListT *list, const json_t *attrs, void *block);

void cpm_csi_attrs_free(ClAmsCSIAttributeListT *list);

#endif
