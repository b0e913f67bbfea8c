/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. The calls beyond clCkptApi.h and saCkpt.h. */
#include <pthread.h>
#include <stdatomic.h>

#include "ckpt_case.h"

TestSuite(rows_ext, .timeout = 100);

/* ---- Cl names only ---------------------------------------------- */

static ClRcT on_replica_change(const ClNameT *name, ClIocNodeAddressT address)
{
    (void)name;
    (void)address;
    return CL_OK;
}

static void ipi_body(void)
{
    id_t_ s = {1, (ClUint8T *)"s"}, none = {1, (ClUint8T *)"x"}, empty = {0, NULL};
    ClCkptIOVectorElementT e = piece("s", "12", 0);
    ClHandleT h, coll;

    if (v.sa)
        return;
    FACT("Internal#10", clCkptDifferentialCheckpointStatusGet() == CL_FALSE);
    ROW("Internal#1", clCkptSectionCheck(1, NULL), INVALID_PARAMETER);
    ROW("Internal#2", clCkptSectionCheck(1, &s), NOT_INITIALIZED);
    ROW("Internal#2", clCkptActiveReplicaSetSwitchOver(1), NOT_INITIALIZED);
    begin();
    ROW("Internal#2", clCkptSectionCheck(1, &s), INVALID_HANDLE);
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "1"));
    ROW_OK("Internal#3", clCkptSectionCheck(h, &s));
    ROW("Internal#4", clCkptSectionCheck(h, &none), NOT_EXIST);
    ROW("Internal#5", clCkptSectionCheck(h, &empty), NOT_EXIST);
    ROW("Internal#6", clCkptActiveReplicaSetSwitchOver(h), OP_NOT_PERMITTED);
    ROW_OK("Internal#8", clCkptSectionOverwriteLinear(h, &s, "abc", 3));
    ROW("Internal#8", clCkptSectionOverwriteLinear(h, NULL, "abc", 3), NULL_POINTER);
    ROW_OK("Internal#9", clCkptCheckpointWriteLinear(h, &e, 1, NULL));
    ROW("Internal#9", clCkptCheckpointWriteLinear(h, NULL, 1, NULL), NULL_POINTER);
    cr_expect_str_eq(content(h, "s"), "12c", "row Internal#9");
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 8, RWC);
    ROW_OK("Internal#5", clCkptSectionCheck(h, &empty));
    OK(t_close(h));
    coll = opened(svc, "c", WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8, RWC);
    OK(t_open(svc, nm("c"), NULL, R, &h));
    ROW_OK("Internal#7", clCkptActiveReplicaSetSwitchOver(h)); /* no mode is asked for */
    ROW_OK("Internal#7", add(coll, "s", "1"));
    OK(t_close(h));
    OK(t_close(coll));
    end();
    ROW("Extra#2", clCkptReplicaChangeRegister(NULL), INVALID_PARAMETER);
    ROW_OK("Extra#3", clCkptReplicaChangeRegister(on_replica_change));
    ROW("Extra#1", clCkptReplicaChangeRegister(on_replica_change), INITIALIZED);
    ROW("Extra#1", clCkptReplicaChangeRegister(NULL), INITIALIZED);
    ROW_OK("Extra#4", clCkptReplicaChangeDeregister());
    ROW_OK("Extra#4", clCkptReplicaChangeDeregister());
    ROW_OK("Extra#3", clCkptReplicaChangeRegister(on_replica_change));
    OK(clCkptReplicaChangeDeregister());
}

Test(rows_ext, calls_that_were_internal)
{
    each_variant(ipi_body);
}

static void blocks_body(void)
{
    static ClUint8T block[4096], last[10];
    ClDataVectorT data[2] = {{1, sizeof(block), block}, {2, sizeof(last), last}};
    ClDifferenceVectorT d = {.numDataVectors = 2, .dataVectors = data};
    ClCkptIOVectorElementT e = piece("s", "", 0);
    id_t_ s = {1, (ClUint8T *)"s"};
    ClHandleT h;

    if (v.sa)
        return;
    begin();
    h = opened(svc, "n", WR, 3, 0, RWC);
    OK(add(h, "s", "first block"));
    memset(block, 'b', sizeof(block));
    memset(last, 'l', sizeof(last));
    ROW("Extra#5", clCkptSectionOverwriteVector(h, NULL, 8202, &d), NULL_POINTER);
    ROW("Extra#6", clCkptSectionOverwriteVector(h, &s, 0, &d), INVALID_PARAMETER);
    ROW("Extra#6", clCkptSectionOverwriteVector(h, &s, 8202, NULL), INVALID_PARAMETER);
    ROW("Extra#6", clCkptSectionOverwriteVector(h, &s, 8201, &d), INVALID_PARAMETER);
    ROW_OK("Extra#7", clCkptSectionOverwriteVector(h, &s, 8202, &d));
    e.dataBuffer = NULL;
    OK(t_read(h, &e, 1, NULL));
    FACT("Extra#7", e.readSize == 8202 &&
                        memcmp(e.dataBuffer, "first block\0", 12) == 0 &&
                        memcmp((char *)e.dataBuffer + 4096, block, 4096) == 0 &&
                        memcmp((char *)e.dataBuffer + 8192, last, 10) == 0);
    free(e.dataBuffer);
    d.numDataVectors = 0;
    ROW("Extra#6", clCkptSectionOverwriteVector(h, &s, 8202, &d), INVALID_PARAMETER);
    d.numDataVectors = 1;
    data[0] = (ClDataVectorT){0, 5, block};
    ROW_OK("Extra#7", clCkptSectionOverwriteVector(h, &s, 7, &d)); /* cut, too */
    cr_expect_str_eq(content(h, "s"), "bbbbb b", "row Extra#7");
    s.id = (ClUint8T *)"x";
    ROW("Extra#7", clCkptSectionOverwriteVector(h, &s, 7, &d), NOT_EXIST);
    OK(t_close(h));
    end();
}

Test(rows_ext, overwrite_vector)
{
    each_variant(blocks_body);
}

static void read_sections_body(void)
{
    ClCkptIOVectorElementT *all = (void *)1;
    ClUint32T n = 9, i, seen = 0;
    ClHandleT h, w;

    if (v.sa)
        return;
    ROW("Extra.all#1", clCkptCheckpointReadSections(1, NULL, &n), NULL_POINTER);
    ROW("Extra.all#1", clCkptCheckpointReadSections(1, &all, NULL), NULL_POINTER);
    ROW("Extra.all#1", clCkptCheckpointReadSections(1, &all, &n), NOT_INITIALIZED);
    FACT("Extra.all#1", all == NULL && n == 0);
    begin();
    h = opened(svc, "n", WR, 40, 0, RWC);
    ROW_OK("Extra.all#3", clCkptCheckpointReadSections(h, &all, &n));
    FACT("Extra.all#3", n == 0);
    free(all);
    for (i = 0; i < 30; i++) {
        char id[8];

        snprintf(id, sizeof(id), "%u", i);
        OK(add(h, id, i % 3 ? id : ""));
    }
    ROW_OK("Extra.all#3", clCkptCheckpointReadSections(h, &all, &n));
    FACT("Extra.all#3", n == 30);
    for (i = 0; i < n; i++) {
        const int at = atoi(
            (char[8]){(char)all[i].sectionId.id[0],
                      all[i].sectionId.idLen > 1 ? (char)all[i].sectionId.id[1] : '\0'});

        seen |= 1u << at;
        FACT("Extra.all#4", all[i].dataSize == all[i].readSize && all[i].dataOffset == 0);
        FACT("Extra.all#4", (at % 3 == 0) == (all[i].dataBuffer == NULL));
        if (all[i].dataBuffer)
            FACT("Extra.all#4", all[i].readSize == all[i].sectionId.idLen &&
                                    memcmp(all[i].dataBuffer, all[i].sectionId.id,
                                           all[i].readSize) == 0);
    }
    FACT("Extra.all#3", seen == (1u << 30) - 1);
    FACT("Extra.free#1", clCkptIOVectorFree(NULL, 3) == 0x2);
    ROW_OK("Extra.free#2", clCkptIOVectorFree(all, n));
    free(all);
    OK(t_open(svc, nm("n"), NULL, W, &w));
    ROW("Extra.all#2", clCkptCheckpointReadSections(w, &all, &n), OP_NOT_PERMITTED);
    OK(t_close(w));
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 0, RWC);
    OK(t_overwrite(h, &(id_t_){0, NULL}, "dflt", 4));
    ROW_OK("Extra.all#5", clCkptCheckpointReadSections(h, &all, &n));
    FACT("Extra.all#5", n == 1 && all[0].sectionId.idLen == 15 &&
                            memcmp(all[0].sectionId.id, "defaultSection", 15) == 0 &&
                            all[0].readSize == 4);
    OK(clCkptIOVectorFree(all, n));
    free(all);
    OK(t_close(h));
    end();
}

Test(rows_ext, read_sections)
{
    each_variant(read_sections_body);
}

/* ---- all sections, while some of them come and go ------------------------ */

enum { STEADY = 150, PASSING = 20, ROUNDS = 8, LARGE = 3 << 19 };

static struct {
    ClHandleT ckpt;
    atomic_bool end;
    pthread_t thread;
} changer;

/* They stay away for a while, so that who looks again finds none, either. */
static void *come_and_go(void *unused)
{
    char id[8];
    int i;

    (void)unused;
    for (i = 0; !atomic_load(&changer.end); i = (i + 1) % (2 * PASSING)) {
        const int len = snprintf(id, sizeof(id), "x%d", i % PASSING);

        if (i < PASSING)
            add(changer.ckpt, id, "passing");
        else
            t_section_delete(changer.ckpt, &(id_t_){(ClUint16T)len, (ClUint8T *)id});
    }
    return NULL;
}

/* Sections of 0, 16 and 4096 bytes, and one that fills more than one request. */
static size_t steady_size(unsigned i)
{
    static const size_t sizes[] = {0, 16, 4096};

    return i == 77 ? LARGE : sizes[i % 3];
}

static bool is_steady(const ClCkptIOVectorElementT *e, unsigned *which)
{
    static unsigned char zero[LARGE];
    char id[8] = "";

    if (e->sectionId.idLen >= sizeof(id))
        return false;
    memcpy(id, e->sectionId.id, e->sectionId.idLen);
    return sscanf(id, "s%u", which) == 1 && *which < STEADY &&
           e->readSize == steady_size(*which) && e->dataSize == e->readSize &&
           (e->readSize == 0 || memcmp(e->dataBuffer, zero, e->readSize) == 0);
}

static unsigned steady_count(ClHandleT h)
{
    ClCkptIOVectorElementT *all;
    bool seen[STEADY] = {false};
    unsigned which, steady = 0;
    ClUint32T n, i;

    OK(clCkptCheckpointReadSections(h, &all, &n));
    for (i = 0; i < n; i++)
        if (is_steady(&all[i], &which) && !seen[which])
            steady += seen[which] = true;
    OK(clCkptIOVectorFree(all, n));
    free(all);
    return steady;
}

static void read_among_changes_body(void)
{
    char *const zero = calloc(1, LARGE);
    unsigned i;
    char id[8];

    if (v.sa)
        return free(zero);
    begin();
    changer.ckpt = opened(svc, "n", WR, STEADY + PASSING, LARGE, RWC);
    for (i = 0; i < STEADY; i++) {
        const int len = snprintf(id, sizeof(id), "s%u", i);

        OK(add(changer.ckpt, id, ""));
        if (steady_size(i) > 0)
            OK(t_overwrite(changer.ckpt, &(id_t_){(ClUint16T)len, (ClUint8T *)id}, zero,
                           steady_size(i)));
    }
    atomic_store(&changer.end, false);
    cr_assert_eq(pthread_create(&changer.thread, NULL, come_and_go, NULL), 0);
    for (i = 0; i < ROUNDS; i++)
        FACT("Extra.all#6", steady_count(changer.ckpt) == STEADY);
    atomic_store(&changer.end, true);
    pthread_join(changer.thread, NULL);
    free(zero);
    OK(t_close(changer.ckpt));
    end();
}

Test(rows_ext, read_sections_that_come_and_go)
{
    each_variant(read_among_changes_body);
}

static void free_body(void)
{
    ClHandleT h;

    if (!v.sa)
        return;
    ROW("Sa.free#1", saCkptSectionIdFree(1, NULL), INVALID_HANDLE);
    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW("Sa.free#2", saCkptSectionIdFree(h, NULL), INVALID_PARAMETER);
    ROW("Sa.free#2", saCkptIOVectorElementDataFree(h, NULL), INVALID_PARAMETER);
    ROW("Sa.free#1", saCkptIOVectorElementDataFree(svc, NULL), INVALID_HANDLE);
    ROW_OK("Sa.free#3", saCkptSectionIdFree(h, malloc(8)));
    ROW_OK("Sa.free#3", saCkptIOVectorElementDataFree(h, malloc(8)));
    OK(t_close(h));
    end();
}

Test(rows_ext, sa_free_functions)
{
    each_variant(free_body);
}
