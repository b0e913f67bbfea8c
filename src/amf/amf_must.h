/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory in the daemon: when there is none it ends. The components go on, and the
 * next daemon on the same run directory takes them over.
 */
#ifndef AMF_MUST_H
#define AMF_MUST_H

#include <stdlib.h>

#include "base/logline.h"

static inline void *amf_must(void *p)
{
    if (!p) {
        clv_log(CLV_LOG_ERROR, "no memory; the components go on without a daemon");
        _Exit(1);
    }
    return p;
}

#endif
