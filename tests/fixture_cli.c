/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

int cli_run(const char *args, char *out, size_t size)
{
    const char *dir = getenv("top_builddir");
    char command[600];
    size_t n;
    int status;
    FILE *f;

    snprintf(command, sizeof(command), "%s/clovis %s 2>&1", dir ? dir : ".", args);
    f = popen(command, "r");
    if (!f)
        abort();
    n = fread(out, 1, size - 1, f);
    out[n] = '\0';
    while (fgetc(f) != EOF) {
    }
    status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
