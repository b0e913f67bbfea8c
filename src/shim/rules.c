/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/rules.h"

#include <clCkptApi.h>

const struct clv_rules clv_rules_clovis = {
    .write_flags = CL_CKPT_CHECKPOINT_WRITE | CL_CKPT_CHECKPOINT_CREATE,
    .sa_clips_size = true,
    .retention_compared = true,
    .empty_id_generates = true,
    .success_zeroes_index = true,
};

const struct clv_rules clv_rules_saf_b02 = {
    .write_flags = CL_CKPT_CHECKPOINT_WRITE,
    .one_update_flag = true,
    .open_flags_needed = true,
    .default_is_a_section = true,
};

const struct clv_rules *clv_rules_for_cl(struct clv_version *v)
{
    const bool ok = v->release == 'B' && v->major <= 1;

    *v = (struct clv_version){'B', 1, 1};
    return ok ? &clv_rules_clovis : NULL;
}

const struct clv_rules *clv_rules_for_sa(struct clv_version *v)
{
    if (v->release == 'B' && v->major <= 1)
        return clv_rules_for_cl(v);
    if (v->release == 'B' && v->major == 2) {
        v->minor = v->minor <= 2 ? 2 : 3;
        return &clv_rules_saf_b02;
    }
    *v = (struct clv_version){'B', 2, 3};
    return NULL;
}
