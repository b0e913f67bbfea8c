/* SPDX-License-Identifier: Apache-2.0 */
/* A model as a graph for dot(1). */
#ifndef MODEL_DOT_H
#define MODEL_DOT_H

#include "amf/amf_model.h"

void model_dot_print(const struct amf_model *m);

#endif
