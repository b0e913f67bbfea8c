/* SPDX-License-Identifier: Apache-2.0 */
/* One line for one event of the daemon. */
#ifndef EVENT_PRINT_H
#define EVENT_PRINT_H

#include <jansson.h>

void event_print(const json_t *event);
void event_print_json(const json_t *event);

#endif
