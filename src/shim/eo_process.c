/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/eo_process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clEoApi.h>

#include "amf/amf_client.h"

/* Programs read these; their sizes are part of the ABI. */
ClCharT ASP_NODENAME[CL_MAX_NAME_LENGTH];
ClCharT ASP_COMPNAME[CL_MAX_NAME_LENGTH];
ClCharT ASP_RUNDIR[CL_MAX_NAME_LENGTH];
ClCharT ASP_LOGDIR[CL_MAX_NAME_LENGTH];
ClCharT ASP_BINDIR[CL_MAX_NAME_LENGTH];
ClCharT ASP_CONFIG[CL_MAX_NAME_LENGTH];
ClCharT ASP_DBDIR[CL_MAX_NAME_LENGTH];
ClCharT ASP_APP_BINDIR[CL_MAX_NAME_LENGTH];
ClCharT CL_APP_BINDIR[CL_MAX_NAME_LENGTH];
ClUint32T ASP_NODEADDR;
ClBoolT SYSTEM_CONTROLLER;
ClBoolT ASP_SC_PROMOTE;

static void value_set(ClCharT to[CL_MAX_NAME_LENGTH], const char *variable,
                      const char *otherwise)
{
    const char *value = getenv(variable);

    snprintf(to, CL_MAX_NAME_LENGTH, "%s", value && *value ? value : otherwise);
}

/* The directory of the executable, else the working directory. */
static void program_dir(char *dir, size_t size)
{
    const ssize_t n = readlink("/proc/self/exe", dir, size - 1);
    char *slash;

    dir[n > 0 ? n : 0] = '\0';
    slash = strrchr(dir, '/');
    if (slash)
        *slash = '\0';
    else
        snprintf(dir, size, ".");
}

/* A program started by hand has few of these variables, and needs none but the
 * component's name. */
static void variables_fill(void)
{
    char text[CL_MAX_NAME_LENGTH + 1] = ".";

    if (!getcwd(text, CL_MAX_NAME_LENGTH))
        snprintf(text, sizeof(text), ".");
    value_set(ASP_RUNDIR, "ASP_RUNDIR", text);
    value_set(ASP_LOGDIR, "ASP_LOGDIR", ASP_RUNDIR);
    value_set(ASP_CONFIG, "ASP_CONFIG", ASP_RUNDIR);
    value_set(ASP_DBDIR, "ASP_DBDIR", ASP_RUNDIR);
    program_dir(text, CL_MAX_NAME_LENGTH);
    value_set(ASP_BINDIR, "ASP_BINDIR", text);
    value_set(ASP_APP_BINDIR, "ASP_APP_BINDIR", text);
    memcpy(CL_APP_BINDIR, ASP_APP_BINDIR, sizeof(CL_APP_BINDIR));
    value_set(ASP_COMPNAME, "ASP_COMPNAME", "");
    eo_node_name(text);
    value_set(ASP_NODENAME, "ASP_NODENAME", text);
    ASP_NODEADDR = eo_node_address();
    SYSTEM_CONTROLLER = clParseEnvBoolean("SYSTEM_CONTROLLER");
    ASP_SC_PROMOTE = clParseEnvBoolean("ASP_SC_PROMOTE");
}

void eo_environment_read(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, variables_fill);
}

void eo_node_name(char text[CL_MAX_NAME_LENGTH + 1])
{
    const char *set = getenv("ASP_NODENAME");
    uint32_t addr;

    if (set && *set)
        snprintf(text, CL_MAX_NAME_LENGTH, "%s", set);
    else if (!amf_client_node(text, CL_MAX_NAME_LENGTH, &addr) &&
             gethostname(text, CL_MAX_NAME_LENGTH) < 0)
        snprintf(text, CL_MAX_NAME_LENGTH, "localhost");
    text[CL_MAX_NAME_LENGTH - 1] = '\0';
}

ClIocNodeAddressT eo_node_address(void)
{
    const char *set = getenv("ASP_NODEADDR");
    char name[CL_MAX_NAME_LENGTH];
    uint32_t addr = 0;

    if (set && *set)
        addr = (uint32_t)strtoul(set, NULL, 10);
    else
        amf_client_node(name, sizeof(name), &addr);
    return addr ? addr : 1;
}

ClIocNodeAddressT clIocLocalAddressGet(void)
{
    return eo_node_address();
}
