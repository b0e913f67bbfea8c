/* SPDX-License-Identifier: Apache-2.0 */
/* What the story tests share: usual worlds, and the story as the assertion. */
#ifndef AMF_STORY_H
#define AMF_STORY_H

#include <criterion/criterion.h>

#include "amf/amf_world.h"

/* 1+1 on two nodes, one component each. */
static inline struct world *pair(void)
{
    return world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 1, 1});
}

/* The same with two components and two CSIs. */
static inline struct world *pair_of_two(void)
{
    return world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 2, 1, 2});
}

/* Up, assigned and at rest; it is 10000 then. */
static inline void settled(struct world *w, bool tell)
{
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 10000);
    if (!tell)
        world_forget(w);
}

static inline void world_end(struct world *w)
{
    cr_expect_null(w->broken, "%s", w->broken);
    world_free(w);
}

#define story_is(w, want)                                                                \
    do {                                                                                 \
        const char *story_ = world_story(w);                                             \
        cr_expect_str_eq(story_, want, "line %d, the story was:\n%s", __LINE__, story_); \
    } while (0)

#endif
