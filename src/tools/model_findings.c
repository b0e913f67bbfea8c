/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/model_findings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct findings {
    const struct amf_model *m;
    const char *bindir;
    size_t n;
    void (*found)(void *ctx, const char *text);
    void *ctx;
};

static void found(struct findings *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void found(struct findings *f, const char *fmt, ...)
{
    char text[1000];
    va_list ap;

    f->n++;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    f->found(f->ctx, text);
}

/* ---- nodes --------------------------------------------------------------- */

static void nodes_look(struct findings *f)
{
    const struct amf_model *m = f->m;
    bool controller = false;
    size_t i, k;

    for (i = 0; i < m->n_nodes; i++) {
        controller |= m->nodes[i].controller;
        for (k = 0; k < i; k++)
            if (m->nodes[k].slot == m->nodes[i].slot)
                found(f, "node %s: address %u is that of node %s, too", m->nodes[i].name,
                      m->nodes[i].slot, m->nodes[k].name);
    }
    if (!controller)
        found(f, "no node is a controller (cpmConfig with cpmType GLOBAL)");
}

/* ---- SUs and components -------------------------------------------------- */

static void sus_look(struct findings *f)
{
    size_t i;

    for (i = 0; i < f->m->n_sus; i++) {
        const struct amf_su *u = &f->m->sus[i];

        if (u->comps.n == 0)
            found(f, "SU %s: has no component", u->name);
        if (u->sg < 0)
            found(f, "SU %s: is in no service group, so it is never started", u->name);
    }
}

static bool supports(const struct amf_comp *c, const char *type)
{
    char **t;

    for (t = c->csi_types; *t; t++)
        if (strcmp(*t, type) == 0)
            return true;
    return false;
}

static bool is_proxied(const struct amf_comp *c)
{
    return c->property == AMF_PROP_PROXIED_PREINSTANTIABLE ||
           c->property == AMF_PROP_PROXIED_NON_PREINSTANTIABLE;
}

static bool may_be_proxy(const struct amf_comp *p, const struct amf_comp *of)
{
    return p->property == AMF_PROP_SA_AWARE && supports(p, of->proxy_csi_type);
}

static int node_of(const struct amf_model *m, const struct amf_comp *c)
{
    return m->sus[c->su].node;
}

/* A daemon of a cluster tells the processes of its own nodes only. */
static void proxy_node_look(struct findings *f, const struct amf_comp *c)
{
    const struct amf_model *m = f->m;
    const struct amf_comp *p;
    size_t i;

    for (i = 0; i < m->n_comps; i++) {
        p = &m->comps[i];
        if (!may_be_proxy(p, c) || node_of(m, p) == node_of(m, c))
            continue;
        found(f,
              "component %s on node %s: its proxy may be %s on node %s, which works only "
              "when one clovis-amfd plays both nodes (%s:%d)",
              c->name, m->nodes[node_of(m, c)].name, p->name,
              m->nodes[node_of(m, p)].name, c->file, c->line);
        return;
    }
}

static void proxy_look(struct findings *f, const struct amf_comp *c)
{
    size_t i;

    if (!c->proxy_csi_type) {
        found(f, "component %s: is proxied, but its type names no proxyCSIType", c->name);
        return;
    }
    for (i = 0; i < f->m->n_comps; i++)
        if (may_be_proxy(&f->m->comps[i], c)) {
            proxy_node_look(f, c);
            return;
        }
    found(f, "component %s: no component supports %s, the CSI type of its proxy", c->name,
          c->proxy_csi_type);
}

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static void program_look(struct findings *f, const struct amf_comp *c)
{
    char *path = NULL;

    if (!f->bindir || !c->argv[0])
        return;
    /* These are started by PATH, with an active assignment. */
    if (c->property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE &&
        !strchr(c->argv[0], '/'))
        return;
    if (asprintf(&path, "%s%s%s", c->argv[0][0] == '/' ? "" : f->bindir,
                 c->argv[0][0] == '/' ? "" : "/", c->argv[0]) < 0)
        return;
    if (!is_program(path))
        found(f, "component %s: %s is not a program that can be run (%s:%d)", c->name,
              path, c->file, c->line);
    free(path);
}

static void comps_look(struct findings *f)
{
    size_t i;

    for (i = 0; i < f->m->n_comps; i++) {
        const struct amf_comp *c = &f->m->comps[i];

        if (is_proxied(c))
            proxy_look(f, c);
        program_look(f, c);
    }
}

/* ---- groups and their work ----------------------------------------------- */

/* Whether a component of any SU of the group supports the type. */
static bool group_supports(const struct amf_model *m, const struct amf_sg *g,
                           const char *type)
{
    size_t i, k;

    for (i = 0; i < g->sus.n; i++) {
        const struct amf_su *u = &m->sus[g->sus.at[i]];

        for (k = 0; k < u->comps.n; k++)
            if (supports(&m->comps[u->comps.at[k]], type))
                return true;
    }
    return false;
}

static void csis_look(struct findings *f)
{
    size_t i;

    for (i = 0; i < f->m->n_csis; i++) {
        const struct amf_csi *c = &f->m->csis[i];
        const struct amf_sg *g = &f->m->sgs[f->m->sis[c->si].sg];

        if (!group_supports(f->m, g, c->type))
            found(f, "CSI %s: no component in group %s supports its type %s", c->name,
                  g->name, c->type);
    }
}

static void sis_look(struct findings *f)
{
    size_t i, k;

    for (i = 0; i < f->m->n_sis; i++) {
        const struct amf_si *si = &f->m->sis[i];

        if (si->csis.n == 0)
            found(f, "SI %s: has no CSI, so nobody is told about it", si->name);
        for (k = 0; k < si->preferred.n; k++)
            if (f->m->sus[si->preferred.at[k]].sg != si->sg)
                found(f, "SI %s: prefers SU %s, which is not in its group %s", si->name,
                      f->m->sus[si->preferred.at[k]].name, f->m->sgs[si->sg].name);
    }
}

static bool one_node_only(const struct amf_model *m, const struct amf_sg *g)
{
    size_t i;

    for (i = 1; i < g->sus.n; i++)
        if (m->sus[g->sus.at[i]].node != m->sus[g->sus.at[0]].node)
            return false;
    return g->sus.n > 1;
}

static bool wants_standby(const struct amf_sg *g)
{
    return g->redundancy == AMF_RED_TWO_N || g->redundancy == AMF_RED_M_PLUS_N ||
           g->redundancy == AMF_RED_N_WAY;
}

static void sgs_look(struct findings *f)
{
    size_t i;

    for (i = 0; i < f->m->n_sgs; i++) {
        const struct amf_sg *g = &f->m->sgs[i];

        if (g->sus.n == 0)
            found(f, "group %s: has no SU", g->name);
        if (g->sis.n == 0)
            found(f, "group %s: has no SI, so its SUs get no work", g->name);
        if (wants_standby(g) && one_node_only(f->m, g))
            found(f,
                  "group %s: all its SUs are on node %s, which nothing can take over for",
                  g->name, f->m->nodes[f->m->sus[g->sus.at[0]].node].name);
        if (g->pref_inservice < g->sus.n && g->pref_inservice == 0)
            found(f, "group %s: numPrefInserviceSUs 0 starts none of its SUs", g->name);
    }
}

size_t model_findings_look(const struct amf_model *m, const char *bindir,
                           void (*found_one)(void *ctx, const char *text), void *ctx)
{
    struct findings f = {m, bindir, 0, found_one, ctx};
    char **w;

    for (w = m->warnings; w && *w; w++)
        found(&f, "%s", *w);
    nodes_look(&f);
    sus_look(&f);
    comps_look(&f);
    sgs_look(&f);
    sis_look(&f);
    csis_look(&f);
    return f.n;
}
