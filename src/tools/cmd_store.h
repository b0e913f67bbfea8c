/* SPDX-License-Identifier: Apache-2.0 */
/* clovis store ..., clovis doctor, clovis guard: the Redis behind the checkpoints. */
#ifndef CLV_CMD_STORE_H
#define CLV_CMD_STORE_H

#include "tools/command.h"

extern const struct clv_command cmd_store_table[];

#define CMD_DOCTOR_USAGE "[--json] [--url URL] [--user USER] [--password-file FILE]"

enum clv_exit cmd_doctor(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_guard(const struct clv_command *self, int argc, char **argv);

#endif
