/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf watch: what the daemon does, as it does it. */
#include <stdio.h>
#include <time.h>

#include "tools/cmd_amf.h"
#include "tools/event_print.h"
#include "tools/operator.h"

static enum clv_exit print_all(const struct clv_command *self, struct op_session *s,
                               const struct op_options *o)
{
    json_t *event;

    while ((event = op_next_event(s))) {
        if (o->json)
            event_print_json(event);
        else
            event_print(event);
        json_decref(event);
        if (fflush(stdout) != 0)
            return CLV_EXIT_OK; /* nobody reads any more; main() says why */
    }
    fprintf(stderr, "%s %s: the daemon has ended the connection\n", self->path,
            self->name);
    return CLV_EXIT_CONNECT;
}

enum clv_exit cmd_amf_watch(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    struct op_session *s;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 0, 0, &o);
    uint32_t rc = 0;

    if (result == CLV_EXIT_OK)
        result = op_session_open(self, &o, &s);
    if (result != CLV_EXIT_OK)
        return result;
    result = op_ask(s, json_pack("{s:s}", "t", "watch"), &rc, NULL);
    if (result == CLV_EXIT_OK && rc)
        result = op_refused(self, "watch", rc, NULL);
    if (result == CLV_EXIT_OK)
        result = print_all(self, s, &o);
    op_session_close(s);
    return result;
}
