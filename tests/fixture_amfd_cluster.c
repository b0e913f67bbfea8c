/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_amfd_cluster.h"

#include <stdlib.h>

/* New; empty without an answer. */
static json_t *state_of(struct amfd *f)
{
    json_t *re = amfd_call(f, "{\"t\":\"status\"}");
    json_t *state = json_incref(json_object_get(re, "state"));

    json_decref(re);
    return state ? state : json_object();
}

static bool is_settled(void *f)
{
    json_t *state = state_of(f);
    const bool settled =
        json_is_true(json_object_get(json_object_get(state, "cluster"), "settled"));

    json_decref(state);
    return settled;
}

bool amfd_cluster_settled(struct amfd *f, int ms)
{
    return wait_for(is_settled, f, ms);
}

/* ---- beats ------------------------------------------------------------------- */

struct beats {
    redisContext *store;
    json_t *first; /* daemon -> its counter when we began */
    int daemons, n;
};

static redisReply *beats_read(redisContext *store)
{
    return redisCommand(store, "HGETALL clovis:{amf:test}:beats");
}

static bool have_passed(void *arg)
{
    const struct beats *b = arg;
    redisReply *r = beats_read(b->store);
    long long before, now;
    int moved = 0;
    size_t i;

    for (i = 0; r && i + 1 < r->elements; i += 2) {
        before = json_integer_value(json_object_get(b->first, r->element[i]->str));
        now = strtoll(r->element[i + 1]->str, NULL, 10);
        moved += now - before >= b->n;
    }
    freeReplyObject(r);
    return moved >= b->daemons;
}

bool amfd_beats_pass(const struct redis *store, int daemons, int n, int ms)
{
    struct beats b = {redis_raw(store), json_object(), daemons, n};
    redisReply *r = beats_read(b.store);
    bool passed;
    size_t i;

    for (i = 0; r && i + 1 < r->elements; i += 2)
        json_object_set_new(b.first, r->element[i]->str,
                            json_integer(strtoll(r->element[i + 1]->str, NULL, 10)));
    freeReplyObject(r);
    passed = wait_for(have_passed, &b, ms);
    json_decref(b.first);
    redisFree(b.store);
    return passed;
}

/* ---- the state in the store ------------------------------------------------------ */

struct saved {
    redisContext *store;
    struct amfd *f;
};

static bool is_saved(void *arg)
{
    const struct saved *s = arg;
    redisReply *r = redisCommand(s->store, "GET clovis:{amf:test}:state");
    json_t *saved = r && r->str ? json_loads(r->str, 0, NULL) : NULL;
    json_t *now = state_of(s->f), *value;
    const char *key;
    bool same = saved != NULL;

    json_object_foreach(json_object_get(saved, "engine"), key, value) same =
        same && json_equal(value, json_object_get(now, key));
    json_decref(saved);
    json_decref(now);
    freeReplyObject(r);
    return same;
}

bool amfd_state_saved(const struct redis *store, struct amfd *f, int ms)
{
    struct saved s = {redis_raw(store), f};
    const bool is = wait_for(is_saved, &s, ms);

    redisFree(s.store);
    return is;
}
