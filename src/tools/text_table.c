/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/text_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

static bool is_wanted(const struct text_table *t, size_t column)
{
    return !t->only || column == 0 || strcmp(t->cells[column], t->only) == 0;
}

/* The columns of the terminal, or of what COLUMNS stands for; 0: no limit is known. */
static size_t room(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = {0};

    if (columns && *columns)
        return (size_t)strtoul(columns, NULL, 10);
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

static void lines_print(const struct text_table *t, const int *widths)
{
    size_t i, last = 0;

    for (i = 0; i < t->columns; i++)
        last = is_wanted(t, i) ? i : last;
    for (i = 0; i < t->n; i++) {
        if (i % t->columns == last)
            printf("%s\n", t->cells[i]);
        else if (is_wanted(t, i % t->columns))
            printf("%-*s  ", widths[i % t->columns], t->cells[i]);
    }
}

/* "SU counterSU1", and below it, set in, the other titles with their words. */
static void blocks_print(const struct text_table *t)
{
    size_t i, column;
    int width = 0;

    for (i = 0; i < t->columns; i++)
        if ((int)strlen(t->cells[i]) > width)
            width = (int)strlen(t->cells[i]);
    for (i = t->columns; i < t->n; i++) {
        column = i % t->columns;
        if (is_wanted(t, column))
            printf(column ? "  %-*s  %s\n" : "%-*s    %s\n", width, t->cells[column],
                   t->cells[i]);
    }
}

static void cells_print(const struct text_table *t)
{
    int widths[TEXT_TABLE_COLUMNS];
    const size_t most = room();
    size_t i, needed = 0;

    if (t->columns == 0)
        return;
    widths_find(t, widths);
    for (i = 0; i < t->columns; i++)
        if (is_wanted(t, i))
            needed += (size_t)widths[i] + (needed ? 2 : 0);
    putchar('\n');
    if (most && needed > most)
        blocks_print(t);
    else
        lines_print(t, widths);
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
