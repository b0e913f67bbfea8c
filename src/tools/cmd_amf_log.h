/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf trace and the console's switches: what a row of the command table says. */
#ifndef CMD_AMF_LOG_H
#define CMD_AMF_LOG_H

#include <stdbool.h>

/* Of a command whose name says on or off. */
struct amf_log_switch {
    bool on;
};

#endif
