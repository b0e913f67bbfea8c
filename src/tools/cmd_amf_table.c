/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cmd_amf.h"

#include <stddef.h>

#include "tools/cmd_amf_admin.h"

#define LIMITS "[--timeout SECONDS] [--socket PATH]"
#define ENTITY "[KIND] NAME [--wait] " LIMITS

/* clang-format off */
static const struct amf_admin_verb
    lock       = { .op = "lock" },
    lock_in    = { .op = "lock-instantiation" },
    force_in   = { .op = "force-lock-instantiation" },
    unlock     = { .op = "unlock" },
    shut       = { .op = "shutdown" },
    shut_again = { .op = "shutdown-restart" },
    restart    = { .op = "restart" },
    repaired   = { .op = "repaired", .has_all = true },
    swap       = { .op = "swap" },
    adjust     = { .op = "adjust", .has_switch = true },
    up         = { .op = "unlock", .before = "lock" },
    down       = { .op = "lock-instantiation", .before = "lock" };

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
    { .name = NULL },
};

const struct clv_command cmd_amf_table[] = {
    { "check", "DIR [--bindir DIR] [--dot]",
      "read a model, say who would get what and what cannot be satisfied", .run = cmd_amf_check },
    { "simulate", "DIR [--seed N] [--faults M] [--sequences K] [--tell]",
      "play a model with random faults in virtual time, and check what must always hold",
      .run = cmd_amf_simulate },
    { "replay", "FILE [--model DIR] [--differences]",
      "drive the engine again from a recording, and compare its decisions",
      .run = cmd_amf_replay },
    { "status", "[KIND] [NAME] [--detail] [--json] [--check] " LIMITS,
      "what is wrong, then nodes, SUs, components and SIs with their states",
      cmd_amf_status, .aliases = "state amsEntityPrint amsDbPrint" },
    { "nodes", "[NAME] [--detail] [--json] [--check] " LIMITS, "the nodes of the status",
      cmd_amf_status, .data = "node", .aliases = "clusterList" },
    { "components", "[NAME] [--detail] [--json] [--check] " LIMITS,
      "the components of the status, with their processes", cmd_amf_status, .data = "comp",
      .aliases = "compList compPIDGet" },
    { "tree", LIMITS, "nodes down to what their components do, groups down to who has "
      "their work", .run = cmd_amf_tree },
    { "events", "[COUNT] [--json] " LIMITS, "what happened last: who was told what, when",
      .run = cmd_amf_events },
    { "watch", "[--json] " LIMITS, "what the daemon does, as it does it",
      .run = cmd_amf_watch },

    { "lock", ENTITY, "take the work away; from LOCKED_I: start the processes",
      cmd_amf_admin, .data = &lock, .aliases = "amsLockAssignment idle" },
    { "unlock", ENTITY, "give work", cmd_amf_admin, .data = &unlock, .aliases = "amsUnlock" },
    { "lock-instantiation", ENTITY, "end the processes of what is locked", cmd_amf_admin,
      .data = &lock_in, .aliases = "amsLockInstantiation" },
    { "force-lock-instantiation", ENTITY, "end the processes whatever they do",
      cmd_amf_admin, .data = &force_in, .aliases = "amsForceLockInstantiation" },
    { "shutdown", ENTITY, "let work come to its end, then lock", cmd_amf_admin,
      .data = &shut, .aliases = "amsShutdown" },
    { "shutdown-restart", ENTITY, "the same for an SU, then begin anew", cmd_amf_admin,
      .data = &shut_again, .aliases = "amsShutdownRestart" },
    { "restart", ENTITY, "end the processes and start them again", cmd_amf_admin,
      .data = &restart, .aliases = "amsRestart" },
    { "repaired", "[KIND] NAME|all [--wait] " LIMITS,
      "what was disabled by a fault is in order again; all: whatever is disabled", cmd_amf_admin,
      .data = &repaired, .aliases = "amsRepaired repair" },
    { "swap", ENTITY, "active and standby of an SI change places", cmd_amf_admin,
      .data = &swap, .aliases = "amsSISwap" },
    { "adjust", "[KIND] NAME [on|off] " LIMITS,
      "lay the work of an SG out by rank, now and from now on; off: not any more",
      cmd_amf_admin, .data = &adjust, .aliases = "amsSGAdjust" },
    { "start", ENTITY, "unlock, by way of lock where that is needed", cmd_amf_admin,
      .data = &up },
    { "adm", .help = "the verbs of OpenSAF's amf-adm", .group = adm_table },

    { "kill-node", "NAME " LIMITS, "SIGKILL for everything on a node; it stays down",
      cmd_amf_node, .data = "kill-node" },
    { "start-node", "NAME " LIMITS, "bring a node up again", cmd_amf_node,
      .data = "start-node", .aliases = "amsNodeJoin" },
    { "node-shutdown", "[node] NAME|ADDRESS " LIMITS,
      "let the work of a node come to its end, then lock it", cmd_amf_node_op,
      .data = "shutdown", .aliases = "nodeShutdown" },
    { "node-restart", "[node] NAME|ADDRESS [graceful] " LIMITS,
      "kill everything on a node and bring it up again; graceful: after a switch-over",
      cmd_amf_node_op, .data = "failfast", .aliases = "nodeRestart middlewareRestart" },
    { "fault", "COMP [[TIME] RECOVERY] " LIMITS,
      "report an error of a component, as it would itself", cmd_amf_fault,
      .aliases = "amsFaultReport compReport" },
    { "clear", "COMP " LIMITS, "take a reported error back", cmd_amf_clear,
      .aliases = "compClear" },
    { "stop", "[[KIND] NAME] [--wait] " LIMITS,
      "terminate all components and end the daemon; with a name: lock, then "
      "lock-instantiation", cmd_amf_stop, .data = &down },
    { .name = NULL },
};
/* clang-format on */
