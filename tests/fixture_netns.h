/* SPDX-License-Identifier: Apache-2.0 */
/* Network namespaces that a test makes for itself. It takes root. */
#ifndef FIXTURE_NETNS_H
#define FIXTURE_NETNS_H

#include <stdbool.h>

/* Run a shell command, with ip in its PATH; false when it fails, and says which. */
bool netns_shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Move the calling thread into a namespace; what it starts from now on is in there. */
bool netns_enter(const char *name);

#endif
