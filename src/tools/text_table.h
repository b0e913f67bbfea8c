/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of words in columns that are as wide as their widest word. */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { TEXT_TABLE_COLUMNS = 10 };

struct text_table {
    size_t columns;
    char **cells; /* owned, row after row */
    size_t n, cap;
    const char *only; /* print the first column and the one with this title; NULL: all */
};

/* titles ends with NULL. */
void text_table_begin(struct text_table *t, const char *const *titles);

/* The next cell, formatted. */
void text_table_cell(struct text_table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Print all rows, a blank line before them, if they are wanted; free what they need. A
 * row that a terminal has no room for goes below itself, a line for each cell. COLUMNS
 * is how wide the output is; without it, a terminal is asked. */
void text_table_end(struct text_table *t, bool print);

#endif
