/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of clovis(1) that measure. */
#ifndef CMD_BENCH_H
#define CMD_BENCH_H

#include "tools/command.h"

enum clv_exit cmd_bench(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_bench_component(const struct clv_command *self, int argc, char **argv);

#endif
