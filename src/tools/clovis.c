/* SPDX-License-Identifier: Apache-2.0 */
/* clovis(1): one program, a table of commands. */
#include <stdio.h>
#include <string.h>

#include "bench/cmd_bench.h"
#include "tools/cmd_amf.h"
#include "tools/cmd_store.h"
#include "tools/command.h"

static const struct clv_command commands[] = {
    {.name = "amf",
     .help = "models and the daemon that runs them",
     .group = cmd_amf_table},
    {.name = "bench",
     .usage = "[ckpt|start|sync|cache|scale|amf|amf-scale] [--quick] [--json] "
              "[--progress] [--url URL]... [--kills N] [--daemon PATH]",
     .help = "checkpoint calls against raw hiredis, and fail-over times",
     .run = cmd_bench},
    {.name = "bench-component",
     .usage = "",
     .help = "the component that bench amf kills; started by it",
     .run = cmd_bench_component},
    {.name = "doctor",
     .usage = CMD_DOCTOR_USAGE,
     .help = "look for settings, rights and states of the store that may cost data",
     .run = cmd_doctor},
    {.name = "store",
     .help = "the Redis behind the checkpoints: members, losses, settings",
     .group = cmd_store_table},
    {.name = "guard",
     .usage = "[--once] [--interval MS]",
     .help = "keep Sentinel from promoting a server that lacks acknowledged data",
     .run = cmd_guard},
    {.name = NULL},
};

static enum clv_exit version_print(void)
{
    printf("clovis (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
    return CLV_EXIT_OK;
}

/* A full disk must not look like success. */
static enum clv_exit output_check(enum clv_exit result)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return result;
    perror("clovis: cannot write the output");
    return CLV_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return (int)output_check(version_print());
    return (int)output_check(clv_command_run("clovis", commands, argc - 1, argv + 1));
}
