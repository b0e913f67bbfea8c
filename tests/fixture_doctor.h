/* SPDX-License-Identifier: Apache-2.0 */
/* clovis doctor as an operator runs it, and its report. */
#ifndef FIXTURE_DOCTOR_H
#define FIXTURE_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

/* Run clovis doctor --json with more arguments; its exit code, and the report (new; NULL:
 * what it printed is no JSON). */
int doctor_run(const char *args, json_t **report);

/* How many findings of the report there are with that severity, check and, in what was
 * found, text; NULL stands for any. */
int doctor_count(const json_t *report, const char *severity, const char *check,
                 const char *text);

/* Print the report to standard error. */
void doctor_show(const json_t *report);

#endif
