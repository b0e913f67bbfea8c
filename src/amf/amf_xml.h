/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Legacy XML, read with suspicion: plain files of a bounded size, no document
 * type, no entities but the predefined ones, nothing fetched from anywhere.
 * Elements are known by their name without the namespace prefix, because the
 * generators declared prefixes carelessly.
 */
#ifndef AMF_XML_H
#define AMF_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct amf_load;

/* Largest model file that is read. */
#define AMF_XML_MAX_BYTES (64 * 1024 * 1024)
/* Numbers are those that the legacy int can hold. */
#define AMF_XML_NUMBER_MAX 2147483647

/* Read and parse path; new, xmlFreeDoc(). path is kept as the name for error
 * texts: borrowed for the life of the document. NULL: the error is written. */
xmlDoc *amf_xml_read(struct amf_load *l, const char *path);

/* The element called name that holds the content: the root itself, or what the
 * 6.x wrapper <openClovisAsp><version v0="4.0.0"> encloses. */
const xmlNode *amf_xml_root(struct amf_load *l, const xmlDoc *doc, const char *name);

const char *amf_xml_file(const xmlNode *el);
const char *amf_xml_name(const xmlNode *el);

/* First child, or next sibling, of that name; NULL: none. parent may be NULL. */
const xmlNode *amf_xml_child(const xmlNode *parent, const char *name);
const xmlNode *amf_xml_next(const xmlNode *el, const char *name);

#define AMF_XML_EACH(el, parent, name)                                                   \
    for (el = amf_xml_child(parent, name); el; el = amf_xml_next(el, name))

/* Borrowed from the document; NULL: no such attribute. */
const char *amf_xml_attr(const xmlNode *el, const char *name);

/* The text within el without the space around it; new. NULL: no memory. */
char *amf_xml_text(const xmlNode *el);

/* A whole number as atoi() takes it, except that what atoi() would silently turn
 * into 0, a negative one and one too large are errors. attr: the attribute that
 * holds it, NULL: it is the element's text. */
bool amf_xml_number(struct amf_load *l, const xmlNode *at, const char *attr,
                    const char *text, uint32_t *out);

#endif
