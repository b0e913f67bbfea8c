/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_amf_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int amf_run(struct amfd *f, const char *words, char **out)
{
    const char *argv[16] = {"clovis", "amf"};
    char copy[700];
    char *word, *rest;
    size_t n = 2;

    snprintf(copy, sizeof(copy), "%s", words);
    for (word = strtok_r(copy, " ", &rest); word && n < 15;
         word = strtok_r(NULL, " ", &rest))
        argv[n++] = word;
    return amfd_run(f, argv, out);
}

void amf_rows_run(struct amfd *f, const struct amf_row *rows, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        char *out;
        const int code = amf_run(f, rows[i].words, &out);

        cr_expect(code == rows[i].code && strstr(out, rows[i].says),
                  "row %zu, %s: expected %d and \"%s\", got %d and\n%s", i, rows[i].words,
                  rows[i].code, rows[i].says, code, out);
        free(out);
    }
}

json_t *amf_json(struct amfd *f, const char *words)
{
    json_error_t error;
    json_t *o;
    char *out;

    amf_run(f, words, &out);
    o = json_loads(out, 0, &error);
    cr_expect(o, "%s: %s in\n%s", words, error.text, out);
    free(out);
    return o;
}
