/* SPDX-License-Identifier: Apache-2.0 */
/* clovis store ..., clovis guard: the Redis behind the checkpoints. */
#ifndef CLV_CMD_STORE_H
#define CLV_CMD_STORE_H

#include "tools/command.h"

extern const struct clv_command cmd_store_table[];

enum clv_exit cmd_store_check(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_guard(const struct clv_command *self, int argc, char **argv);

#endif
