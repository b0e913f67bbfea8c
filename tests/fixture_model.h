/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Models for tests: those below tests/models, and edited copies of them.
 */
#ifndef FIXTURE_MODEL_H
#define FIXTURE_MODEL_H

#include <stddef.h>

#include "amf/amf_model.h"

/* The directory of a model below tests/models; new. */
char *model_dir(const char *name);

/* A directory of this test's own, with the two files of a model; new, model_remove(). */
char *model_copy(const char *name);

/* Write one file of a copy. */
void model_write(const char *dir, const char *file, const void *text, size_t len);

/* The whole of one file; new, with a NUL behind it. */
char *model_read(const char *dir, const char *file, size_t *len);

/* Replace the first find in a file of a copy; it must be there. */
void model_edit(const char *dir, const char *file, const char *find, const char *replace);

/* Remove the directory and free its name. */
void model_remove(char *dir);

/* All that a model says, one entity a line; new. */
char *model_print(const struct amf_model *m);

#endif
