/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of clAmfDefinitions.xml. An instance takes nearly everything from its
 * type, so a type is read straight into each instance that names it.
 */
#ifndef AMF_TYPES_H
#define AMF_TYPES_H

#include "amf/amf_load.h"

enum amf_type_kind {
    AMF_TYPE_NODE,
    AMF_TYPE_SG,
    AMF_TYPE_SU,
    AMF_TYPE_SI,
    AMF_TYPE_CSI,
    AMF_TYPE_COMP,
    AMF_N_TYPES
};

/* The type called name, or NULL. */
const xmlNode *amf_type_find(const struct amf_load *l, enum amf_type_kind kind,
                             const char *name);

/* Fill what the type decides into a zeroed instance. On failure the instance
 * holds what was read so far: the destructor copes with it. */
bool amf_type_node(struct amf_load *l, const xmlNode *type, struct amf_node *out);
bool amf_type_sg(struct amf_load *l, const xmlNode *type, struct amf_sg *out);
bool amf_type_su(struct amf_load *l, const xmlNode *type, struct amf_su *out);
bool amf_type_si(struct amf_load *l, const xmlNode *type, struct amf_si *out);
bool amf_type_csi(struct amf_load *l, const xmlNode *type, struct amf_csi *out);
bool amf_type_comp(struct amf_load *l, const xmlNode *type, struct amf_comp *out);

/* A number of the type that no instance keeps; *is_set says whether it is there. */
bool amf_type_number(struct amf_load *l, const xmlNode *type, const char *element,
                     uint32_t *out, bool *is_set);

/* Read each type once, so that a fault in one that nothing uses is found, too. */
bool amf_types_check(struct amf_load *l);

#endif
