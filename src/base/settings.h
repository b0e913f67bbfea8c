/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: the environment first, then the file named by CLOVIS_CONF, else
 * /etc/clovis/clovis.conf, with lines KEY=VALUE and the same names. '#' starts
 * a comment line. The file is read once per process.
 */
#ifndef CLV_SETTINGS_H
#define CLV_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* The value of a setting, or NULL; an empty value counts as unset. Borrowed, for
 * as long as the environment is not changed. */
const char *clv_setting(const char *key);

/* Where a setting came from, for error texts: "environment" or "FILE:LINE". */
const char *clv_setting_origin(const char *key);

/* A whole number within [min, max]; *out is the default when the setting is not
 * there. False, with a log line that names the setting and the range, when it
 * is there and wrong; *out is the default then, too. */
bool clv_setting_int(const char *key, int64_t min, int64_t max, int64_t dflt,
                     int64_t *out);

#endif
