/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/text_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void no_memory(void)
{
    fputs("clovis: no memory\n", stderr);
    exit(EXIT_FAILURE);
}

static void cell_take(struct text_table *t, char *text)
{
    char **grown;

    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 64;
        grown = realloc(t->cells, t->cap * sizeof(*t->cells));
        if (!grown)
            no_memory();
        t->cells = grown;
    }
    t->cells[t->n++] = text;
}

void text_table_begin(struct text_table *t, const char *const *titles)
{
    memset(t, 0, sizeof(*t));
    for (; titles[t->columns]; t->columns++)
        text_table_cell(t, "%s", titles[t->columns]);
}

void text_table_cell(struct text_table *t, const char *fmt, ...)
{
    va_list ap;
    char *text;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        no_memory();
    cell_take(t, text);
}

static void widths_find(const struct text_table *t, int *widths)
{
    size_t i, n;

    memset(widths, 0, TEXT_TABLE_COLUMNS * sizeof(*widths));
    for (i = 0; i < t->n; i++) {
        n = strlen(t->cells[i]);
        if ((int)n > widths[i % t->columns])
            widths[i % t->columns] = (int)n;
    }
}

static void cells_print(const struct text_table *t)
{
    int widths[TEXT_TABLE_COLUMNS];
    size_t i, column;

    widths_find(t, widths);
    putchar('\n');
    for (i = 0; i < t->n; i++) {
        column = i % t->columns;
        if (column + 1 < t->columns)
            printf("%-*s  ", widths[column], t->cells[i]);
        else
            printf("%s\n", t->cells[i]);
    }
}

void text_table_end(struct text_table *t, bool print)
{
    size_t i;

    if (print)
        cells_print(t);
    for (i = 0; i < t->n; i++)
        free(t->cells[i]);
    free(t->cells);
    memset(t, 0, sizeof(*t));
}
