/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire between components, the clovis command and clovis-amfd: a unix stream
 * socket, one JSON object per line in either direction, at most AMF_LINE_MAX
 * bytes; only the answer to status may be longer. The end of the connection is the notice
 * of death.
 *
 * Every object has "t", its type. Requests carry "id", a number that the sender
 * chose; the answer is {"t":"re","id":ID,"rc":RC,...}, RC being a legacy 32-bit
 * code (component id << 16 | error) or 0. Names are JSON strings without the
 * terminating NUL; unknown members are ignored; an unknown type is answered with
 * rc 0x000f0007 (not implemented) if it has an id, else ignored.
 *
 * component -> daemon
 *   hello      id, comp, pid, version: 1, resume: bool, csis: [{csi, ha, rank}]
 *              First line of a connection. comp is the process's component name
 *              (ASP_COMPNAME). rc 0x000f0013: the model has no such component.
 *              Answer: node, addr (node address), epoch, orphan_ms (the process
 *              ends when it has been without a daemon for so long; 0: never).
 *              resume: the process was connected before (the daemon restarted);
 *              csis is its CSI cache and registered lists what it had
 *              registered: registered: [name].
 *   register   id, comp, proxy (optional)
 *   unregister comp, proxy (optional)
 *   response   inv, rc, kind: "csiset" | "csirmv" | "terminate" | "health" |
 *              "proxied-instantiate" | "proxied-cleanup"
 *   quiesced   inv, rc                       CSIQuiescingComplete
 *   hastate    id, comp, csi -> ha           names match with and without the NUL
 *   fault      comp, recovery, detected      ComponentFailureReport
 *   clear      comp                          ComponentFailureClear
 *   hcstart    comp, key, type (1 AMF, 2 client), recovery
 *   hcconfirm  comp, key, rc
 *   hcstop     comp, key
 *   pgtrack    id, csi, flags -> members: [{comp, ha, rank, change}] when CURRENT
 *   pgstop     csi
 *   master     id -> node, addr                the node that leads
 *   node       id, name or addr, pid (optional) -> node, type, addr, up, controller,
 *              running: pid is a component of the node
 *   node-op    id, name or addr, op ("shutdown", "switchover", "failover",
 *              "failfast")
 *   notify     -                             wants updown lines
 *   compstatus id, comp, node (optional) -> presence, oper, dn, node, addr, pid,
 *              launches, period, max, recovery, args
 *   entity     id, kind, name -> entity: {...} configuration and states
 *   list       id, of, name -> names: [name], or [[name, value]] for "csi-nvp", or
 *              [{name, rank, ha, ...}] for "su-assigned", "si-assigned" and
 *              "comp-assigned". What of may be is in amf_query_list.c
 *   bye        -                             ClientFinalize; the connection stays
 *
 * daemon -> component
 *   csiset     inv, comp, ha, csi ("" for TARGET_ALL), flags, tr (transition),
 *              active (component name or ""), rank, attrs: [[name, value], ...]
 *   csirmv     inv, comp, csi, flags
 *   terminate  inv, comp
 *   health     inv, comp, key
 *   pinst      inv, comp                     proxied instantiate, to the proxy
 *   pclean     inv, comp                     proxied cleanup, to the proxy
 *   pg         csi, members: [{comp, ha, rank, change}]
 *   updown     addr, pid (0: the node itself), up
 *
 * operator (clovis amf ...) -> daemon
 *   op         id, verb: "hello" first, with "operator": true
 *   status     id -> state: the dump of the engine and the processes' ids
 *   admin      id, op ("lock", "lock-instantiation", "unlock", "shutdown",
 *              "shutdown-restart", "restart", "repaired", "swap", "adjust",
 *              "assign": with active and standby, SUs, absent: nobody), kind
 *              ("node", "sg", "su", "si", "comp", or absent: look the name up), name
 *   ccb        id, changes: [{kind, name, set: {attribute: value}}] -> why. All are
 *              made or none; attributes are those of amf_change.c
 *   user-data  id, do ("set", "get", "delete", "delete-all"), kind, name, key (absent or
 *              "": the entity itself), value: hexadecimal digits -> value
 *   kill-node  id, name                      SIGKILL of everything on that node, and
 *              the node stays down until start-node. In a cluster any daemon
 *              has the one that plays the node do it; rc 0x000f0016: that one
 *              went, or its answer was lost
 *   start-node id, name
 *   fault      id, comp, recovery
 *   watch      id                            then {"t":"event", "ms":…, "note":…} lines
 *   pgtrack, pgstop, node-op, compstatus, entity, list: as above; pg lines follow
 *   log        id, level ("none", "error", "warning", "info", "debug"), on, off: ["msg",
 *              "timer", "state_change", "function_enter"], name (only lines with it),
 *              console: bool; all optional -> log: {level, trace: [...], name, console}
 *   events     id, max -> events: [{ms, note}], dropped: what happened last
 *   stop       id                            terminate everything, then end the daemon
 *
 * Socket: $CLOVIS_AMF_SOCKET, else $ASP_RUNDIR/clovis-amfd.sock, else
 * /run/clovis/clovis-amfd.sock. The daemon sets CLOVIS_AMF_SOCKET for what it
 * launches.
 */
#ifndef AMF_PROTO_H
#define AMF_PROTO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define AMF_LINE_MAX (1024 * 1024)

/* Bytes of one piece of user data, of a key, and of all that a daemon keeps, with names.
 */
enum { AMF_USER_DATA_MAX = 4096, AMF_USER_KEY_MAX = 255, AMF_USER_DATA_ALL_MAX = 65536 };
#define AMF_PROTO_VERSION 1

/* Where the daemon listens, by the rule above. False: longer than a socket
 * address can be; path then holds what was cut. */
bool amf_socket_path(char *path, size_t size);

/* Cuts a byte stream into lines and parses them. */
struct amf_reader {
    char *buf; /* owned */
    size_t used, scanned, cap;
    size_t limit; /* longest line; 0: AMF_LINE_MAX */
};

void amf_reader_free(struct amf_reader *r);

/* Append received bytes. False: no memory, or a line longer than the limit. */
bool amf_reader_feed(struct amf_reader *r, const void *bytes, size_t n);

/* The next object (new), or NULL when no whole line is there. *bad is set when a
 * line was not a JSON object: the connection should be ended. */
json_t *amf_reader_next(struct amf_reader *r, bool *bad);

/* One line with its newline, new (free()); NULL: no memory. */
char *amf_line(const json_t *o, size_t *len);

#endif
