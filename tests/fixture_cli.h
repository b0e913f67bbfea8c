/* SPDX-License-Identifier: Apache-2.0 */
/* The clovis command of the build, as an operator runs it. */
#ifndef FIXTURE_CLI_H
#define FIXTURE_CLI_H

#include <stddef.h>

/* Run it with the arguments; its exit code, and what it says, errors too, in out. */
int cli_run(const char *args, char *out, size_t size);

#endif
