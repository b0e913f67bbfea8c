/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sides, each a network namespace with a clovis-amfd in it, and the store between
 * them: side a plays blade1 with counter1, side b blade2 with counter2. Times in a log
 * of any side are of one clock. Needs root.
 */
#ifndef FIXTURE_SIDES_H
#define FIXTURE_SIDES_H

#include "fixture_amfd.h"
#include "fixture_redis.h"

enum { SIDES_PATIENCE_MS = 40000, SIDES_LEASE_MS = 800 };

struct side {
    struct amfd amfd;
    const char *node, *comp;
    char name[32], link[16], net[24]; /* net: its /30 without the last number */
};

extern struct side sides[2];
extern struct redis sides_store;

/* Namespaces, store and directories. False: it takes root. model: NULL, the default. */
bool sides_begin(const struct amfd_model *model);
/* Also as .fini of a test. */
void sides_end(void);

void side_launch(struct side *s);
/* Cut the link to the store, or heal it. */
void side_link(const struct side *s, bool up);

/* Lose what the side sends, or not: then TCP tries again, later and later. */
void side_packets(const struct side *s, bool arrive);
/* Is anything left that dead processes of the side have sent? */
bool side_sends_for_the_dead(const struct side *s);

/* Wait for text n times in the log of a side's component, or "err"; else the test ends
 * with the daemons' logs. */
void side_expect(struct side *s, const char *log, const char *text, int n);
void sides_show(void);

#endif
