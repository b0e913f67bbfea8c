/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of other consoles that stand for no command of their own. */
#ifndef CMD_AMF_CONSOLE_H
#define CMD_AMF_CONSOLE_H

#include "tools/command.h"

/* Why there is nothing to be done, and what to use instead: data is this text. */
enum clv_exit cmd_amf_instead(const struct clv_command *self, int argc, char **argv);

enum clv_exit cmd_amf_comp_id(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_comp_address(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_nodename(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_uptime(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_heartbeat(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_assign(const struct clv_command *self, int argc, char **argv);

#endif
