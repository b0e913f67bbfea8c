/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. Iteration. */
#include "ckpt_case.h"

#include "base/clock.h"

TestSuite(rows_iter, .timeout = 100);

/* ---- iteration ------------------------------------------------------ */

static void iteration_body(void)
{
    ClCkptSectionDescriptorT d = {.sectionSize = 7};
    ClHandleT h, it, it2;
    ClTimeT before;
    int n;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    ROW("IterationInitialize#1", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, NULL), NULL_POINTER);
    ROW("IterationInitialize#2", t_iter(h, 6, 0, &it), INVALID_PARAMETER);
    ROW("IterationInitialize#2", t_iter(h, 0, 0, &it), INVALID_PARAMETER);
    FACT("Sa.wrapper#3", !v.sa || it == UINT64_MAX);
    ROW("IterationInitialize#2", t_iter(0, 99, 0, &it), INVALID_PARAMETER);
    ROW("IterationInitialize#3", t_iter(0, CL_CKPT_SECTIONS_ANY, 0, &it), INVALID_HANDLE);
    ROW_OK("IterationInitialize#5", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    ROW("IterationNext#2", t_next(it, NULL), NULL_POINTER);
    ROW_END("IterationInitialize#5", t_next(it, &d));
    FACT("IterationNext#4", d.sectionSize == 7);
    ROW_OK("IterationFinalize#4", t_iter_end(it));
    before = clv_wall_ns();
    OK(add(h, "a", "1"));
    OK(add(h, "b", "22"));
    OK(add(h, "c", "333"));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_section_delete(h, sid("b")));
    OK(add(h, "d", "4444"));
    OK(put(h, "a", "new size"));
    for (n = 0; t_next(it, &d) == (v.sa ? SA_AIS_OK : CL_OK); n++) {
        const char c = (char)d.sectionId.id[0];

        FACT("Iteration.live#1", d.sectionId.idLen == 1 && (c == 'a' || c == 'c'));
        FACT("Iteration.live#2", d.sectionSize == (c == 'a' ? 8u : 3u));
        FACT("Iteration.desc#1", d.sectionState == CL_CKPT_SECTION_VALID);
        FACT("Iteration.desc#2", d.expirationTime == INT64_MAX);
        FACT("Iteration.desc#3", d.lastUpdate >= before - CLV_NS_PER_S &&
                                     d.lastUpdate <= clv_wall_ns() + CLV_NS_PER_S);
        free(d.sectionId.id); /* the caller's own */
    }
    FACT("Iteration.live#1", n == 2);
    ROW_END("trap_04", t_next(it, &d));
    ROW_END("IterationNext#4", t_next(it, &d));
    if (!v.sa)
        FACT("trap_04", clCkptSectionIterationNext(it, &d) == 0x160101);
    ROW_OK("IterationFinalize#4", t_iter_end(it));
    ROW("IterationFinalize#4", t_iter_end(it), INVALID_HANDLE);
    ROW("IterationNext#3", t_next(it, &d), INVALID_HANDLE);
    ROW("IterationNext#3", t_next(h, &d), INVALID_HANDLE);
    ROW("IterationFinalize#2", t_iter_end(h), INVALID_HANDLE);
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it2));
    OK(t_next(it2, &d));
    OK(t_close(h));
    free(d.sectionId.id); /* outlives the iteration */
    ROW("IterationNext#3", t_next(it, &d), INVALID_HANDLE);
    ROW("IterationFinalize#3", t_iter_end(it), INVALID_HANDLE);
    h = opened(svc, "one", WR, 1, 16, RWC);
    row_at(__LINE__, "Rules.iter#1", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it),
           v.b02 ? CL_OK : CL_ERR_OP_NOT_PERMITTED);
    if (v.b02) {
        ROW_OK("Rules.iter#1", t_next(it, &d));
        FACT("Rules.iter#1", d.sectionId.idLen == 0 && d.expirationTime == INT64_MAX);
        free(d.sectionId.id);
        ROW_END("Rules.iter#1", t_next(it, &d));
        OK(t_iter_end(it));
    }
    OK(t_close(h));
    end();
}

Test(rows_iter, iteration)
{
    each_variant(iteration_body);
}

static void expired_since_body(void)
{
    ClHandleT h, it;
    ClCkptSectionDescriptorT d;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(add(h, "a", "1"));
    OK(add(h, "b", "1"));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_expire(h, sid("a"), clv_wall_ns() - CLV_NS_PER_S));
    ROW_OK("Iteration.live#3", t_next(it, &d));
    FACT("Iteration.live#3", d.sectionId.idLen == 1 && d.sectionId.id[0] == 'b');
    free(d.sectionId.id);
    ROW_END("Iteration.live#3", t_next(it, &d));
    OK(t_iter_end(it));
    OK(t_close(h));
    end();
}

Test(rows_iter, a_section_that_expired_meanwhile_is_skipped)
{
    each_variant(expired_since_body);
}

static void filter_body(void)
{
    const ClTimeT now = clv_wall_ns(), s = CLV_NS_PER_S;
    const struct {
        const char *id;
        int chosen;
        ClTimeT t;
        int n;
    } t[] = {
        {"Iteration.filter#1", CL_CKPT_SECTIONS_FOREVER, 0, 2},
        {"Iteration.filter#5", CL_CKPT_SECTIONS_ANY, 0, 5},
        {"Iteration.filter#4", CL_CKPT_SECTIONS_CORRUPTED, 0, 0},
        {"Iteration.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, now + 200 * s, 2},
        {"Iteration.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, now + 199 * s, 1},
        {"Iteration.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, now + 50 * s, 0},
        {"Iteration.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, INT64_MAX, 5},
        {"Iteration.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, now + 200 * s, 4},
        {"Iteration.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, now + 201 * s, 3},
        {"Iteration.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, INT64_MAX, 2},
        {"Iteration.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, 0, 5},
        {"Time.filter#1", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, 250 * s, 2},
        {"Time.filter#1", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, 250 * s, 3},
    };
    ClHandleT h;
    size_t i;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(add_until(h, "1", now + 100 * s));
    OK(add_until(h, "2", now + 200 * s));
    OK(add_until(h, "3", now + 300 * s));
    OK(add(h, "4", "x"));
    OK(add(h, "5", "x"));
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        const int n = count_chosen(h, t[i].chosen, t[i].t);

        cr_expect_eq(n, t[i].n, "row %s (%zu), %s: %d sections, want %d", t[i].id, i,
                     v.name, n, t[i].n);
    }
    OK(t_close(h));
    end();
}

Test(rows_iter, iteration_filters)
{
    each_variant(filter_body);
}
