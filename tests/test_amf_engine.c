/* SPDX-License-Identifier: Apache-2.0 */
/* The stories of the contract, one for each numbered sequence. */
#include <criterion/criterion.h>

#include "amf_world.h"

static struct world *pair(void)
{
    return world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 1, 1});
}

static void settled(struct world *w)
{
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 10000);
    world_forget(w);
}

static void end(struct world *w)
{
    cr_assert_null(w->broken, "%s", w->broken);
    world_free(w);
}

Test(amf_engine, cold_start_waits_then_assigns_active_and_standby)
{
    struct world *w = pair();

    world_begin(w);
    world_nodes_up(w);
    world_run(w, 10000);
    cr_assert_str_eq(
        world_story(w),
        "[    0] launch comp1\n"
        "[    0] launch comp2\n"
        "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
        "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    end(w);
}

Test(amf_engine, lock_of_the_active_su_moves_the_work)
{
    struct world *w = pair();

    settled(w);
    cr_assert_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    cr_assert_str_eq(world_story(w),
                     "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                     "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                     "[10005] remove comp1 csi1 TARGET_ONE\n");
    end(w);
}
