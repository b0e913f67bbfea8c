/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cmd_amf.h"

#include <stddef.h>

const struct clv_command cmd_amf_table[] = {
    {.name = "check",
     .usage = "DIR [--bindir DIR] [--dot]",
     .help = "read a model, say who would get what and what cannot be satisfied",
     .run = cmd_amf_check},
    {.name = NULL},
};
