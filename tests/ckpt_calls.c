/* SPDX-License-Identifier: Apache-2.0 */
#include "ckpt_calls.h"

#include "fault.h"

ClHandleT h;
static ClHandleT feed; /* a checkpoint that can be registered for */

static void on_open(ClInvocationT inv, ClHandleT got, unsigned int rc)
{
    (void)inv;
    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        t_close(got);
}

static void on_sync(ClInvocationT inv, unsigned int rc)
{
    (void)inv;
    (void)rc;
}

void calls_begin(void)
{
    OK(t_init(&svc, on_open, on_sync));
    h = opened(svc, "n", WR | CL_CKPT_CHECKPOINT_COLLOCATED, 40, 0, RWC);
    OK(t_active(h));
    OK(add(h, "s", "1"));
    OK(add(h, "t", "2"));
    feed = opened(svc, "feed", WR | CL_CKPT_DISTRIBUTED, 3, 0, RWC);
}

void calls_end(void)
{
    OK(t_close(feed));
    OK(t_close(h));
    end();
}

/* ---- one call after the other -------------------------------------------- */

unsigned int call_initialize(void)
{
    ClHandleT other;
    const unsigned int rc = t_init(&other, on_open, on_sync);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(t_fini(other));
    return rc;
}

unsigned int call_open(void)
{
    const attrs_t a = attrs(WR, 3, 8);
    ClHandleT other;
    const unsigned int rc = t_open(svc, nm("other"), &a, RWC, &other);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(t_close(other));
    return rc;
}

static unsigned int do_open_async(void)
{
    const attrs_t a = attrs(WR, 3, 8);
    const unsigned int rc = t_open_async(svc, 1, nm("other"), &a, RWC);

    world_drain();
    return rc;
}

static unsigned int do_sync_async(void)
{
    const unsigned int rc = t_sync_async(h, 1);

    world_drain();
    return rc;
}

static unsigned int do_delete(void)
{
    const attrs_t a = attrs(WR, 3, 8);
    ClHandleT other;
    unsigned int rc;

    rc = t_open(svc, nm("d"), &a, RWC, &other);
    if (rc != (v.sa ? SA_AIS_OK : CL_OK))
        return rc;
    rc = t_delete(svc, nm("d"));
    OK(t_close(other));
    return rc;
}

static unsigned int do_retention(void)
{
    return t_retention(h, 5);
}

static unsigned int do_active(void)
{
    return t_active(h);
}

unsigned int call_status(void)
{
    ClCkptCheckpointDescriptorT d;

    return t_status(h, &d);
}

static unsigned int do_create(void)
{
    id_t_ id = {2, (ClUint8T *)"id"};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    const unsigned int rc = t_create(h, &a, "1", 1);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(t_section_delete(h, &id));
    return rc;
}

static unsigned int do_generate(void)
{
    id_t_ id = {0, NULL};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    const unsigned int rc = t_create(h, &a, "1", 1);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK)) {
        OK(t_section_delete(h, &id));
        free(id.id);
    } else {
        cr_expect_null(id.id);
    }
    return rc;
}

static unsigned int do_section_delete(void)
{
    const unsigned int rc = t_section_delete(h, sid("t"));

    fault_paused++; /* making it anew is not what is tried */
    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(add(h, "t", "2"));
    fault_paused--;
    return rc;
}

static unsigned int do_expire(void)
{
    return t_expire(h, sid("s"), CL_TIME_END);
}

static unsigned int do_overwrite(void)
{
    return put(h, "s", "1");
}

static unsigned int do_write(void)
{
    const ClCkptIOVectorElementT e = piece("s", "1", 0);

    return t_write(h, &e, 1, NULL);
}

static unsigned int do_write_long(void)
{
    ClCkptIOVectorElementT vec[20];
    int i;

    for (i = 0; i < 20; i++)
        vec[i] = piece("s", "1", 0);
    return t_write(h, vec, 20, NULL);
}

unsigned int call_read(void)
{
    ClCkptIOVectorElementT e = {.sectionId = *sid("s")};
    const unsigned int rc = t_read(h, &e, 1, NULL);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        free(e.dataBuffer);
    else
        cr_expect_null(e.dataBuffer);
    return rc;
}

static unsigned int do_read_long(void)
{
    ClCkptIOVectorElementT vec[20];
    char in[20];
    int i;

    for (i = 0; i < 20; i++)
        vec[i] = (ClCkptIOVectorElementT){
            .sectionId = *sid("s"), .dataBuffer = &in[i], .dataSize = 1};
    return t_read(h, vec, 20, NULL);
}

static unsigned int do_iterate(void)
{
    ClCkptSectionDescriptorT d;
    unsigned int rc;
    ClHandleT it;
    int n = 0;

    rc = t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it);
    if (rc != (v.sa ? SA_AIS_OK : CL_OK))
        return rc;
    do { /* a section that could not be handed over comes again */
        rc = t_next(it, &d);
        if (rc == (v.sa ? SA_AIS_OK : CL_OK)) {
            n++;
            free(d.sectionId.id);
        } else if (fault_was_hit() && rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001)) {
            fault_arm(-1);
        }
    } while (rc == (v.sa ? SA_AIS_OK : CL_OK) ||
             rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001));
    OK(t_iter_end(it));
    if (rc == (v.sa ? SA_AIS_ERR_NO_SECTIONS : 0x160101)) {
        cr_expect_eq(n, 2, "%d sections", n);
        return v.sa ? SA_AIS_OK : CL_OK;
    }
    return rc;
}

static unsigned int do_sync(void)
{
    return t_sync(h, CL_TIME_END);
}

static unsigned int do_check(void)
{
    return clCkptSectionCheck(h, &(id_t_){1, (ClUint8T *)"s"});
}

static unsigned int do_switch_over(void)
{
    return clCkptActiveReplicaSetSwitchOver(h);
}

static unsigned int do_blocks(void)
{
    ClUint8T block[4] = "blk";
    ClDataVectorT data = {0, 4, block};
    ClDifferenceVectorT d = {.numDataVectors = 1, .dataVectors = &data};

    return clCkptSectionOverwriteVector(h, &(id_t_){1, (ClUint8T *)"s"}, 4, &d);
}

static unsigned int do_read_sections(void)
{
    ClCkptIOVectorElementT *all;
    ClUint32T n;
    const unsigned int rc = clCkptCheckpointReadSections(h, &all, &n);

    if (rc == CL_OK) {
        cr_expect_eq(n, 2);
        OK(clCkptIOVectorFree(all, n));
        free(all);
    } else {
        cr_expect(!all && n == 0);
    }
    return rc;
}

static ClRcT on_change(ClCkptHdlT ckpt, ClNameT *name, ClCkptIOVectorElementT *vec,
                       ClUint32T n, ClPtrT cookie)
{
    (void)ckpt;
    (void)name;
    (void)vec;
    (void)n;
    (void)cookie;
    return CL_OK;
}

static unsigned int do_register(void)
{
    const unsigned int rc = clCkptImmediateConsumptionRegister(feed, on_change, NULL);

    if (rc == CL_OK)
        OK(clCkptImmediateConsumptionRegister(feed, NULL, NULL));
    return rc;
}

const struct call calls[] = {
    {"Initialize", "start", call_initialize, false, true},
    {"Open", "ckpt_open", call_open, false, true},
    {"OpenAsync", NULL, do_open_async, false, true},
    {"Delete", "ckpt_unlink", do_delete, false, true},
    {"RetentionDurationSet", "ckpt_retention_set", do_retention, false, false},
    {"ActiveReplicaSet", "ckpt_active_set", do_active, false, false},
    {"StatusGet", "ckpt_status", call_status, false, false},
    {"SectionCreate", "section_create", do_create, false, false},
    {"SectionCreate, generated", "section_create", do_generate, false, true},
    {"SectionDelete", "section_delete", do_section_delete, false, false},
    {"ExpirationTimeSet", "section_expire", do_expire, false, false},
    {"Overwrite", "section_write", do_overwrite, false, false},
    {"Write", "write", do_write, false, false},
    {"Write, long", "write", do_write_long, false, true},
    {"Read", "read", call_read, false, false},
    {"Read, long", "read", do_read_long, false, true},
    {"IterationInitialize", "iter_begin", do_iterate, false, true},
    {"IterationNext", "iter_next", do_iterate, false, true},
    {"Synchronize", "ckpt_sync", do_sync, false, false},
    {"SynchronizeAsync", NULL, do_sync_async, false, true},
    {"collocated, any", "ckpt_active_check", do_overwrite, false, false},
    {"SectionCheck", "section_check", do_check, true, false},
    {"SwitchOver", "ckpt_active_set", do_switch_over, true, false},
    {"OverwriteVector, its read", "read", do_blocks, true, true},
    {"OverwriteVector, its write", "section_write", do_blocks, true, true},
    {"ReadSections", "iter_begin", do_read_sections, true, true},
    {"ReadSections, its read", "read", do_read_sections, true, true},
    {"ReadSections, its walk", "iter_next", do_read_sections, true, true},
    {"ImmediateConsumptionRegister", "feed_set", do_register, true, false},
};

const size_t n_calls = sizeof(calls) / sizeof(*calls);
