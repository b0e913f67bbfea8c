/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf against the daemon of a test: words, exit code, what it says. */
#ifndef FIXTURE_AMF_ROWS_H
#define FIXTURE_AMF_ROWS_H

#include <stddef.h>

#include "fixture_amfd.h"

struct amf_row {
    const char *words;
    int code;
    const char *says; /* somewhere in the output */
};

/* clovis amf WORDS; its exit code, and its output (new). */
int amf_run(struct amfd *f, const char *words, char **out);

/* In this order; each that is not as expected is a failed expectation of the test. */
void amf_rows_run(struct amfd *f, const struct amf_row *rows, size_t n);

/* What clovis amf WORDS prints, which is to be one JSON value; new. NULL: it is not. */
json_t *amf_json(struct amfd *f, const char *words);

#endif
