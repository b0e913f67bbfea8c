/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf lock and its like: what a row of the command table says about a verb. */
#ifndef CMD_AMF_ADMIN_H
#define CMD_AMF_ADMIN_H

#include <stdbool.h>

#include "tools/command.h"
#include "tools/operator.h"

struct amf_admin_verb {
    const char *op;     /* what the daemon calls it */
    const char *kinds;  /* what it is for, "node, su" */
    const char *before; /* done first where op alone is refused with BAD_OPERATION */
    bool has_switch;    /* takes on or off behind the name */
    bool has_all;       /* "all" for a name: every node and SU that is DISABLED */
};

/* Ask (what is borrowed) once, or if patient as long as what is under way there stands
 * in the way: TRY_AGAIN. */
enum clv_exit amf_admin_ask(struct op_session *s, const json_t *what, bool patient,
                            uint32_t *rc);
/* Wait until nothing is under way that what was accepted for name may have begun. */
enum clv_exit amf_admin_quiet(struct op_session *s, const struct clv_command *self,
                              const char *name);

enum clv_exit cmd_amf_admin(const struct clv_command *self, int argc, char **argv);

#endif
