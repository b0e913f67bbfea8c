/* SPDX-License-Identifier: Apache-2.0 */
/* The one name of the notification service that AMF calls take. */
#ifndef CLOVIS_SA_NTF_H
#define CLOVIS_SA_NTF_H

#include "saAis.h"

#define SA_NTF_IDENTIFIER_UNUSED 0

typedef SaUint64T SaNtfIdentifierT;

#endif
