/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf: one function for each row of the table in cmd_amf_table.c. */
#ifndef CMD_AMF_H
#define CMD_AMF_H

#include "tools/command.h"

extern const struct clv_command cmd_amf_table[];

enum clv_exit cmd_amf_check(const struct clv_command *self, int argc, char **argv);

#endif
