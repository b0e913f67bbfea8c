/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model reader against damaged models: the models below tests/models, cut,
 * spliced and with values swapped. Whatever comes out is either a consistent
 * model, which can then be laid out, or one line of error.
 *
 * FUZZ_SEED (default 1) and FUZZ_SECONDS (default 4); the sequence depends on the
 * seed only, so that a seed and a round name one input.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_model.h"
#include "base/clock.h"
#include "tools/model_plan.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

enum { TEXT_MAX_BYTES = 64 * 1024, MODELS_MAX = 64 };

static const char *const file_names[] = {"clAmfDefinitions.xml", "clAmfConfig.xml"};

struct text {
    char at[TEXT_MAX_BYTES];
    size_t len;
};

static struct text corpus[MODELS_MAX][2];
static size_t n_corpus;
static struct text work[2];
static uint64_t seed, round_no, state;

/* clang-format off */
static const char *const tokens[] = {
    "<", ">", "</", "/>", "\"", "&amp;", "&#0;", "&#x41;", "&x;", "<!--", "-->", "<![CDATA[", "]]>", "<?x", "<!DOCTYPE a [", "xmlns:a=\"b\" ",
    "0", "1", "-1", "4294967296", "99999999999999999999", "CL_TRUE", "CL_FALSE", "$(PATH)", "$(", "$()", ")", " ", "", "\n", "\xff", "\xc3\xa4",
    "<rank>1</rank>", "<numCSIs>1</numCSIs>", "<numCSIs>2</numCSIs>", "<csiType name=\"W\"/>", "<csiTypes/>", "<args><argument value=\"x\"/></args>",
    "<dependencies><node>n</node></dependencies>", "<dependencies><serviceInstance>i</serviceInstance></dependencies>",
    "<exeName value=\"e\"/>", "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_M_PLUS_N</redundancyModel>",
    "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_N_WAY</redundancyModel>", "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_N_WAY_ACTIVE</redundancyModel>",
    "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>", "<property>CL_AMS_PROXIED_PREINSTANTIABLE</property>", "<numMaxActiveCSIs>9</numMaxActiveCSIs>",
};
/* clang-format on */

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "seed %llu round %llu: ", (unsigned long long)seed,
            (unsigned long long)round_no);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n---\n%s\n---\n%s\n", work[0].at, work[1].at);
    exit(1);
}

/* xorshift64*: below n, 0 for n 0. */
static size_t draw(size_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return n ? (size_t)((state * UINT64_C(2685821657736338717)) >> 33) % n : 0;
}

/* ---- mutations ----------------------------------------------------------- */

static void replace(struct text *t, size_t from, size_t n, const char *with, size_t len)
{
    static char piece[TEXT_MAX_BYTES];

    if (t->len - n + len >= TEXT_MAX_BYTES)
        return;
    memcpy(piece, with, len); /* with may be part of t */
    memmove(t->at + from + len, t->at + from + n, t->len - from - n);
    memcpy(t->at + from, piece, len);
    t->len += len - n;
    t->at[t->len] = '\0';
}

static void byte_change(struct text *t)
{
    const char c = (char)draw(256);

    if (t->len)
        replace(t, draw(t->len), 1, &c, 1);
}

static void piece_drop(struct text *t)
{
    const size_t from = draw(t->len + 1), most = t->len - from;

    replace(t, from, draw(most < 200 ? most + 1 : 200), "", 0);
}

static void piece_copy(struct text *t)
{
    const size_t from = draw(t->len + 1), most = t->len - from;

    replace(t, draw(t->len + 1), 0, t->at + from, draw(most < 400 ? most + 1 : 400));
}

static void token_insert(struct text *t)
{
    const char *token = tokens[draw(LEN(tokens))];

    replace(t, draw(t->len + 1), 0, token, strlen(token));
}

/* What stands between c and the next d at or behind from. */
static bool value_find(const struct text *t, size_t from, char c, char d, size_t *at,
                       size_t *len)
{
    const char *start = memchr(t->at + from, c, t->len - from), *end;

    if (!start++)
        return false;
    end = memchr(start, d, t->len - (size_t)(start - t->at));
    if (!end)
        return false;
    *at = (size_t)(start - t->at);
    *len = (size_t)(end - start);
    return true;
}

/* One value takes the place of another: well-formed, but wrong. */
static void value_swap(struct text *t, char c, char d)
{
    size_t to, to_len, from, from_len;

    if (value_find(t, draw(t->len + 1), c, d, &to, &to_len) &&
        value_find(t, draw(t->len + 1), c, d, &from, &from_len))
        replace(t, to, to_len, t->at + from, from_len);
}

/* A token between two elements, where it is read. */
static void element_insert(struct text *t)
{
    const char *token = tokens[draw(LEN(tokens))];
    size_t at, len;

    if (value_find(t, draw(t->len + 1), '>', '<', &at, &len))
        replace(t, at, 0, token, strlen(token));
}

static void mutate(struct text *t)
{
    switch (draw(9)) {
    case 0:
        byte_change(t);
        break;
    case 1:
        piece_drop(t);
        break;
    case 2:
        piece_copy(t);
        break;
    case 3:
        token_insert(t);
        break;
    case 4:
    case 5:
        value_swap(t, '"', '"');
        break;
    case 6:
        value_swap(t, '>', '<');
        break;
    default:
        element_insert(t);
        break;
    }
}

/* ---- what must hold ------------------------------------------------------ */

static void list_check(const struct amf_list *l, size_t n, const char *what)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        if (l->at[i] < 0 || (size_t)l->at[i] >= n)
            fail("%s: index %d of %zu", what, l->at[i], n);
}

static void name_check(const char *name, const char *what)
{
    if (!name || !*name || strlen(name) > 255)
        fail("%s without a proper name", what);
}

static void comp_check(const struct amf_model *m, const struct amf_comp *c)
{
    name_check(c->name, "component");
    if ((size_t)c->su >= m->n_sus || !c->csi_types || !c->argv || !c->file ||
        c->line < 1 || c->level < 1 || c->csi_set_ms == 0 || c->health_period_ms < 5000 ||
        c->health_max_ms / 2 < c->health_period_ms)
        fail("component %s is not complete", c->name);
    if (!c->argv[0] && c->property != AMF_PROP_PROXIED_PREINSTANTIABLE &&
        c->property != AMF_PROP_PROXIED_NON_PREINSTANTIABLE)
        fail("component %s has no program", c->name);
}

static void model_check(const struct amf_model *m)
{
    size_t i;

    for (i = 0; i < m->n_nodes; i++) {
        name_check(m->nodes[i].name, "node");
        list_check(&m->nodes[i].sus, m->n_sus, "node's SUs");
        list_check(&m->nodes[i].depends, m->n_nodes, "node's dependencies");
    }
    for (i = 0; i < m->n_sus; i++) {
        name_check(m->sus[i].name, "SU");
        list_check(&m->sus[i].comps, m->n_comps, "SU's components");
        if ((size_t)m->sus[i].node >= m->n_nodes || m->sus[i].sg >= (int)m->n_sgs)
            fail("SU %s is nowhere", m->sus[i].name);
    }
    for (i = 0; i < m->n_comps; i++)
        comp_check(m, &m->comps[i]);
    for (i = 0; i < m->n_sgs; i++) {
        name_check(m->sgs[i].name, "group");
        list_check(&m->sgs[i].sus, m->n_sus, "group's SUs");
        list_check(&m->sgs[i].sis, m->n_sis, "group's SIs");
    }
    for (i = 0; i < m->n_sis; i++) {
        name_check(m->sis[i].name, "SI");
        list_check(&m->sis[i].csis, m->n_csis, "SI's CSIs");
        list_check(&m->sis[i].depends, m->n_sis, "SI's dependencies");
        list_check(&m->sis[i].preferred, m->n_sus, "SI's preferred SUs");
    }
    for (i = 0; i < m->n_csis; i++) {
        name_check(m->csis[i].name, "CSI");
        list_check(&m->csis[i].depends, m->n_csis, "CSI's dependencies");
        if (!m->csis[i].type || (size_t)m->csis[i].si >= m->n_sis)
            fail("CSI %s is not complete", m->csis[i].name);
    }
}

/* No SU is given both roles for one SI, and 2N has one active SU. */
static void plan_check(const struct amf_model *m, int sg)
{
    struct plan *p = plan_new(m, sg);
    size_t i, active = 0;

    if (!p)
        fail("no memory");
    for (i = 0; i < p->n_sus; i++) {
        const int su = p->sus[i];

        active += p->su_active[su] > 0;
        if (p->g->redundancy != AMF_RED_N_WAY && p->su_active[su] && p->su_standby[su])
            fail("SU %s has both roles", m->sus[su].name);
    }
    if (p->g->redundancy == AMF_RED_TWO_N && active > 1)
        fail("group %s has %zu active SUs", p->g->name, active);
    plan_free(p);
}

/* ---- rounds -------------------------------------------------------------- */

static void text_write(const char *dir, int which)
{
    char path[600];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, file_names[which]);
    f = fopen(path, "we");
    if (!f || fwrite(work[which].at, 1, work[which].len, f) != work[which].len ||
        fclose(f) != 0)
        fail("cannot write %s", path);
}

static bool round_run(const char *dir)
{
    const size_t base = draw(n_corpus);
    struct amf_model *m;
    char error[300] = "";
    size_t i, n = 1 + draw(4);
    bool ok;

    memcpy(work, corpus[base], sizeof(work));
    while (n--)
        mutate(&work[draw(2)]);
    text_write(dir, 0);
    text_write(dir, 1);
    m = amf_model_load(dir, error, sizeof(error));
    ok = m != NULL;
    if (!m && (!*error || strpbrk(error, "\n\r")))
        fail("error \"%s\"", error);
    if (m) {
        model_check(m);
        for (i = 0; i < m->n_sgs; i++)
            plan_check(m, (int)i);
    }
    amf_model_free(m);
    return ok;
}

static bool text_load(const char *dir, const char *model, int which, struct text *t)
{
    char path[1000];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s/%s", dir, model, file_names[which]);
    f = fopen(path, "re");
    if (!f)
        return false;
    t->len = fread(t->at, 1, sizeof(t->at) - 1, f);
    fclose(f);
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void corpus_load(const char *dir)
{
    struct dirent **entries;
    int i, n = scandir(dir, &entries, NULL, by_name);

    for (i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && n_corpus < MODELS_MAX &&
            text_load(dir, entries[i]->d_name, 0, &corpus[n_corpus][0]) &&
            text_load(dir, entries[i]->d_name, 1, &corpus[n_corpus][1]))
            n_corpus++;
        free(entries[i]);
    }
    if (n < 0 || n_corpus == 0)
        fail("no models in %s", dir);
    free(entries);
}

static uint64_t setting(const char *name, uint64_t dflt)
{
    const char *text = getenv(name);

    return text && *text ? strtoull(text, NULL, 10) : dflt;
}

int main(void)
{
    const char *top = getenv("top_srcdir"), *tmp = getenv("TMPDIR");
    const int64_t seconds = (int64_t)setting("FUZZ_SECONDS", 4);
    const int64_t end = clv_deadline_ns(seconds * CLV_NS_PER_S);
    char dir[500], path[600];
    uint64_t loaded = 0;
    int i;

    seed = setting("FUZZ_SEED", 1);
    state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    snprintf(path, sizeof(path), "%s/tests/models", top ? top : ".");
    corpus_load(path);
    snprintf(dir, sizeof(dir), "%s/fuzz.XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(dir))
        fail("cannot make %s", dir);
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    for (round_no = 0; clv_now_ns() < end; round_no++)
        loaded += round_run(dir);
    printf("%llu rounds, %llu models loaded\n", (unsigned long long)round_no,
           (unsigned long long)loaded);
    for (i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, file_names[i]);
        unlink(path);
    }
    rmdir(dir);
    return 0;
}
