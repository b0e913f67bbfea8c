/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf config, set, alpha and beta: the configuration that is played. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_amf.h"
#include "tools/entity_name.h"
#include "tools/operator.h"
#include "tools/similar.h"

enum { PERCENT_MAX = 100 };

static enum clv_exit name_read(const struct clv_command *self, const char *const *words,
                               int n, const char *kind, struct entity_name *out)
{
    if (!entity_name_read(words, n, out))
        return clv_command_misused(self, "\"%s\" is not a kind of entity", words[0]);
    if (!out->kind)
        out->kind = kind;
    if (kind && strcmp(kind, out->kind) != 0)
        return clv_command_misused(self, "\"%s\" does not name a %s", words[n - 1], kind);
    return CLV_EXIT_OK;
}

/* What an entity is configured to (new). */
static enum clv_exit config_ask(struct op_session *s, struct entity_name *e,
                                json_t **config)
{
    json_t *answer = NULL;
    uint32_t rc = 0;
    enum clv_exit result = e->kind ? CLV_EXIT_OK : op_kind_find(s, e->name, &e->kind);

    if (result == CLV_EXIT_OK)
        result = op_ask(
            s,
            json_pack("{s:s, s:s, s:s}", "t", "entity", "kind", e->kind, "name", e->name),
            &rc, &answer);
    if (result == CLV_EXIT_OK && rc)
        result = op_refused_for(s, e->kind, e->name, rc);
    if (result == CLV_EXIT_OK)
        *config = json_incref(json_object_get(answer, "entity"));
    json_decref(answer);
    return result;
}

/* "alpha 100" for each attribute. */
static void config_print(const json_t *config)
{
    const char *key;
    json_t *value;
    char *text;

    json_object_foreach((json_t *)(uintptr_t)config, key, value)
    {
        text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        printf("%-24s %s\n", key,
               json_is_string(value) ? json_string_value(value)
               : text                ? text
                                     : "");
        free(text);
    }
}

enum clv_exit cmd_amf_config(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name e;
    struct op_options o;
    struct op_session *s = NULL;
    json_t *config = NULL;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 1, 2, &o);

    if (result == CLV_EXIT_OK)
        result = name_read(self, o.words, o.n_words, NULL, &e);
    if (result == CLV_EXIT_OK)
        result = op_session_open(self, &o, &s);
    if (result == CLV_EXIT_OK)
        result = config_ask(s, &e, &config);
    op_session_close(s);
    if (result != CLV_EXIT_OK)
        return result;
    if (o.json) {
        json_dumpf(config, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        config_print(config);
    }
    json_decref(config);
    return CLV_EXIT_OK;
}

/* ---- changing ---------------------------------------------------------------- */

/* A number, true or false (new); NULL: none of them. */
static json_t *value_read(const char *text)
{
    char *end;
    long long n;

    if (strcmp(text, "true") == 0 || strcmp(text, "on") == 0)
        return json_true();
    if (strcmp(text, "false") == 0 || strcmp(text, "off") == 0)
        return json_false();
    errno = 0;
    n = strtoll(text, &end, 10);
    return end == text || *end || errno ? NULL : json_integer((json_int_t)n);
}

/* "alpha=80" into set. */
static enum clv_exit attribute_read(const struct clv_command *self, const char *word,
                                    json_t *set)
{
    const char *equals = strchr(word, '=');
    char key[80];
    json_t *value;

    if (!equals || equals == word || equals - word >= (long)sizeof(key))
        return clv_command_misused(self, "\"%s\" is not ATTRIBUTE=VALUE", word);
    snprintf(key, sizeof(key), "%.*s", (int)(equals - word), word);
    value = value_read(equals + 1);
    if (!value)
        return clv_command_misused(self,
                                   "\"%s\" is neither a whole number nor true or "
                                   "false",
                                   equals + 1);
    json_object_set_new(set, key, value);
    return CLV_EXIT_OK;
}

/* The reason stands in the answer; what does not exist gets a hint. */
static enum clv_exit change_refused(struct op_session *s, const struct clv_command *self,
                                    const struct entity_name *e, uint32_t rc,
                                    const json_t *answer)
{
    const char *why = json_string_value(json_object_get(answer, "why"));

    if (op_code_is_unknown(rc) || !why || !*why)
        return op_refused_for(s, e->kind, e->name, rc);
    return op_refused(self, e->name, rc, why);
}

/* Whether each of set is an attribute of the entity; else which one may be meant. */
static enum clv_exit attributes_check(struct op_session *s,
                                      const struct clv_command *self,
                                      struct entity_name *e, json_t *set)
{
    json_t *config = NULL, *value;
    const char *key, *known;
    struct similar like;
    enum clv_exit result = config_ask(s, e, &config);

    json_object_foreach(set, key, value)
    {
        if (result != CLV_EXIT_OK || json_object_get(config, key))
            continue;
        similar_begin(&like, key);
        json_object_foreach(config, known, value) similar_look(&like, known);
        fprintf(stderr, "%s %s: a %s has no attribute \"%s\"%s%s%s\n", self->path,
                self->name, e->kind, key, like.best ? ", did you mean \"" : "",
                like.best ? like.best : "", like.best ? "\"?" : "");
        result = CLV_EXIT_UNKNOWN;
    }
    json_decref(config);
    return result;
}

static enum clv_exit change_ask(struct op_session *s, const struct clv_command *self,
                                const struct entity_name *e, json_t *set)
{
    json_t *answer = NULL;
    uint32_t rc = 0;
    enum clv_exit result =
        op_ask(s,
               json_pack("{s:s, s:[{s:s, s:s, s:O}]}", "t", "ccb", "changes", "kind",
                         e->kind, "name", e->name, "set", set),
               &rc, &answer);

    if (result == CLV_EXIT_OK && rc)
        result = change_refused(s, self, e, rc, answer);
    json_decref(answer);
    return result;
}

/* set is taken. */
static enum clv_exit change(const struct clv_command *self, const struct op_options *o,
                            struct entity_name *e, json_t *set)
{
    struct op_session *s;
    enum clv_exit result = op_session_open(self, o, &s);

    if (result == CLV_EXIT_OK)
        result = attributes_check(s, self, e, set);
    if (result == CLV_EXIT_OK)
        result = change_ask(s, self, e, set);
    json_decref(set);
    op_session_close(s);
    return result;
}

/* How many words stand before the first ATTRIBUTE=VALUE; a name of the SA Forum has a =,
 * too, but stands first or behind its kind. */
static int name_words(const struct op_options *o)
{
    const char *kind;

    return entity_kind_read(o->words[0], &kind) ? 2 : 1;
}

enum clv_exit cmd_amf_set(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name e;
    struct op_options o;
    json_t *set;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 2, OP_MAX_WORDS, &o);
    int i, n;

    if (result != CLV_EXIT_OK)
        return result;
    n = name_words(&o);
    if (o.n_words <= n)
        return clv_command_misused(self, "nothing to set");
    result = name_read(self, o.words, n, NULL, &e);
    set = json_object();
    for (i = n; result == CLV_EXIT_OK && i < o.n_words; i++)
        result = attribute_read(self, o.words[i], set);
    if (result == CLV_EXIT_OK)
        return change(self, &o, &e, set);
    json_decref(set);
    return result;
}

/* ---- alpha and beta -------------------------------------------------------------- */

static enum clv_exit factor_print(const struct clv_command *self,
                                  const struct op_options *o, struct entity_name *e)
{
    struct op_session *s;
    json_t *config = NULL;
    enum clv_exit result = op_session_open(self, o, &s);

    if (result == CLV_EXIT_OK)
        result = config_ask(s, e, &config);
    op_session_close(s);
    if (result == CLV_EXIT_OK)
        printf("%lld\n",
               (long long)json_integer_value(json_object_get(config, self->data)));
    json_decref(config);
    return result;
}

static bool percent_read(const char *word, json_int_t *out)
{
    char *end;
    const long n = strtol(word, &end, 10);

    *out = n;
    return end != word && !*end && n >= 0 && n <= PERCENT_MAX;
}

/* "sg NAME 80", "NAME 80", "sg NAME", "NAME" */
enum clv_exit cmd_amf_factor(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name e;
    struct op_options o;
    json_int_t percent;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 3, &o);
    int n;

    if (result != CLV_EXIT_OK)
        return result;
    n = name_words(&o) > o.n_words ? 1 : name_words(&o);
    result = name_read(self, o.words, n, "sg", &e);
    if (result != CLV_EXIT_OK)
        return result;
    if (o.n_words == n)
        return factor_print(self, &o, &e);
    if (o.n_words > n + 1)
        return clv_command_misused(self, "\"%s\" is one too many", o.words[n + 1]);
    if (!percent_read(o.words[n], &percent))
        return clv_command_misused(self, "\"%s\" is not a percentage from 0 to %d",
                                   o.words[n], PERCENT_MAX);
    return change(self, &o, &e, json_pack("{s:I}", self->data, percent));
}
