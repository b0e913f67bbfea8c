/* SPDX-License-Identifier: Apache-2.0 */
/* What clovis amf check says, as one object. */
#ifndef MODEL_JSON_H
#define MODEL_JSON_H

#include <stddef.h>

#include "amf/amf_model.h"

/* Print it; the number of findings in it. bindir as for model_findings_look(). */
size_t model_json_print(const struct amf_model *m, const char *dir, const char *bindir);

#endif
