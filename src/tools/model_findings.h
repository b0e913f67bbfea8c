/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a model promises and cannot keep, although every reference in it is right:
 * an SU without a component, a CSI type that nothing supports, a program that is
 * not there.
 */
#ifndef MODEL_FINDINGS_H
#define MODEL_FINDINGS_H

#include <stddef.h>

#include "amf/amf_model.h"

/* Give found() one line for each finding; the number of lines. bindir: where relative
 * programs are looked for, NULL: programs are not looked at. */
size_t model_findings_look(const struct amf_model *m, const char *bindir,
                           void (*found)(void *ctx, const char *text), void *ctx);

#endif
