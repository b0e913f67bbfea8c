/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amf/amf_must.h"

extern char **environ;

/* A growing NULL-terminated list of owned strings. */
struct words {
    char **at;
    size_t n, cap;
};

static void words_add(struct words *w, char *owned)
{
    if (w->n + 2 > w->cap) {
        w->cap = w->cap ? 2 * w->cap : 64;
        w->at = amf_must(realloc(w->at, w->cap * sizeof(*w->at)));
    }
    w->at[w->n++] = owned;
    w->at[w->n] = NULL;
}

static void words_free(char **at)
{
    size_t i;

    for (i = 0; at && at[i]; i++)
        free(at[i]);
    free(at);
}

static char *joined(const char *a, const char *between, const char *b)
{
    const size_t size = strlen(a) + strlen(between) + strlen(b) + 1;
    char *text = amf_must(malloc(size));

    snprintf(text, size, "%s%s%s", a, between, b);
    return text;
}

static void env_set(struct words *env, const char *name, const char *value)
{
    const size_t len = strlen(name);
    char *entry = joined(name, "=", value);
    size_t i;

    for (i = 0; i < env->n; i++) {
        if (strncmp(env->at[i], name, len) == 0 && env->at[i][len] == '=') {
            free(env->at[i]);
            env->at[i] = entry;
            return;
        }
    }
    words_add(env, entry);
}

static char *path_of(const struct amf_settings *s, const struct amf_comp *c)
{
    const char *command = c->argv[0];

    /* An NPNP command is looked up in PATH, as the original does. */
    if (command[0] == '/' || c->property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE)
        return amf_must(strdup(command));
    return joined(s->bin_dir, "/", command);
}

/* The directory of the command, for ASP_APP_BINDIR. */
static char *dir_of(const struct amf_settings *s, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (!slash)
        return amf_must(strdup(s->bin_dir));
    return amf_must(strndup(path, slash == path ? 1 : (size_t)(slash - path)));
}

static char **environment(const struct amf_settings *s, const struct amf_model *m,
                          int comp, const char *path)
{
    const struct amf_comp *c = &m->comps[comp];
    const struct amf_node *node = &m->nodes[m->sus[c->su].node];
    char *app_dir = dir_of(s, path);
    struct words env = {0};
    char slot[16];
    size_t i;

    for (i = 0; environ[i]; i++)
        words_add(&env, amf_must(strdup(environ[i])));
    snprintf(slot, sizeof(slot), "%u", node->slot);
    env_set(&env, "ASP_COMPNAME", c->name);
    env_set(&env, "SA_AMF_COMPONENT_NAME", c->name);
    env_set(&env, "ASP_NODENAME", node->name);
    env_set(&env, "ASP_NODEADDR", slot);
    env_set(&env, "ASP_APP_BINDIR", app_dir);
    env_set(&env, "ASP_BINDIR", s->bin_dir);
    env_set(&env, "ASP_RUNDIR", s->run_dir);
    env_set(&env, "ASP_LOGDIR", s->log_dir);
    env_set(&env, "ASP_DBDIR", s->db_dir);
    env_set(&env, "ASP_CONFIG", s->model_dir);
    env_set(&env, "SYSTEM_CONTROLLER", node->controller ? "1" : "0");
    env_set(&env, "CLOVIS_AMF_SOCKET", s->socket);
    for (i = 0; i < c->n_envs; i++)
        env_set(&env, c->envs[i].name, c->envs[i].value);
    free(app_dir);
    return env.at;
}

static bool can_run(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return false;
    }
    return access(path, X_OK) == 0;
}

bool amf_launch_prepare(struct amf_launch *out, const struct amf_settings *s,
                        const struct amf_model *m, int comp, char *error, size_t size)
{
    const struct amf_comp *c = &m->comps[comp];
    struct words argv = {0};
    size_t i;

    memset(out, 0, sizeof(*out));
    if (!c->argv || !c->argv[0] || !c->argv[0][0]) {
        snprintf(error, size, "%s: no instantiateCommand (%s:%d)", c->name, c->file,
                 c->line);
        return false;
    }
    out->path = path_of(s, c);
    if (strchr(out->path, '/') && !can_run(out->path)) {
        snprintf(error, size, "%s: cannot execute %s: %s (%s:%d)", c->name, out->path,
                 strerror(errno), c->file, c->line);
        amf_launch_free(out);
        return false;
    }
    words_add(&argv, amf_must(strdup(out->path)));
    for (i = 1; c->argv[i]; i++)
        words_add(&argv, amf_must(strdup(c->argv[i])));
    out->argv = argv.at;
    out->env = environment(s, m, comp, out->path);
    return true;
}

void amf_launch_shell(struct amf_launch *out, const struct amf_settings *s,
                      const struct amf_model *m, int comp, const char *script,
                      const char *command)
{
    const struct amf_comp *c = &m->comps[comp];
    const bool named = c->argv && c->argv[0] && c->argv[0][0];
    char *path = named ? path_of(s, c) : NULL;
    struct words argv = {0};

    out->path = amf_must(strdup("/bin/sh"));
    words_add(&argv, amf_must(strdup("sh")));
    words_add(&argv, amf_must(strdup("-c")));
    words_add(&argv, amf_must(strdup("if [ -n \"$1\" ]; then \"$1\"; fi; eval \"$2\"")));
    words_add(&argv, amf_must(strdup(c->name)));
    words_add(&argv, amf_must(strdup(script ? script : "")));
    words_add(&argv, amf_must(strdup(command ? command : "")));
    out->argv = argv.at;
    out->env = environment(s, m, comp, path);
    free(path);
}

void amf_launch_free(struct amf_launch *l)
{
    free(l->path);
    words_free(l->argv);
    words_free(l->env);
    memset(l, 0, sizeof(*l));
}

int amf_launch_log(const struct amf_settings *s, const struct amf_comp *c)
{
    const size_t size = strlen(s->log_dir) + strlen(c->name) + sizeof("/.log");
    char *path = amf_must(malloc(size));
    char *p;
    int fd;

    snprintf(path, size, "%s/%s.log", s->log_dir, c->name);
    for (p = path + strlen(s->log_dir) + 1; *p; p++)
        if (*p == '/')
            *p = '_';
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    free(path);
    return fd;
}
