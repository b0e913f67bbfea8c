/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/command.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/similar.h"

static bool is_alias(const char *aliases, const char *name)
{
    const size_t len = strlen(name);
    size_t n;

    for (; aliases && *aliases; aliases += n + strspn(aliases + n, " ")) {
        n = strcspn(aliases, " ");
        if (n == len && strncasecmp(aliases, name, n) == 0)
            return true;
    }
    return false;
}

static const struct clv_command *command_find(const struct clv_command *table,
                                              const char *name)
{
    const struct clv_command *row;

    for (row = table; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    for (row = table; row->name; row++)
        if (is_alias(row->aliases, name) ||
            (row->unlisted && strcasecmp(row->name, name) == 0))
            return row;
    return NULL;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool help_wanted(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_help(argv[i]))
            return true;
    return false;
}

static enum clv_exit table_help(const char *path, const struct clv_command *table)
{
    printf("usage: %s COMMAND [ARGUMENT...]\n\n", path);
    for (; table->name; table++)
        if (!table->unlisted)
            printf("  %-24s %s\n", table->name, table->help);
    printf("\n%s COMMAND --help says more about one.\n"
           "Exit status: 0 done, 1 failed, 2 asked for wrongly, 3 nobody there,\n"
           "4 done with findings, 5 refused, 6 no such name.\n",
           path);
    return CLV_EXIT_OK;
}

static enum clv_exit command_help(const struct clv_command *c)
{
    printf("usage: %s %s%s%s\n\n%s\n", c->path, c->name, *c->usage ? " " : "", c->usage,
           c->help);
    if (c->aliases)
        printf("\nAlso called: %s\n", c->aliases);
    return CLV_EXIT_OK;
}

/* Whether a command of the table is called nearly so; then that was said. */
static bool similar_named(const char *path, const struct clv_command *table,
                          const char *word)
{
    struct similar s;
    size_t n = 0;

    similar_begin(&s, word);
    for (; table->name; table++) {
        similar_look_in(&s, table->name, &n);
        similar_look_in(&s, table->aliases, &n);
    }
    if (s.best)
        fprintf(stderr,
                "%s: \"%s\" is not a command, did you mean \"%.*s\"? %s --help lists "
                "them\n",
                path, word, (int)n, s.best, path);
    return s.best != NULL;
}

/* "PATH: what, expected one of a b c (PATH --help)" */
static enum clv_exit table_misused(const char *path, const struct clv_command *table,
                                   const char *word)
{
    if (word && similar_named(path, table, word))
        return CLV_EXIT_USAGE;
    if (word)
        fprintf(stderr, "%s: \"%s\" is not a command, expected one of:", path, word);
    else
        fprintf(stderr, "%s: no command, expected one of:", path);
    for (; table->name; table++)
        if (!table->unlisted)
            fprintf(stderr, " %s", table->name);
    fputc('\n', stderr);
    return CLV_EXIT_USAGE;
}

static enum clv_exit group_run(const struct clv_command *c, const char *path, int argc,
                               char **argv)
{
    char longer[64];

    snprintf(longer, sizeof(longer), "%s %s", path, c->name);
    return clv_command_run(longer, c->group, argc - 1, argv + 1);
}

/* "help" is --help, "help COMMAND" that of the command. */
static enum clv_exit help_run(const char *path, const struct clv_command *table, int argc,
                              char **argv)
{
    char option[] = "--help";
    char *words[] = {argc > 1 ? argv[1] : option, option, NULL};

    return clv_command_run(path, table, argc > 1 ? 2 : 1, words);
}

enum clv_exit clv_command_run(const char *path, const struct clv_command *table, int argc,
                              char **argv)
{
    const struct clv_command *found;
    struct clv_command self;

    if (argc < 1)
        return table_misused(path, table, NULL);
    if (is_help(argv[0]))
        return table_help(path, table);
    if (strcmp(argv[0], "help") == 0)
        return help_run(path, table, argc, argv);
    found = command_find(table, argv[0]);
    if (!found)
        return table_misused(path, table, argv[0]);
    if (found->group)
        return group_run(found, path, argc, argv);
    self = *found;
    self.path = path;
    return help_wanted(argc, argv) ? command_help(&self) : self.run(&self, argc, argv);
}

enum clv_exit clv_command_misused(const struct clv_command *self, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "%s %s: ", self->path, self->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, ", expected: %s %s %s\n", self->path, self->name, self->usage);
    return CLV_EXIT_USAGE;
}

void clv_command_url(char *arg)
{
    char *secret = strchr(arg, '@') ? strstr(arg, "://") : NULL;

    setenv("CLOVIS_REDIS_URL", arg, 1);
    if (secret)
        memset(secret + 3, '*', strlen(secret + 3));
}
