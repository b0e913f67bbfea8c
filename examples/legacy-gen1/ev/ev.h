/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a component: a stream of its own beside the lines on the console. */
#ifndef EV_H
#define EV_H

#include <clCommon.h>
#include <clLogApi.h>

ClRcT ev_open(const ClCharT *component);
void ev_close(void);
void ev_write(ClLogSeverityT severity, const ClCharT *format, ...) CL_PRINTF_FORMAT(2, 3);

#endif
