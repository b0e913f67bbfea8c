/* SPDX-License-Identifier: Apache-2.0 */
/* One random operation after the other, each on the real thing and on the model. */
#include "ckpt_model_run.h"

#include <stdarg.h>

#include "base/clock.h"

enum { LOG_LINE = 128, FOREIGN_INDEX = 77 };

static const struct variant variants[] = {
    {"Cl", false, false},
    {"SA B.01.01", true, false},
    {"SA B.02.02", true, true},
};

struct model_run run = {.state = 1};

static struct m_handle handles[RUN_HANDLES];
static int variant_of[RUN_HANDLES];

/* What happened since everything was fresh. */
static char ops_log[RUN_ROUND_OPS + 64][LOG_LINE];

/* ---- luck ---------------------------------------------------------------- */

static uint32_t rnd(uint32_t below)
{
    run.state = run.state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((run.state >> 33) % below);
}

static bool one_in(uint32_t n)
{
    return rnd(n) == 0;
}

static attrs_t attrs_of(int name)
{
    static const struct {
        ClCkptCreationFlagsT flags;
        ClUint32T sections;
        ClSizeT size, id_size;
    } t[M_NAMES] = {
        {WR, 6, 32, 4},
        {WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 16, 8},
        {CL_CKPT_WR_ALL_REPLICAS, 1, 16, 8},
        {WR | CL_CKPT_DISTRIBUTED, 7, 0, 8},
    };
    attrs_t a = {.creationFlags = t[name].flags,
                 .maxSections = t[name].sections,
                 .maxSectionSize = t[name].size,
                 .maxSectionIdSize = t[name].id_size};

    a.retentionDuration = one_in(4) ? INT64_MAX : 0;
    a.maxSectionIdSize += one_in(20);
    return a;
}

static void random_id(struct m_piece *p)
{
    static const char *const ids[] = {"a", "b", "c", "dd", "eee", "too long id"};
    const char *const id = ids[rnd(one_in(10) ? 6 : 5)];

    p->id_len = (ClUint16T)(strlen(id) + one_in(8)); /* with its NUL now and then */
    memcpy(p->id, id, p->id_len);
}

/* The id of a section that is there, if there is one; else any. */
static void likely_id(const struct m_handle *h, struct m_piece *p)
{
    const struct m_section *const s = &h->of->sections[rnd(M_SECTIONS)];

    random_id(p);
    if (s->used && !one_in(6)) {
        p->id_len = s->id_len;
        memcpy(p->id, s->id, s->id_len);
    } else if (one_in(12) || h->of->attrs.maxSections == 1) {
        p->id_len = 0;
    }
}

static void random_data(const struct m_handle *h, struct m_piece *p, ClSizeT least)
{
    const ClSizeT most = h->of->attrs.maxSectionSize;
    ClSizeT i;

    p->size = least + rnd(most ? (uint32_t)most + 2 : one_in(4) ? 3000 : 60);
    for (i = 0; i < p->size; i++)
        p->data[i] = (ClUint8T)rnd(256);
}

/* ---- the log, and the comparison ----------------------------------------- */

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(ops_log[run.logged++ % (RUN_ROUND_OPS + 64)], LOG_LINE, fmt, ap);
    va_end(ap);
}

static void note_piece(const char *op, int at, const struct m_piece *p)
{
    note("%s h%d %s id %.*s/%d, %llu bytes at %llu%s", op, at,
         variants[variant_of[at]].name, p->id_len, (const char *)p->id, p->id_len,
         p->size, p->offset, p->no_buffer ? ", no buffer" : "");
}

void run_differs(const char *what)
{
    int i;

    fprintf(stderr, "model: %s; round %ld, the %d operations since everything was new:\n",
            what, run.round, run.logged);
    for (i = 0; i < run.logged; i++)
        fprintf(stderr, "%4d %s\n", i, ops_log[i]);
    cr_assert_fail("%s", what);
}

static void same_code(unsigned int got, unsigned int want)
{
    const unsigned int code = v.sa ? sa_of(want) : want ? 0x160000u | want : CL_OK;
    char what[80];

    run.agreed_ok += want == CL_OK;
    if (got == code)
        return;
    snprintf(what, sizeof(what), "got 0x%x, the model says 0x%x", got, code);
    run_differs(what);
}

static void same(bool is_same, const char *what)
{
    if (!is_same)
        run_differs(what);
}

/* ---- operations ---------------------------------------------------------- */

static const ClNameT *name_of(int name)
{
    static ClNameT n;

    n.length = (ClUint16T)snprintf(n.value, sizeof(n.value), "model-%d", name);
    return &n;
}

static void op_open(int at)
{
    const int name = (int)rnd(M_NAMES);
    const bool creates = !one_in(3);
    const ClUint32T flags = creates ? C | rnd(4) : 1 + rnd(3);
    const attrs_t a = attrs_of(name);
    ClHandleT real = 0;
    unsigned int want;

    variant_of[at] = (int)rnd(3);
    v = variants[variant_of[at]];
    note("h%d = open %d, %s, flags %u, retention %lld, id size %llu", at, name, v.name,
         flags, a.retentionDuration, a.maxSectionIdSize);
    want = m_open(name, creates ? &a : NULL, flags, v.b02, &handles[at]);
    same_code(t_open(run.services[variant_of[at]], name_of(name), creates ? &a : NULL,
                     flags, &real),
              want);
    handles[at].real = real;
}

static void op_close(int at)
{
    note("close h%d", at);
    m_close(&handles[at]);
    same_code(t_close(handles[at].real), CL_OK);
}

static void op_unlink(void)
{
    const int name = (int)rnd(M_NAMES);

    note("unlink %d", name);
    same_code(t_delete(run.services[rnd(3)], name_of(name)), m_unlink(name));
}

static void op_retention(int at)
{
    const ClTimeT t = one_in(2) ? INT64_MAX : -(ClTimeT)rnd(2);

    note("retention of h%d %lld", at, t);
    same_code(t_retention(handles[at].real, t), m_retention(&handles[at], t));
}

static void op_active(int at)
{
    note("active h%d", at);
    same_code(t_active(handles[at].real), m_active(&handles[at]));
}

static void op_status(int at)
{
    ClCkptCheckpointDescriptorT d;
    ClUint32T sections, bytes;
    const unsigned int want = m_status(&handles[at], &sections, &bytes);

    note("status h%d", at);
    same_code(t_status(handles[at].real, &d), want);
    if (want != CL_OK)
        return;
    same(d.numberOfSections == sections, "number of sections");
    same(d.memoryUsed == bytes, "memory used");
    same(d.checkpointCreationAttributes.retentionDuration ==
             handles[at].of->attrs.retentionDuration,
         "retention");
}

static ClTimeT time_of(enum m_end end)
{
    switch (end) {
    case M_FOREVER:
        return CL_TIME_END;
    case M_LATER:
        return one_in(2) ? 3600 * CLV_NS_PER_S : clv_wall_ns() + 3600 * CLV_NS_PER_S;
    case M_NOW:
        return 1;
    default:
        return one_in(2) ? 0 : clv_wall_ns() - 5 * CLV_NS_PER_S;
    }
}

static void made_generated(struct m_instance *i, struct m_section *s, id_t_ *id)
{
    long number = -1;

    same(sscanf((char *)id->id, "generatedSection%ld", &number) == 1 &&
             number > i->generated && strlen((char *)id->id) + 1 == id->idLen,
         "the generated id");
    i->generated = number;
    s->id_len = id->idLen;
    memcpy(s->id, id->id, id->idLen);
    free(id->id);
}

static void op_create(int at)
{
    const enum m_end end = one_in(5) ? (enum m_end)(1 + rnd(3)) : M_FOREVER;
    struct m_piece p = {.offset = 0};
    struct m_section *made;
    ClCkptSectionCreationAttributesT a;
    unsigned int want;
    id_t_ id;

    random_id(&p);
    if (one_in(5))
        p.id_len = 0;
    random_data(&handles[at], &p, 0);
    note_piece("create", at, &p);
    id = (id_t_){p.id_len, p.id_len ? p.id : NULL};
    a = (ClCkptSectionCreationAttributesT){&id, time_of(end)};
    want = m_create(&handles[at], &p, end, &made);
    same_code(t_create(handles[at].real, &a, p.size ? p.data : NULL, p.size), want);
    if (want == CL_OK && p.id_len == 0)
        made_generated(handles[at].of, made, &id);
}

static void op_delete(int at)
{
    struct m_piece p = {.offset = 0};

    do
        likely_id(&handles[at], &p);
    while (p.id_len == 0 && !one_in(8));
    if (p.id_len == 0)
        random_id(&p);
    note_piece("delete", at, &p);
    same_code(t_section_delete(handles[at].real, &(id_t_){p.id_len, p.id}),
              m_delete(&handles[at], &p));
}

static void op_expire(int at)
{
    const enum m_end end = (enum m_end)rnd(4);
    struct m_piece p = {.offset = 0};

    likely_id(&handles[at], &p);
    if (p.id_len == 0)
        random_id(&p);
    note_piece("expire", at, &p);
    same_code(t_expire(handles[at].real, &(id_t_){p.id_len, p.id}, time_of(end)),
              m_expire(&handles[at], &p, end));
}

static void op_overwrite(int at)
{
    struct m_piece p = {.offset = 0};

    likely_id(&handles[at], &p);
    random_data(&handles[at], &p, 1);
    note_piece("overwrite", at, &p);
    same_code(t_overwrite(handles[at].real, &(id_t_){p.id_len, p.id}, p.data, p.size),
              m_overwrite(&handles[at], &p));
}

static struct m_piece pieces[M_VECTOR];

static void op_write(int at)
{
    ClCkptIOVectorElementT vec[M_VECTOR];
    ClUint32T n = 1 + rnd(M_VECTOR), i, bad = FOREIGN_INDEX, want_bad;
    unsigned int want;

    for (i = 0; i < n; i++) {
        likely_id(&handles[at], &pieces[i]);
        random_data(&handles[at], &pieces[i], 0);
        pieces[i].offset = one_in(2) ? 0 : rnd(one_in(4) ? 40 : 8);
        note_piece("write", at, &pieces[i]);
        vec[i] = (ClCkptIOVectorElementT){.sectionId = {pieces[i].id_len, pieces[i].id},
                                          .dataBuffer = pieces[i].data,
                                          .dataSize = pieces[i].size,
                                          .dataOffset = (ClOffsetT)pieces[i].offset};
    }
    want = m_write(&handles[at], pieces, n, &want_bad);
    same_code(t_write(handles[at].real, vec, n, &bad), want);
    if (want == CL_OK)
        want_bad = handles[at].b02 ? FOREIGN_INDEX : 0;
    same(bad == want_bad || want == CL_ERR_OP_NOT_PERMITTED || bad == FOREIGN_INDEX,
         "the index of a write");
}

static void op_read(int at)
{
    static ClUint8T in[M_VECTOR][M_DATA];
    ClCkptIOVectorElementT vec[M_VECTOR];
    ClUint32T n = 1 + rnd(M_VECTOR), i, bad = FOREIGN_INDEX, want_bad;
    unsigned int want;

    for (i = 0; i < n; i++) {
        struct m_piece *const p = &pieces[i];

        likely_id(&handles[at], p);
        p->size = rnd(one_in(3) ? 4000 : 34);
        p->offset = one_in(2) ? 0 : rnd(one_in(4) ? 2000 : 20);
        p->no_buffer = one_in(3);
        note_piece("read", at, p);
        vec[i] = (ClCkptIOVectorElementT){.sectionId = {p->id_len, p->id},
                                          .dataBuffer = p->no_buffer ? NULL : in[i],
                                          .dataSize = p->size,
                                          .dataOffset = (ClOffsetT)p->offset};
    }
    want = m_read(&handles[at], pieces, n, &want_bad);
    same_code(t_read(handles[at].real, vec, n, &bad), want);
    for (i = 0; i < n && want == CL_OK; i++) {
        same(vec[i].readSize == pieces[i].size, "how much was read");
        same(memcmp(vec[i].dataBuffer, pieces[i].data, pieces[i].size) == 0,
             "what was read");
    }
    for (i = 0; i < n; i++) {
        if (pieces[i].no_buffer)
            free(vec[i].dataBuffer);
        pieces[i].no_buffer = false;
    }
    same(want == CL_OK || bad == want_bad || bad == FOREIGN_INDEX || bad == 0,
         "the index of a read");
}

static int expected(const struct m_handle *h, int chosen)
{
    int i, n = 0;

    for (i = 0; i < M_SECTIONS; i++)
        n += h->of->sections[i].used &&
             (chosen != CL_CKPT_SECTIONS_FOREVER || h->of->sections[i].forever) &&
             (chosen != CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME ||
              !h->of->sections[i].forever);
    return n;
}

static void op_iterate(int at)
{
    static const int kinds[] = {CL_CKPT_SECTIONS_ANY, CL_CKPT_SECTIONS_FOREVER,
                                CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME,
                                CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME};
    const int chosen = kinds[rnd(4)];
    const unsigned int want = m_iterate(&handles[at]);
    ClTimeT t = chosen == CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME ? 7200 * CLV_NS_PER_S : 0;
    ClCkptSectionDescriptorT d;
    const struct m_section *s;
    ClHandleT it;
    int n = 0;

    note("iterate h%d, kind %d", at, chosen);
    same_code(t_iter(handles[at].real, chosen, t, &it), want);
    if (want != CL_OK)
        return;
    while (t_next(it, &d) == (v.sa ? SA_AIS_OK : CL_OK)) {
        s = m_find(&handles[at], d.sectionId.id, d.sectionId.idLen);
        same(s && s->size == d.sectionSize, "a section of the iteration");
        same(s->forever == (d.expirationTime == (ClTimeT)CL_TIME_END), "when it ends");
        free(d.sectionId.id);
        n++;
    }
    same(n == expected(&handles[at], chosen), "how many sections were iterated");
    OK(t_iter_end(it));
}

/* ---- all of them ------------------------------------------------------- */

static const struct {
    void (*run)(int at);
    uint32_t weight;
} operations[] = {
    {op_close, 4},   {op_retention, 2}, {op_active, 4},  {op_status, 4},
    {op_create, 22}, {op_delete, 6},    {op_expire, 5},  {op_overwrite, 16},
    {op_write, 16},  {op_read, 16},     {op_iterate, 5},
};

void run_operation(void)
{
    const int at = (int)rnd(RUN_HANDLES);
    uint32_t luck = rnd(100);
    size_t i = 0;

    if (one_in(60)) {
        op_unlink();
        return;
    }
    if (!handles[at].used) {
        op_open(at);
        return;
    }
    v = variants[variant_of[at]];
    while (luck >= operations[i].weight)
        luck -= operations[i++].weight;
    operations[i].run(at);
}

void run_fresh(void)
{
    int i;

    for (i = 0; i < RUN_HANDLES; i++) {
        if (!handles[i].used)
            continue;
        v = variants[variant_of[i]];
        op_close(i);
    }
    v = variants[0];
    for (i = 0; i < M_NAMES; i++) {
        note("unlink %d", i);
        same_code(t_delete(run.services[0], name_of(i)), m_unlink(i));
    }
    m_reset();
}

static void each_service(bool begins)
{
    int i;

    for (i = 0; i < RUN_SERVICES; i++) {
        v = variants[i];
        OK(begins ? t_init(&run.services[i], NULL, NULL) : t_fini(run.services[i]));
    }
}

void run_begin(void)
{
    each_service(true);
}

void run_end(void)
{
    each_service(false);
}
