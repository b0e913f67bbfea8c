/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component is started with: path, arguments, environment, log file.
 */
#ifndef AMF_LAUNCH_H
#define AMF_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

#include "amf/amf_model.h"
#include "amf/amf_settings.h"

struct amf_launch {
    /* owned; argv and env end with NULL */
    char *path;
    char **argv, **env;
};

/* Fill *out from the model. False: what is to be run cannot be, and error says so
 * in one line that names the path, the component and the model's file and line. */
bool amf_launch_prepare(struct amf_launch *out, const struct amf_settings *s,
                        const struct amf_model *m, int comp, char *error, size_t size);

/* The same environment for a shell command on behalf of the component (clean-up). */
void amf_launch_shell(struct amf_launch *out, const struct amf_settings *s,
                      const struct amf_model *m, int comp, const char *script,
                      const char *command);

void amf_launch_free(struct amf_launch *l);

/* Opened for append, or -1 with errno set: LOGDIR/<component>.log. */
int amf_launch_log(const struct amf_settings *s, const struct amf_comp *c);

#endif
