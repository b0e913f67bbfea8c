/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf: what runs the rows of the table in cmd_amf_table.c. */
#ifndef CMD_AMF_H
#define CMD_AMF_H

#include <jansson.h>

#include "tools/command.h"
#include "tools/entity_name.h"

extern const struct clv_command cmd_amf_table[];

enum clv_exit cmd_amf_check(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_simulate(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_replay(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_events(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_tree(const struct clv_command *self, int argc, char **argv);
/* data: the only kind that is shown, or NULL */
enum clv_exit cmd_amf_status(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_watch(const struct clv_command *self, int argc, char **argv);
/* data: "node", if the name alone is that of a node, or NULL */
enum clv_exit cmd_amf_fault(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_clear(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_config(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_set(const struct clv_command *self, int argc, char **argv);
/* data: the attribute of an SG */
enum clv_exit cmd_amf_factor(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_find(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_track(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_log(const struct clv_command *self, int argc, char **argv);
/* data: struct amf_log_switch, or NULL: the first word says on or off */
enum clv_exit cmd_amf_trace(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_log_console(const struct clv_command *self, int argc, char **argv);
enum clv_exit cmd_amf_stop(const struct clv_command *self, int argc, char **argv);

/* data: the type of the request, "kill-node" or "start-node" */
enum clv_exit cmd_amf_node(const struct clv_command *self, int argc, char **argv);
/* data: the operation of a node-op request; "failfast" may be asked for gracefully */
enum clv_exit cmd_amf_node_op(const struct clv_command *self, int argc, char **argv);

/* Have a node do op (new); a number alone, without kind, is the node's address. */
json_t *cmd_amf_node_op_request(const struct entity_name *node, const char *op);

#endif
