/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf: what runs the rows of the table in cmd_amf_table.c. */
#ifndef CMD_AMF_H
#define CMD_AMF_H

#include "tools/command.h"

extern const struct clv_command cmd_amf_table[];

enum clv_exit cmd_amf_check(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_simulate(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_replay(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_events(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_tree(const struct clv_command *self, int argc, char **argv);
/* data: the only kind that is shown, or NULL */
enum clv_exit cmd_amf_status(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_watch(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_fault(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_clear(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_stop(const struct clv_command *self, int argc, char **argv);

/* data: the type of the request, "kill-node" or "start-node" */
enum clv_exit cmd_amf_node(const struct clv_command *self, int argc, char **argv);
/* data: the operation of a node-op request; "failfast" may be asked for gracefully */
enum clv_exit cmd_amf_node_op(const struct clv_command *self, int argc, char **argv);

#endif
