/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon with its usual model, and a management client of it. */
#ifndef FIXTURE_MGMT_H
#define FIXTURE_MGMT_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <clAmsMgmtClientApi.h>

#include "fixture_amfd.h"

#define AMS(error) CL_AMS_RC(error)

/* The name as the programs give it: the NUL is counted. */
static inline ClAmsEntityT mgmt_entity(ClAmsEntityTypeT type, const char *name)
{
    ClAmsEntityT e = {.type = type};

    e.name.length = (ClUint16T)(strlen(name) + 1);
    strcpy((char *)e.name.value, name);
    return e;
}

/* counter1 is active, counter2 is standby, and both may be restarted. */
static inline ClAmsMgmtHandleT mgmt_begin(struct amfd *f)
{
    const struct amfd_model restartable = {.restartable = "CL_TRUE"};
    ClVersionT v = {'B', 1, 1};
    ClAmsMgmtHandleT h = 0;

    amfd_start(f, &restartable);
    setenv("CLOVIS_AMF_SOCKET", f->socket, 1);
    cr_assert(amfd_settled(f, 15000));
    cr_assert_eq(clAmsMgmtInitialize(&h, NULL, &v), CL_OK);
    return h;
}

#endif
