/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_model.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const files[] = {"clAmfDefinitions.xml", "clAmfConfig.xml"};

static char *format(const char *a, const char *b, const char *c)
{
    char *out;

    cr_assert_geq(asprintf(&out, "%s%s%s", a, b, c), 0);
    return out;
}

char *model_dir(const char *name)
{
    const char *top = getenv("top_srcdir");

    return format(top ? top : ".", "/tests/models/", name);
}

char *model_read(const char *dir, const char *file, size_t *len)
{
    char *path = format(dir, "/", file), *text = NULL;
    FILE *in = fopen(path, "re"), *out = open_memstream(&text, len);
    int c;

    cr_assert(in && out, "%s", path);
    while ((c = fgetc(in)) != EOF)
        fputc(c, out);
    fclose(in);
    fclose(out);
    free(path);
    return text;
}

void model_write(const char *dir, const char *file, const void *text, size_t len)
{
    char *path = format(dir, "/", file);
    FILE *f = fopen(path, "we");

    cr_assert(f, "%s", path);
    cr_assert_eq(fwrite(text, 1, len, f), len);
    fclose(f);
    free(path);
}

char *model_copy(const char *name)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = format(tmp ? tmp : "/tmp", "/model.", "XXXXXX"), *from = model_dir(name);
    char *text;
    size_t i, len;

    cr_assert(mkdtemp(dir));
    for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
        text = model_read(from, files[i], &len);
        model_write(dir, files[i], text, len);
        free(text);
    }
    free(from);
    return dir;
}

void model_edit(const char *dir, const char *file, const char *find, const char *replace)
{
    size_t len;
    char *text = model_read(dir, file, &len), *at = strstr(text, find), *edited;

    cr_assert(at, "%s: no \"%s\"", file, find);
    *at = '\0';
    edited = format(text, replace, at + strlen(find));
    model_write(dir, file, edited, strlen(edited));
    free(edited);
    free(text);
}

void model_remove(char *dir)
{
    char *path;
    size_t i;

    for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
        path = format(dir, "/", files[i]);
        unlink(path);
        rmdir(path);
        free(path);
    }
    rmdir(dir);
    free(dir);
}

/* ---- printing ------------------------------------------------------------ */

static void list_print(FILE *f, const char *what, const struct amf_list *l)
{
    size_t i;

    fprintf(f, " %s", what);
    for (i = 0; i < l->n; i++)
        fprintf(f, "%c%d", i ? ',' : '=', l->at[i]);
}

static void words_print(FILE *f, const char *what, char **words)
{
    fprintf(f, " %s", what);
    for (; *words; words++)
        fprintf(f, "[%s]", *words);
}

static void pairs_print(FILE *f, const char *what, const struct amf_pair *p, size_t n)
{
    fprintf(f, " %s", what);
    for (; n; n--, p++)
        fprintf(f, "[%s=%s]", p->name, p->value);
}

static void node_print(FILE *f, const struct amf_node *n)
{
    fprintf(f, "node %s %s admin %d aware %d repair %d restartable %d controller %d",
            n->name, n->type, n->admin, n->asp_aware, n->auto_repair, n->restartable,
            n->controller);
    fprintf(f, " failover %u/%u slot %u", n->su_failover_count_max, n->su_failover_ms,
            n->slot);
    list_print(f, "sus", &n->sus);
    list_print(f, "depends", &n->depends);
    fputc('\n', f);
}

static void su_print(FILE *f, const struct amf_su *u)
{
    fprintf(f, "su %s %s admin %d node %d sg %d rank %u pre %d restartable %d", u->name,
            u->type, u->admin, u->node, u->sg, u->rank, u->preinstantiable,
            u->restartable);
    list_print(f, "comps", &u->comps);
    fputc('\n', f);
}

static void comp_print(FILE *f, const struct amf_comp *c)
{
    fprintf(f, "comp %s %s su %d cap %d prop %d", c->name, c->type, c->su, c->capability,
            c->property);
    words_print(f, "types", c->csi_types);
    words_print(f, "argv", c->argv);
    pairs_print(f, "envs", c->envs, c->n_envs);
    fprintf(f, " proxy %s terminate %s cleanup %s",
            c->proxy_csi_type ? c->proxy_csi_type : "-",
            c->terminate_command ? c->terminate_command : "-",
            c->cleanup_command ? c->cleanup_command : "-");
    fprintf(
        f,
        " restartable %d reboot %d level %u delay %u tries %u+%u csis %u/%u recovery %d",
        c->restartable, c->node_reboot_cleanup_fail, c->level, c->instantiate_delay_ms,
        c->max_instantiate, c->max_instantiate_delayed, c->max_active_csis,
        c->max_standby_csis, c->recovery_on_timeout);
    fprintf(f, " ms %u %u %u %u %u %u %u %u health %u %u\n", c->instantiate_ms,
            c->terminate_ms, c->cleanup_ms, c->csi_set_ms, c->csi_remove_ms,
            c->quiescing_complete_ms, c->proxied_instantiate_ms, c->proxied_cleanup_ms,
            c->health_period_ms, c->health_max_ms);
}

static void sg_print(FILE *f, const struct amf_sg *g)
{
    fprintf(f, "sg %s %s admin %d red %d load %d repair %d colloc %d adjust %d reduce %d",
            g->name, g->type, g->admin, g->redundancy, g->loading, g->auto_repair,
            g->collocation, g->auto_adjust, g->reduction);
    fprintf(f, " start %u pref %u %u %u %u %u max %u %u", g->restart_ms, g->pref_active,
            g->pref_standby, g->pref_inservice, g->pref_assigned, g->pref_active_per_si,
            g->max_active_sis, g->max_standby_sis);
    fprintf(f, " comp %u/%u su %u/%u failover %u/%u alpha %u beta %u probation %u",
            g->comp_restart_max, g->comp_restart_ms, g->su_restart_max, g->su_restart_ms,
            g->failover_max, g->failover_ms, g->alpha, g->beta, g->adjust_probation_ms);
    list_print(f, "sus", &g->sus);
    list_print(f, "sis", &g->sis);
    fputc('\n', f);
}

static void si_print(FILE *f, const struct amf_si *i)
{
    fprintf(f, "si %s %s admin %d sg %d rank %u standby %u order %u", i->name, i->type,
            i->admin, i->sg, i->rank, i->n_standby, i->standby_order);
    list_print(f, "csis", &i->csis);
    list_print(f, "depends", &i->depends);
    list_print(f, "preferred", &i->preferred);
    fputc('\n', f);
}

static void csi_print(FILE *f, const struct amf_csi *i)
{
    fprintf(f, "csi %s %s si %d rank %u", i->name, i->type, i->si, i->rank);
    pairs_print(f, "attrs", i->attrs, i->n_attrs);
    list_print(f, "depends", &i->depends);
    fputc('\n', f);
}

char *model_print(const struct amf_model *m)
{
    char *text = NULL;
    size_t len, i;
    FILE *f = open_memstream(&text, &len);

    cr_assert(f);
    for (i = 0; i < m->n_nodes; i++)
        node_print(f, &m->nodes[i]);
    for (i = 0; i < m->n_sus; i++)
        su_print(f, &m->sus[i]);
    for (i = 0; i < m->n_comps; i++)
        comp_print(f, &m->comps[i]);
    for (i = 0; i < m->n_sgs; i++)
        sg_print(f, &m->sgs[i]);
    for (i = 0; i < m->n_sis; i++)
        si_print(f, &m->sis[i]);
    for (i = 0; i < m->n_csis; i++)
        csi_print(f, &m->csis[i]);
    fclose(f);
    return text;
}
