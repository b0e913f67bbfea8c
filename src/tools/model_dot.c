/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/model_dot.h"

#include <stdio.h>

/* Any name inside double quotes. */
static void name_print(const char *name)
{
    for (; *name; name++) {
        if (*name == '"' || *name == '\\')
            putchar('\\');
        putchar(*name);
    }
}

static void vertex(const char *kind, int index, const char *name, const char *shape)
{
    printf("  %s%d [shape=%s,label=\"", kind, index, shape);
    name_print(name);
    printf("\"];\n");
}

static void edges(const char *from, int index, const char *to,
                  const struct amf_list *list, const char *style)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        printf("  %s%d -> %s%d [style=%s];\n", from, index, to, list->at[i], style);
}

static void su_print(const struct amf_model *m, int su)
{
    const struct amf_list *comps = &m->sus[su].comps;
    size_t i;

    vertex("su", su, m->sus[su].name, "box");
    for (i = 0; i < comps->n; i++)
        vertex("comp", comps->at[i], m->comps[comps->at[i]].name, "ellipse");
    edges("su", su, "comp", comps, "solid");
}

static void node_print(const struct amf_model *m, int node)
{
    const struct amf_list *sus = &m->nodes[node].sus;
    size_t i;

    printf("  subgraph cluster_node%d {\n  label=\"", node);
    name_print(m->nodes[node].name);
    printf("\";\n");
    for (i = 0; i < sus->n; i++)
        su_print(m, sus->at[i]);
    printf("  }\n");
}

static void sg_print(const struct amf_model *m, int sg)
{
    const struct amf_sg *g = &m->sgs[sg];
    size_t i, k;

    vertex("sg", sg, g->name, "hexagon");
    edges("sg", sg, "su", &g->sus, "solid");
    edges("sg", sg, "si", &g->sis, "solid");
    for (i = 0; i < g->sis.n; i++) {
        const int si = g->sis.at[i];
        const struct amf_list *csis = &m->sis[si].csis;

        vertex("si", si, m->sis[si].name, "diamond");
        edges("si", si, "csi", csis, "solid");
        edges("si", si, "si", &m->sis[si].depends, "dashed");
        edges("si", si, "su", &m->sis[si].preferred, "dotted");
        for (k = 0; k < csis->n; k++) {
            vertex("csi", csis->at[k], m->csis[csis->at[k]].name, "note");
            edges("csi", csis->at[k], "csi", &m->csis[csis->at[k]].depends, "dashed");
        }
    }
}

void model_dot_print(const struct amf_model *m)
{
    size_t i, k;

    printf("digraph model {\n  rankdir=LR;\n  compound=true;\n");
    for (i = 0; i < m->n_nodes; i++)
        node_print(m, (int)i);
    for (i = 0; i < m->n_sgs; i++)
        sg_print(m, (int)i);
    /* an edge ends at vertices; SUs of either node stand for the node */
    for (i = 0; i < m->n_nodes; i++)
        for (k = 0; k < m->nodes[i].depends.n; k++) {
            const struct amf_node *on = &m->nodes[m->nodes[i].depends.at[k]];

            if (m->nodes[i].sus.n && on->sus.n)
                printf("  su%d -> su%d [style=dashed,ltail=cluster_node%zu,"
                       "lhead=cluster_node%d];\n",
                       m->nodes[i].sus.at[0], on->sus.at[0], i,
                       m->nodes[i].depends.at[k]);
        }
    printf("}\n");
}
