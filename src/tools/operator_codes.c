/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tools/operator.h"

/* By the low half: the same error comes from CPM (0xf) and from AMS (0x22). */
static const struct {
    uint32_t code;
    enum clv_exit exit;
    const char *name, *meaning;
} codes[] = {
    {0x02, CLV_EXIT_REFUSED, "INVALID_PARAMETER",
     "the daemon does not know this; is it of another version?"},
    {0x04, CLV_EXIT_UNKNOWN, "NOT_EXIST", "nothing in the daemon's model is called so"},
    {0x07, CLV_EXIT_REFUSED, "NOT_IMPLEMENTED",
     "the daemon does not know the command; is it of another version?"},
    {0x0e, CLV_EXIT_REFUSED, "NOT_INITIALIZED", "not open to operators"},
    {0x12, CLV_EXIT_REFUSED, "INVALID_STATE", "not in its present state"},
    {0x13, CLV_EXIT_UNKNOWN, "DOESNT_EXIST", "no component is called so"},
    {0x16, CLV_EXIT_REFUSED, "TRY_AGAIN", "something is under way there; --wait waits"},
    {0x19, CLV_EXIT_REFUSED, "NO_OP", "there is nothing to do, it is so already"},
    {0x23, CLV_EXIT_REFUSED, "BAD_OPERATION", "not possible in its present state"},
    {0x1d, CLV_EXIT_REFUSED, "TOO_BIG", "more than the daemon takes"},
    {0x21, CLV_EXIT_REFUSED, "NO_SPACE", "the daemon keeps no more of these"},
    {0x25, CLV_EXIT_REFUSED, "NOT_SUPPORTED", "not for this kind of entity"},
    {0x105, CLV_EXIT_REFUSED, "BAD_CONFIG", "not a value for this"},
    {0x101, CLV_EXIT_REFUSED, "INVALID_ENTITY", "not for this kind of entity"},
};

static const size_t n_codes = sizeof(codes) / sizeof(*codes);

static size_t find(uint32_t rc)
{
    size_t i;

    for (i = 0; i < n_codes && codes[i].code != (rc & 0xffff); i++)
        ;
    return i;
}

bool op_code_is_unknown(uint32_t rc)
{
    const size_t i = find(rc);

    return i < n_codes && codes[i].exit == CLV_EXIT_UNKNOWN;
}

const char *op_code_name(uint32_t rc)
{
    const size_t i = find(rc);

    return i < n_codes ? codes[i].name : "ERROR";
}

enum clv_exit op_refused(const struct clv_command *self, const char *what, uint32_t rc,
                         const char *why)
{
    const size_t i = find(rc);

    if (!why)
        why = i < n_codes ? codes[i].meaning : "";
    fprintf(stderr, "%s %s: %s: %s (0x%x)%s%s\n", self->path, self->name, what,
            op_code_name(rc), rc, *why ? ": " : "", why);
    return i < n_codes ? codes[i].exit : CLV_EXIT_REFUSED;
}
