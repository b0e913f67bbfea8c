/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the two rule sets differ, as data. Which one applies is settled by the
 * version that a program initialises with; the service handle carries it, and
 * every handle made from it inherits it.
 */
#ifndef CLV_RULES_H
#define CLV_RULES_H

#include <stdbool.h>
#include <stdint.h>

struct clv_rules {
    uint32_t write_flags;   /* any of these open flags grants writing */
    bool one_update_flag;   /* at creation: exactly one of WR_*, no unknown bit */
    bool open_flags_needed; /* an open with flags 0 is refused */
    bool
        sa_clips_size; /* saCkptCheckpointOpen reduces a checkpointSize that is too big */
    bool retention_compared;   /* by a re-open, beside the other five attributes */
    bool default_is_a_section; /* counted and iterated */
    bool empty_id_generates;   /* a non-NULL id of length 0, at creation */
    bool success_zeroes_index; /* *erroneousVectorIndex */
};

extern const struct clv_rules clv_rules_clovis;
extern const struct clv_rules clv_rules_saf_b02;

struct clv_version {
    uint8_t release, major, minor;
};

/* The rule set for the version asked for; *v becomes the version to report. NULL,
 * with *v the highest one supported, when it is not. */
const struct clv_rules *clv_rules_for_cl(struct clv_version *v);
const struct clv_rules *clv_rules_for_sa(struct clv_version *v);

#endif
