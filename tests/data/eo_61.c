/* SPDX-License-Identifier: Apache-2.0 */
/* The binary shape of a 6.1 program without main(): its clEoConfig has no name in front.
 * The structure stands here as that release laid it out, whatever our headers say. */
#include <stdio.h>

extern char *clEoNameGet(void);

static unsigned initialize(unsigned argc, char *argv[])
{
    (void)argv;
    printf("%u %s\n", argc, clEoNameGet());
    return 0;
}

struct {
    int priority;
    unsigned threads, port, clients;
    int type;
    unsigned (*callouts[4])(unsigned, char *[]);
    void *action;
    unsigned short serialize;
} clEoConfig = {80, 2, 0, 20, 0, {initialize, 0, 0, 0}, 0, 0};
