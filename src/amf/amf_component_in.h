/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about components (amf_component*.c) have in common. */
#ifndef AMF_COMPONENT_IN_H
#define AMF_COMPONENT_IN_H

#include "amf/amf_daemon.h"

const char *amf_component_name(const struct amf_daemon *d, int comp);
/* Close a connection, and let nobody know of it any more. */
void amf_component_drop_peer(struct amf_daemon *d, struct amf_peer *p);

#endif
