/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cmd_amf.h"

#include <stddef.h>

#include "tools/cmd_amf_admin.h"
#include "tools/cmd_amf_console.h"
#include "tools/cmd_amf_log.h"

#define LIMITS "[--timeout SECONDS] [--socket PATH]"
#define NODE_SG_SU_SI "node, sg, su, si"
#define ENTITY "[KIND] NAME [--wait] " LIMITS

/* clang-format off */
static const struct amf_admin_verb
    lock       = { .op = "lock", .kinds = NODE_SG_SU_SI },
    lock_in    = { .op = "lock-instantiation", .kinds = "node, sg, su" },
    force      = { .op = "force-lock", .kinds = "su" },
    force_in   = { .op = "force-lock-instantiation", .kinds = "su" },
    unlock     = { .op = "unlock", .kinds = NODE_SG_SU_SI },
    shut       = { .op = "shutdown", .kinds = NODE_SG_SU_SI },
    shut_again = { .op = "shutdown-restart", .kinds = "su" },
    restart    = { .op = "restart", .kinds = "node, su, comp" },
    repaired   = { .op = "repaired", .kinds = "node, su", .has_all = true },
    swap       = { .op = "swap", .kinds = "si" },
    adjust     = { .op = "adjust", .kinds = "sg", .has_switch = true },
    up         = { .op = "unlock", .kinds = NODE_SG_SU_SI, .before = "lock" },
    down       = { .op = "lock-instantiation", .kinds = "node, sg, su", .before = "lock" };

static const struct amf_log_switch on = { true }, off = { false };

/* Names in OpenSAF's amf-adm for what is called otherwise in the table below. */
static const struct clv_command adm_table[] = {
    { "lock",      ENTITY, "as clovis amf lock", cmd_amf_admin, .data = &lock },
    { "unlock",    ENTITY, "as clovis amf unlock", cmd_amf_admin, .data = &unlock },
    { "lock-in",   ENTITY, "as clovis amf lock-instantiation", cmd_amf_admin, .data = &lock_in },
    { "unlock-in", ENTITY, "from LOCKED_I to LOCKED_A, as clovis amf lock does it",
      cmd_amf_admin, .data = &lock },
    { "shutdown",  ENTITY, "as clovis amf shutdown", cmd_amf_admin, .data = &shut },
    { "restart",   ENTITY, "as clovis amf restart", cmd_amf_admin, .data = &restart },
    { "repaired",  ENTITY, "as clovis amf repaired", cmd_amf_admin, .data = &repaired },
    { "si-swap",   ENTITY, "as clovis amf swap", cmd_amf_admin, .data = &swap },
    { "sg-adjust", "[KIND] NAME [on|off] " LIMITS, "as clovis amf adjust", cmd_amf_admin,
      .data = &adjust },
    { "eam-start", "NAME", "external monitoring; there is none", cmd_amf_instead,
      .data = "no external monitor runs beside a component; its health checks begin with "
              "saAmfHealthcheckStart()" },
    { "eam-stop", "NAME", "external monitoring; there is none", cmd_amf_instead,
      .data = "no external monitor runs beside a component; its health checks end with "
              "saAmfHealthcheckStop()" },
    { .name = NULL },
};

const struct clv_command cmd_amf_table[] = {
    { "check", "DIR [--bindir DIR] [--dot | --json]",
      "read a model, say who would get what and what cannot be satisfied", .run = cmd_amf_check },
    { "simulate", "DIR [--seed N] [--faults M] [--sequences K] [--tell | --json]",
      "play a model with random faults in virtual time, and check what must always hold",
      .run = cmd_amf_simulate },
    { "replay", "FILE [--model DIR] [--differences] [--json]",
      "drive the engine again from a recording, and compare its decisions",
      .run = cmd_amf_replay },
    { "status", "[KIND] [NAME] [--detail] [--json] [--check] " LIMITS,
      "what is wrong, then nodes, SUs, components and SIs with their states",
      cmd_amf_status, .aliases = "state amsEntityPrint amsDbPrint" },
    { "nodes", "[NAME] [--detail] [--json] [--check] " LIMITS, "the nodes of the status",
      cmd_amf_status, .data = "node", .aliases = "clusterList" },
    { "components", "[NAME] [--detail] [--json] [--check] " LIMITS,
      "the components of the status, with their processes", cmd_amf_status, .data = "comp",
      .aliases = "compList compPIDGet cpmEOShow" },
    { "config", "[KIND] NAME [--json] " LIMITS, "what an entity is configured to",
      .run = cmd_amf_config },
    { "find", "[KIND] [PATTERN] [--json] " LIMITS,
      "the entities by their names of the SA Forum", .run = cmd_amf_find,
      .aliases = "amf-find" },
    { "tree", "[--json] " LIMITS, "nodes down to what their components do, groups down to who has "
      "their work", .run = cmd_amf_tree },
    { "events", "[COUNT] [--json] " LIMITS, "what happened last: who was told what, when",
      .run = cmd_amf_events },
    { "watch", "[--json] " LIMITS, "what the daemon does, as it does it",
      .run = cmd_amf_watch },
    { "track", "[csi] NAME [--json] " LIMITS,
      "who is in the protection group of a CSI, and how that changes",
      .run = cmd_amf_track, .aliases = "amsPGTrackAdd" },

    { "lock", ENTITY, "take the work away; from LOCKED_I: start the processes",
      cmd_amf_admin, .data = &lock, .aliases = "amsLockAssignment idle" },
    { "unlock", ENTITY, "give work", cmd_amf_admin, .data = &unlock, .aliases = "amsUnlock" },
    { "lock-instantiation", ENTITY, "end the processes of what is locked", cmd_amf_admin,
      .data = &lock_in, .aliases = "amsLockInstantiation" },
    { "force-lock-instantiation", ENTITY, "end the processes whatever they do",
      cmd_amf_admin, .data = &force_in, .aliases = "amsForceLockInstantiation" },
    { "force-lock", ENTITY, "lock an SU in whatever state it is, then end its processes",
      cmd_amf_admin, .data = &force, .aliases = "amsForceLock" },
    { "shutdown", ENTITY, "let work come to its end, then lock", cmd_amf_admin,
      .data = &shut, .aliases = "amsShutdown" },
    { "shutdown-restart", ENTITY, "the same for an SU, then begin anew", cmd_amf_admin,
      .data = &shut_again, .aliases = "amsShutdownRestart" },
    { "restart", ENTITY, "end the processes and start them again", cmd_amf_admin,
      .data = &restart, .aliases = "amsRestart" },
    { "repaired", "[KIND] NAME|all [--wait] " LIMITS,
      "what was disabled by a fault is in order again; all: whatever is disabled", cmd_amf_admin,
      .data = &repaired, .aliases = "amsRepaired repair nodeErrorClear" },
    { "swap", ENTITY, "active and standby of an SI change places", cmd_amf_admin,
      .data = &swap, .aliases = "amsSISwap" },
    { "adjust", "[KIND] NAME [on|off] " LIMITS,
      "lay the work of an SG out by rank, now and from now on; off: not any more",
      cmd_amf_admin, .data = &adjust, .aliases = "amsSGAdjust" },
    { "start", ENTITY, "unlock, by way of lock where that is needed", cmd_amf_admin,
      .data = &up },
    { "assign", "SI ACTIVE-SU [STANDBY-SU] [--wait] " LIMITS,
      "say who has the work of an SI; - is nobody", cmd_amf_assign, .aliases = "assignSUtoSI" },
    { "set", "[KIND] NAME ATTRIBUTE=VALUE... " LIMITS,
      "change what config shows, while it is played", .run = cmd_amf_set },
    { "alpha", "[sg] NAME [PERCENT] " LIMITS,
      "how many SUs are active while a group is short of SUs", cmd_amf_factor,
      .data = "alpha", .aliases = "amsAlpha" },
    { "beta", "[sg] NAME [PERCENT] " LIMITS,
      "how many SUs are standby while a group is short of SUs", cmd_amf_factor,
      .data = "beta", .aliases = "amsBeta" },
    { "adm", .help = "the verbs of OpenSAF's amf-adm", .group = adm_table },

    { "kill-node", "NAME " LIMITS, "SIGKILL for everything on a node; it stays down",
      cmd_amf_node, .data = "kill-node" },
    { "start-node", "NAME " LIMITS, "bring a node up again", cmd_amf_node,
      .data = "start-node", .aliases = "amsNodeJoin" },
    { "node-shutdown", "[node] NAME|ADDRESS " LIMITS,
      "let the work of a node come to its end, then lock it", cmd_amf_node_op,
      .data = "shutdown", .aliases = "nodeShutdown" },
    { "node-restart", "[node] NAME|ADDRESS [graceful] [node-reset] " LIMITS,
      "kill everything on a node and bring it up again; graceful: after a switch-over",
      cmd_amf_node_op, .data = "failfast", .aliases = "nodeRestart middlewareRestart" },
    { "fault", "[comp] COMP [[TIME] RECOVERY] | node NODE [RECOVERY] " LIMITS,
      "report an error of a component, as it would itself, or of a node", cmd_amf_fault,
      .aliases = "amsFaultReport compReport" },
    { "clear", "COMP " LIMITS, "take a reported error back", cmd_amf_clear,
      .aliases = "compClear" },
    { "stop", "[[KIND] NAME] [--wait] " LIMITS,
      "terminate all components and end the daemon; with a name: lock, then "
      "lock-instantiation", cmd_amf_stop, .data = &down },
    { "log", "[LEVEL] [--json] " LIMITS,
      "how much the daemon writes into its log; a level changes that", .run = cmd_amf_log,
      .aliases = "amsDebugGet" },
    { "trace", "on|off [all | KIND NAME] [FLAG...] " LIMITS,
      "log messages, timers and decisions, too", .run = cmd_amf_trace },

    { "amsDebugEnable", "[all | KIND NAME] [FLAG...] " LIMITS, "as clovis amf trace on",
      cmd_amf_trace, .data = &on, .unlisted = true },
    { "amsDebugDisable", "[all | KIND NAME] [FLAG...] " LIMITS, "as clovis amf trace off",
      cmd_amf_trace, .data = &off, .unlisted = true },
    { "amsDebugEnableLogToConsole", LIMITS, "the daemon's log lines go to its standard "
      "error, too", cmd_amf_log_console, .data = &on, .unlisted = true },
    { "amsDebugDisableLogToConsole", LIMITS, "the daemon's log lines go to its log alone",
      cmd_amf_log_console, .data = &off, .unlisted = true },
    { "compIdGet", "[comp] NAME " LIMITS, "the number that clCpmComponentIdGet gives",
      cmd_amf_comp_id, .unlisted = true },
    { "compAddressGet", "[comp] NAME " LIMITS,
      "node, address and port as clCpmComponentAddressGet gives them",
      cmd_amf_comp_address, .unlisted = true },
    { "nodename", LIMITS, "the nodes that this daemon plays", cmd_amf_nodename,
      .unlisted = true },
    { "uptime", LIMITS, "how long the daemon has been running", cmd_amf_uptime,
      .unlisted = true },
    { "heartbeat", "[status | enable | disable] " LIMITS,
      "how the daemons of a cluster know that the others live", cmd_amf_heartbeat,
      .unlisted = true },
    { "nodeErrorReport", "[node] NODE [RECOVERY] " LIMITS,
      "as clovis amf fault node", cmd_amf_fault, .data = "node", .unlisted = true },
    { "amsStateChange", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "states follow from operations and faults: use lock, unlock, shutdown, "
              "restart, repaired, fault, kill-node" },
    { "amsPGTrackStop", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "a track ends with the command that shows it: interrupt clovis amf track" },
    { "amsEventTest", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "events are not sent for a test; clovis amf watch shows those that happen, "
              "clovis amf fault makes one happen" },
    { "amsMgmt", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "use config to see and set to change attributes; entities and their "
              "relations come from the model's files, read when clovis-amfd starts" },
    { "amsTrigger", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "no load is measured that could trigger a recovery; clovis amf fault "
              "reports one by hand" },
    { "amsDbXMLPrint", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "the state is printed as JSON: use clovis amf status --json" },
    { "compTraceGet", "", "there is no such command", cmd_amf_instead, .unlisted = true,
      .data = "a component's output is in clovis-amfd's --log-dir; clovis amf events has "
              "what it was told" },
    { .name = NULL },
};
/* clang-format on */
