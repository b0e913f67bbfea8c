/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_change.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "amf/amf_must.h"

enum type { BOOL, NUMBER, ENUM };

struct attribute {
    const char *key;
    enum type type;
    size_t offset;
    uint32_t min, max;
};

/* clang-format off */
#define N(array) (sizeof(array) / sizeof(*(array)))
#define YES(s, key, field)           { key, BOOL, offsetof(struct s, field), 0, 1 }
#define COUNT(s, key, field)         { key, NUMBER, offsetof(struct s, field), 0, INT32_MAX }
#define SOME(s, key, field)          { key, NUMBER, offsetof(struct s, field), 1, INT32_MAX }
#define ONE_OF(s, key, field, first, last) { key, ENUM, offsetof(struct s, field), first, last }

static const struct attribute node_attributes[] = {
    YES  (amf_node, "auto_repair", auto_repair),
    YES  (amf_node, "restartable", restartable),
    COUNT(amf_node, "su_failover_max", su_failover_count_max),
    SOME (amf_node, "su_failover_ms", su_failover_ms),
};

static const struct attribute sg_attributes[] = {
    ONE_OF(amf_sg, "loading", loading, AMF_LOAD_LEAST_SI_PER_SU, AMF_LOAD_USER_DEFINED),
    YES  (amf_sg, "auto_repair", auto_repair),
    YES  (amf_sg, "collocation", collocation),
    YES  (amf_sg, "auto_adjust", auto_adjust),
    YES  (amf_sg, "reduction", reduction),
    SOME (amf_sg, "instantiate_ms", restart_ms),
    COUNT(amf_sg, "pref_active", pref_active),
    COUNT(amf_sg, "pref_standby", pref_standby),
    COUNT(amf_sg, "pref_inservice", pref_inservice),
    COUNT(amf_sg, "pref_assigned", pref_assigned),
    COUNT(amf_sg, "pref_active_per_si", pref_active_per_si),
    COUNT(amf_sg, "max_active", max_active_sis),
    COUNT(amf_sg, "max_standby", max_standby_sis),
    SOME (amf_sg, "comp_restart_ms", comp_restart_ms),
    COUNT(amf_sg, "comp_restart_max", comp_restart_max),
    SOME (amf_sg, "su_restart_ms", su_restart_ms),
    COUNT(amf_sg, "su_restart_max", su_restart_max),
    SOME (amf_sg, "failover_ms", failover_ms),
    COUNT(amf_sg, "failover_max", failover_max),
    COUNT(amf_sg, "alpha", alpha),
    COUNT(amf_sg, "beta", beta),
    SOME (amf_sg, "probation_ms", adjust_probation_ms),
};

static const struct attribute su_attributes[] = {
    COUNT(amf_su, "rank", rank),
    YES  (amf_su, "restartable", restartable),
};

static const struct attribute si_attributes[] = {
    COUNT(amf_si, "rank", rank),
    COUNT(amf_si, "n_standby", n_standby),
    COUNT(amf_si, "standby_order", standby_order),
};

static const struct attribute comp_attributes[] = {
    YES  (amf_comp, "restartable", restartable),
    YES  (amf_comp, "reboot_cleanup_fail", node_reboot_cleanup_fail),
    SOME (amf_comp, "level", level),
    COUNT(amf_comp, "max_instantiate", max_instantiate),
    COUNT(amf_comp, "max_instantiate_delayed", max_instantiate_delayed),
    COUNT(amf_comp, "max_active", max_active_csis),
    COUNT(amf_comp, "max_standby", max_standby_csis),
    ONE_OF(amf_comp, "recovery", recovery_on_timeout, AMF_REC_NO_RECOMMENDATION, AMF_REC_NODE_HALT),
    SOME (amf_comp, "instantiate_ms", instantiate_ms),
    SOME (amf_comp, "terminate_ms", terminate_ms),
    SOME (amf_comp, "cleanup_ms", cleanup_ms),
    SOME (amf_comp, "quiescing_complete_ms", quiescing_complete_ms),
    SOME (amf_comp, "csi_set_ms", csi_set_ms),
    SOME (amf_comp, "csi_remove_ms", csi_remove_ms),
    SOME (amf_comp, "proxied_instantiate_ms", proxied_instantiate_ms),
    SOME (amf_comp, "proxied_cleanup_ms", proxied_cleanup_ms),
    SOME (amf_comp, "instantiate_delay_ms", instantiate_delay_ms),
};

static const struct kind {
    const char *word;
    int (*find)(const struct amf_model *, const char *, size_t);
    const struct attribute *attributes;
    size_t n;
    size_t array, size; /* of the model's array, and of an element */
    size_t count;       /* of the number of elements */
} kinds[] = {
#define KIND(word, array)                                                                \
    { #word, amf_model_##word, word##_attributes, N(word##_attributes),                  \
      offsetof(struct amf_model, array), sizeof(struct amf_##word),                      \
      offsetof(struct amf_model, n_##array) }
    KIND(node, nodes), KIND(sg, sgs), KIND(su, sus), KIND(si, sis), KIND(comp, comps),
    { "csi", amf_model_csi, NULL, 0, offsetof(struct amf_model, csis), sizeof(struct amf_csi),
      offsetof(struct amf_model, n_csis) },
};
/* clang-format on */

/* ---- whose ------------------------------------------------------------------ */

static const struct kind *kind_of(const json_t *change)
{
    const char *word = json_string_value(json_object_get(change, "kind"));
    size_t i;

    for (i = 0; word && i < N(kinds); i++)
        if (strcmp(kinds[i].word, word) == 0)
            return &kinds[i];
    return NULL;
}

static int index_of(const struct amf_model *m, const json_t *change)
{
    const char *name = json_string_value(json_object_get(change, "name"));

    return name ? kind_of(change)->find(m, name, strlen(name)) : -1;
}

static char *entity_at(const struct amf_model *m, const struct kind *k, size_t i)
{
    char *array;

    memcpy(&array, (const char *)m + k->array, sizeof(array));
    return array + i * k->size;
}

/* The entity of a change that was checked. */
static char *entity_of(const struct amf_model *m, const json_t *change)
{
    return entity_at(m, kind_of(change), (size_t)index_of(m, change));
}

static const struct attribute *attribute_of(const struct kind *k, const char *key)
{
    size_t i;

    for (i = 0; i < k->n; i++)
        if (strcmp(k->attributes[i].key, key) == 0)
            return &k->attributes[i];
    return NULL;
}

/* ---- checking ----------------------------------------------------------------- */

/* Recoveries have gaps between them. */
static bool known(const struct attribute *a, json_int_t value)
{
    return value >= (json_int_t)a->min && value <= (json_int_t)a->max &&
           (strcmp(a->key, "recovery") != 0 || value <= AMF_REC_CLUSTER_RESET ||
            value == AMF_REC_SU_RESTART);
}

static bool value_fits(const struct attribute *a, const json_t *value)
{
    if (a->type == BOOL)
        return json_is_boolean(value);
    return json_is_integer(value) && known(a, json_integer_value(value));
}

static void expected(const struct attribute *a, char *text, size_t size)
{
    if (a->type == BOOL)
        snprintf(text, size, "true or false");
    else
        snprintf(text, size, "a %s from %u to %u",
                 a->type == ENUM ? "known value" : "number", a->min, a->max);
}

static enum amf_change_result check_one(const struct amf_model *m, const json_t *change,
                                        char *why, size_t size)
{
    const struct kind *k = kind_of(change);
    const char *name = json_string_value(json_object_get(change, "name")), *key;
    json_t *set = json_object_get(change, "set");
    const struct attribute *a;
    json_t *value;
    char want[80];

    if (!k || !name || !json_is_object(set)) {
        snprintf(why, size, "expected kind, name and what to set");
        return AMF_CHANGE_MALFORMED;
    }
    if (index_of(m, change) < 0) {
        snprintf(why, size, "%s %s: no such entity", k->word, name);
        return AMF_CHANGE_NO_ENTITY;
    }
    json_object_foreach(set, key, value)
    {
        a = attribute_of(k, key);
        if (!a) {
            snprintf(why, size, "%s %s: %s cannot be changed while it is played", k->word,
                     name, key);
            return AMF_CHANGE_FIXED;
        }
        if (!value_fits(a, value)) {
            expected(a, want, sizeof(want));
            snprintf(why, size, "%s %s: %s: expected %s", k->word, name, key, want);
            return AMF_CHANGE_BAD_VALUE;
        }
    }
    return AMF_CHANGE_OK;
}

enum amf_change_result amf_change_check(const struct amf_model *m, const json_t *changes,
                                        char *why, size_t size)
{
    enum amf_change_result r = AMF_CHANGE_OK;
    size_t i;

    why[0] = '\0';
    if (!json_is_array(changes)) {
        snprintf(why, size, "expected a list of changes");
        return AMF_CHANGE_MALFORMED;
    }
    for (i = 0; r == AMF_CHANGE_OK && i < json_array_size(changes); i++)
        r = check_one(m, json_array_get(changes, i), why, size);
    return r;
}

/* ---- setting --------------------------------------------------------------------- */

static json_t *value_get(const struct attribute *a, const char *entity)
{
    uint32_t n;

    if (a->type == BOOL)
        return amf_must(json_boolean(*(const bool *)(entity + a->offset)));
    memcpy(&n, entity + a->offset, sizeof(n)); /* or an enum: the same size */
    return amf_must(json_integer((json_int_t)n));
}

static void value_set(const struct attribute *a, char *entity, const json_t *value)
{
    const uint32_t n = (uint32_t)json_integer_value(value);

    if (a->type == BOOL)
        *(bool *)(entity + a->offset) = json_is_true(value);
    else
        memcpy(entity + a->offset, &n, sizeof(n));
}

static json_t *set_one(struct amf_model *m, const json_t *change)
{
    const struct kind *k = kind_of(change);
    json_t *set = json_object_get(change, "set"), *was = amf_must(json_object()), *value;
    char *entity = entity_of(m, change);
    const char *key;

    json_object_foreach(set, key, value)
    {
        const struct attribute *a = attribute_of(k, key);

        json_object_set_new(was, key, value_get(a, entity));
        value_set(a, entity, value);
    }
    return amf_must(json_pack("{s:s, s:O, s:o}", "kind", k->word, "name",
                              json_object_get(change, "name"), "set", was));
}

json_t *amf_change_set(struct amf_model *m, const json_t *changes)
{
    json_t *undo = amf_must(json_array());
    size_t i;

    for (i = 0; i < json_array_size(changes); i++) /* the last one is undone first */
        json_array_insert_new(undo, 0, set_one(m, json_array_get(changes, i)));
    return undo;
}

/* Every entity begins with its name. */
static json_t *all_of(const struct kind *k, const char *entity)
{
    json_t *set = amf_must(json_object());
    const char *name;
    size_t i;

    memcpy(&name, entity, sizeof(name));
    for (i = 0; i < k->n; i++)
        json_object_set_new(set, k->attributes[i].key,
                            value_get(&k->attributes[i], entity));
    return amf_must(
        json_pack("{s:s, s:s, s:o}", "kind", k->word, "name", name, "set", set));
}

json_t *amf_change_all(const struct amf_model *m)
{
    json_t *all = amf_must(json_array());
    size_t i, j, count;

    for (i = 0; i < N(kinds); i++) {
        memcpy(&count, (const char *)m + kinds[i].count, sizeof(count));
        for (j = 0; kinds[i].n && j < count; j++)
            json_array_append_new(all, all_of(&kinds[i], entity_at(m, &kinds[i], j)));
    }
    return all;
}

static json_t *same_entity(const json_t *changes, const json_t *change)
{
    json_t *o;
    size_t i;

    json_array_foreach(
        changes, i,
        o) if (json_equal(json_object_get(o, "kind"), json_object_get(change, "kind")) &&
               json_equal(json_object_get(o, "name"),
                          json_object_get(change, "name"))) return o;
    return NULL;
}

void amf_change_merge(json_t *changes, const json_t *more)
{
    json_t *change, *there;
    size_t i;

    json_array_foreach(more, i, change)
    {
        there = same_entity(changes, change);
        if (there)
            json_object_update(json_object_get(there, "set"),
                               json_object_get(change, "set"));
        else
            json_array_append_new(changes, amf_must(json_deep_copy(change)));
    }
}
