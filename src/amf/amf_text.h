/* SPDX-License-Identifier: Apache-2.0 */
/* Names, lists and command lines of a model. */
#ifndef AMF_TEXT_H
#define AMF_TEXT_H

#include "amf/amf_load.h"

/* The attribute attr of el as a name: there, not empty, and not longer than a
 * legacy name can be; borrowed. NULL: the error is written. */
const char *amf_name_get(struct amf_load *l, const xmlNode *el, const char *attr);

/* The text of a child; new. *out is NULL when it is missing or empty. */
bool amf_text_get(struct amf_load *l, const xmlNode *parent, const char *element,
                  char **out);

/* The same for what must be there with a value. */
bool amf_text_must(struct amf_load *l, const xmlNode *parent, const char *element,
                   char **out);

/* Append a copy to a NULL-terminated list; *list may be NULL. False: no memory. */
bool amf_strings_append(char ***list, const char *text, size_t len);
void amf_strings_free(char **list);

/* The <nameValue name="" value=""/> below parent; *out is new, *n counts those
 * that are owned even when it fails. */
bool amf_pairs_read(struct amf_load *l, const xmlNode *parent, struct amf_pair **out,
                    size_t *n);
void amf_pairs_free(struct amf_pair *pairs, size_t n);

/* Append the words of a command line; there is no quoting. */
bool amf_command_split(struct amf_load *l, const char *text, char ***argv);

/* Append each <args><argument value=""/> below el as one word, $(VAR) replaced
 * from the environment, by nothing when it is not set. */
bool amf_args_append(struct amf_load *l, const xmlNode *el, char ***argv);

#endif
