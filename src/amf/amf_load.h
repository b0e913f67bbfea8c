/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one load of a model carries along: the model as it grows, and where the
 * error and the warnings go. A function that fails has written the error and
 * returns false; callers only hand that on.
 */
#ifndef AMF_LOAD_H
#define AMF_LOAD_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "amf/amf_model.h"

struct amf_load {
    char *error; /* borrowed from the caller of amf_model_load() */
    size_t size;
    struct amf_model *model;    /* owned until the load has succeeded */
    const xmlNode *definitions; /* inner roots; borrowed from the documents */
    const xmlNode *config;
    /* The elements that the entities came from, by the entity's index; owned
     * arrays of borrowed elements. */
    const xmlNode **node_els, **sg_els, **su_els, **comp_els, **si_els, **csi_els;
};

/* Write the error "FILE:LINE: <element>: " and the text, as one line. Always false. */
bool amf_fail(struct amf_load *l, const xmlNode *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same without a place, for what has none. Always false. */
bool amf_fail_plain(struct amf_load *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool amf_fail_memory(struct amf_load *l);

/* Keep a line for amf_model.warnings; the same line counts once. False: no memory. */
bool amf_warn(struct amf_load *l, const xmlNode *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Free what an instance owns, not the instance itself. */
void amf_csi_clear(struct amf_csi *i);
void amf_comp_clear(struct amf_comp *c);

#endif
