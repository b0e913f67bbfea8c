/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of clovis(1): tables of commands. A row names a command and what
 * runs it, or a group, whose own table comes next on the command line.
 */
#ifndef CLV_COMMAND_H
#define CLV_COMMAND_H

#include <stdbool.h>

enum clv_exit {
    CLV_EXIT_OK = 0,
    CLV_EXIT_FAILED = 1,   /* could not be done */
    CLV_EXIT_USAGE = 2,    /* asked for wrongly */
    CLV_EXIT_CONNECT = 3,  /* nobody there to ask */
    CLV_EXIT_FINDINGS = 4, /* done, and what was looked at is not in order */
    CLV_EXIT_REFUSED = 5,  /* asked rightly, and the daemon said no */
    CLV_EXIT_UNKNOWN = 6   /* what is named does not exist */
};

struct clv_command {
    const char *name;
    const char *usage; /* what follows the name, for example "DIR [--dot]" */
    const char *help;  /* one line */
    /* Run it; argv[0] is the command's name. NULL for a group. */
    enum clv_exit (*run)(const struct clv_command *self, int argc, char **argv);
    const struct clv_command *group; /* table that ends with a row without name */
    const char
        *aliases;     /* other names, blanks between; case does not matter. NULL: none */
    const void *data; /* what run() makes of it */
    bool unlisted;    /* a name of another console: found, in any case, but not listed */
    const char *path; /* the words in front of the name, for example "clovis amf" */
};

/* Run the command of table that argv[0] names. --help is answered here. */
enum clv_exit clv_command_run(const char *path, const struct clv_command *table, int argc,
                              char **argv);

/* Print one line that says what is wrong and how the command is used. */
enum clv_exit clv_command_misused(const struct clv_command *self, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The value of --url becomes CLOVIS_REDIS_URL. It may hold a password, and a command line
 * can be seen by everybody, so only its beginning is left in arg. */
void clv_command_url(char *arg);

#endif
