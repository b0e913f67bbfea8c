/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instances of clAmfConfig.xml, each with what its type decides, and the
 * relations between them.
 */
#ifndef AMF_INSTANCES_H
#define AMF_INSTANCES_H

#include "amf/amf_load.h"

/* Nodes with their SUs and components, SGs with their SIs and CSIs. */
bool amf_instances_read(struct amf_load *l);

/* What the instances say about each other; needs all of them to be there. */
bool amf_relations_read(struct amf_load *l);

/* No dependency may lead back to where it started. */
bool amf_relations_check(struct amf_load *l);

#endif
