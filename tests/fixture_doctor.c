/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

int doctor_run(const char *args, json_t **report)
{
    const char *dir = getenv("top_builddir");
    char command[600];
    int status;
    FILE *f;

    snprintf(command, sizeof(command), "%s/clovis doctor --json %s", dir ? dir : ".",
             args);
    f = popen(command, "r");
    if (!f)
        abort();
    *report = json_loadf(f, 0, NULL);
    while (fgetc(f) != EOF) {
    }
    status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool fits(const json_t *finding, const char *key, const char *want, bool part)
{
    const char *is = json_string_value(json_object_get(finding, key));

    return !want || (is && (part ? strstr(is, want) != NULL : strcmp(is, want) == 0));
}

int doctor_count(const json_t *report, const char *severity, const char *check,
                 const char *text)
{
    const json_t *f;
    size_t i;
    int n = 0;

    json_array_foreach(json_object_get(report, "findings"), i, f) n +=
        fits(f, "severity", severity, false) && fits(f, "check", check, false) &&
        fits(f, "what", text, true);
    return n;
}

void doctor_show(const json_t *report)
{
    json_dumpf(report, stderr, JSON_INDENT(1));
    fputc('\n', stderr);
}
