/* SPDX-License-Identifier: Apache-2.0 */
/* From the open of a checkpoint to its close and its removal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_durable.h"
#include "backend-redis/rds_feed.h"
#include "backend-redis/rds_holders.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_large.h"
#include "backend-redis/rds_orphans.h"
#include "backend-redis/rds_seal.h"
#include "backend-redis/rds_vector.h"
#include "backend-redis/rds_worker.h"
#include "base/clock.h"
#include "base/logline.h"

/* ---- the object ---------------------------------------------------------- */

static void ckpt_free(struct store_ckpt *ckpt)
{
    rds_kept_close(ckpt);
    rds_large_forget(ckpt);
    rds_vector_forget(ckpt);
    rds_keys_free(&ckpt->keys);
    free(ckpt->name_key);
    free(ckpt->name);
    free(ckpt);
}

static struct store_ckpt *ckpt_new(struct clv_bytes name)
{
    struct store_ckpt *ckpt = calloc(1, sizeof(*ckpt));

    if (!ckpt)
        return NULL;
    ckpt->era = atomic_load(&rds.era);
    ckpt->number = atomic_fetch_add(&rds.n_opens, 1) + 1;
    ckpt->name = malloc(name.size + 1);
    ckpt->name_size = name.size;
    ckpt->name_key = rds_key_name(rds.prefix, name);
    if (!ckpt->name || !ckpt->name_key) {
        ckpt_free(ckpt);
        return NULL;
    }
    if (name.size)
        memcpy(ckpt->name, name.base, name.size);
    ckpt->name[name.size] = '\0';
    return ckpt;
}

static void ckpt_list(struct store_ckpt *ckpt)
{
    pthread_mutex_lock(&rds.lock);
    TAILQ_INSERT_TAIL(&rds.ckpts, ckpt, link);
    ckpt->listed = true;
    pthread_mutex_unlock(&rds.lock);
}

/* False: it belongs to a client that is no more, in this process or its parent. */
static bool ckpt_unlist(struct store_ckpt *ckpt)
{
    bool was;

    if (ckpt->era != atomic_load(&rds.era))
        return false;
    pthread_mutex_lock(&rds.lock);
    was = ckpt->listed;
    if (was)
        TAILQ_REMOVE(&rds.ckpts, ckpt, link);
    ckpt->listed = false;
    pthread_mutex_unlock(&rds.lock);
    return was;
}

/* ---- the list of names --------------------------------------------------- */

/* The list of names is a hint for tools: its failure does not matter. */
static void names_hint(const char *command, const struct store_ckpt *ckpt,
                       int64_t deadline_ns)
{
    char key[RDS_NAMESPACE_MAX + 8];
    struct rds_call call;

    snprintf(key, sizeof(key), "%s:names", rds.prefix);
    rds_call_init(&call, false);
    rds_req_command(&call.req, 3);
    rds_req_text(&call.req, command);
    rds_req_text(&call.req, key);
    rds_req_arg(&call.req, store_ckpt_name(ckpt));
    rds_run(&call, deadline_ns);
    rds_call_free(&call);
}

/* ---- open ---------------------------------------------------------------- */

static void new_instance_id(char out[RDS_INSTANCE_ID_SIZE + 1])
{
    uint64_t id;

    if (getrandom(&id, sizeof(id), 0) != sizeof(id))
        id = (uint64_t)clv_now_ns() * 2862933555777941757U + rds.writer;
    snprintf(out, RDS_INSTANCE_ID_SIZE + 1, "%016" PRIx64, id);
}

/* Argument: the empty default section of a new instance. */
static void default_section_arg(struct rds_req *req, const struct store_ckpt *ckpt,
                                const char *instance)
{
    struct rds_stamp stamp = {RDS_STAMP_CREATED, rds.writer, rds_now_us(), 0, false};
    const struct rds_seal_place place = {ckpt, instance, {"", 0}, RDS_SEAL_WHOLE, 0};
    struct clv_bytes content = {NULL, 0};

    if (rds_seal_on && rds_seal_make(&place, &stamp, content, &content) != STORE_OK)
        req->no_mem = true;
    rds_req_value(req, &stamp, content); /* short: it is copied */
    rds_seal_done(&stamp, content);
}

static void open_request(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct store_open_how *how, const char *trusted)
{
    static const struct store_attrs none;
    const struct store_attrs *a = how->create ? how->create : &none;
    char id[RDS_INSTANCE_ID_SIZE + 1];

    new_instance_id(id);
    rds_script_call(req, script_ckpt_open, 1, 16);
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_NAME));
    rds_req_text(req, rds.proc);
    rds_req_int(req, (int64_t)ckpt->number);
    rds_req_text(req, trusted);
    rds_req_int(req, how->create != NULL);
    rds_req_int(req, how->ignore_retention);
    rds_req_int(req, a->creation_flags);
    rds_req_int(req, a->max_sections);
    rds_req_int(req, (int64_t)a->checkpoint_size);
    rds_req_int(req, a->retention_ns);
    rds_req_int(req, (int64_t)a->max_section_size);
    rds_req_int(req, (int64_t)a->max_section_id_size);
    if (how->default_section)
        default_section_arg(req, ckpt, id);
    else
        rds_req_text(req, "");
    rds_req_int(req, how->discard);
    rds_req_int(req, how->notify);
    rds_req_text(req, id);
    rds_req_int(req, rds_seal_on);
}

/* {OK, id, created, six attributes, discard, notify, whether it has sealed contents} */
static enum store_status open_take(struct store_ckpt *ckpt, const struct rds_call *call,
                                   bool *created)
{
    const redisReply *r = call->last;
    const struct clv_bytes id = rds_reply_bytes(rds_reply_at(r, 1));
    struct rds_keys keys;
    int64_t n[9];
    size_t i;

    for (i = 0; i < 9; i++)
        if (i != 7 && !rds_reply_int(rds_reply_at(r, 2 + i), &n[i]))
            return STORE_DAMAGED;
    if (!id.base || id.size > RDS_INSTANCE_ID_SIZE)
        return STORE_DAMAGED;
    memcpy(ckpt->id, id.base, id.size);
    ckpt->attrs = (struct store_attrs){(uint32_t)n[1], (uint32_t)n[2], (uint64_t)n[3],
                                       n[4],           (uint64_t)n[5], (uint64_t)n[6]};
    ckpt->notify = n[8] == 1;
    if (rds_reply_is(rds_reply_at(r, 11), "1") && !rds_seal_on)
        clv_log(
            CLV_LOG_WARNING,
            "ckpt \"%.200s\": it has sealed sections, and CLOVIS_KEY_FILE is not set: "
            "this process cannot read them",
            ckpt->name);
    ckpt->sync = ckpt->attrs.creation_flags & RDS_FLAG_ALL_REPLICAS;
    *created = n[0] == 1;
    /* without memory the keys stay those of the name, which the close needs */
    if (!rds_keys_make(&keys, ckpt->name_key, ckpt->id))
        return STORE_NO_MEM;
    rds_keys_free(&ckpt->keys);
    ckpt->keys = keys;
    return STORE_OK;
}

static enum store_status open_once(struct store_ckpt *ckpt,
                                   const struct store_open_how *how,
                                   struct rds_holder *trusted, bool *again, bool *created,
                                   int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    *again = false;
    rds_call_init(&call, true);
    open_request(&call.req, ckpt, how, trusted->text);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK && rds_reply_is(rds_reply_at(call.last, 0), "CHECK")) {
        st = rds_holders_check(ckpt, call.last, trusted, deadline_ns);
        *again = st == STORE_OK;
    } else if (st == STORE_OK) {
        st = rds_answer(&call);
        if (st == STORE_OK)
            st = open_take(ckpt, &call, created);
    }
    rds_call_free(&call);
    return st;
}

/* An open whose outcome is not known must not hold the checkpoint for ever. */
static void open_undo(struct store_ckpt *ckpt)
{
    ckpt_list(ckpt);
    store_ckpt_close(ckpt, 0);
}

enum store_status store_ckpt_open(struct clv_bytes name, const struct store_open_how *how,
                                  int64_t deadline_ns, struct store_ckpt **out)
{
    struct rds_holder trusted = {""};
    struct store_ckpt *ckpt;
    bool again, created = false;
    enum store_status st;

    if (!atomic_load(&rds.running))
        return STORE_AWAY;
    ckpt = ckpt_new(name);
    if (!ckpt || !rds_keys_make(&ckpt->keys, ckpt->name_key, "")) {
        if (ckpt)
            ckpt_free(ckpt);
        return STORE_NO_MEM;
    }
    do
        st = open_once(ckpt, how, &trusted, &again, &created, deadline_ns);
    while (again);
    if (st == STORE_UNSURE || st == STORE_NO_MEM) {
        open_undo(ckpt);
        return st;
    }
    if (st != STORE_OK) {
        ckpt_free(ckpt);
        return st;
    }
    if (created)
        names_hint("SADD", ckpt, deadline_ns);
    ckpt_list(ckpt);
    if (ckpt->sync)
        rds_durable_prepare();
    if (ckpt->sync && created)
        st = store_ckpt_sync(ckpt, deadline_ns);
    if (st == STORE_OK)
        *out = ckpt;
    else
        store_ckpt_close(ckpt, deadline_ns);
    return st;
}

/* ---- close --------------------------------------------------------------- */

static enum store_status close_in_store(struct store_ckpt *ckpt, bool impatient,
                                        int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    call.impatient = impatient;
    rds_script_call(&call.req, script_ckpt_close, 1, 3);
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_NAME));
    rds_req_text(&call.req, rds.proc);
    rds_req_int(&call.req, (int64_t)ckpt->number);
    rds_req_text(&call.req, ckpt->id);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK && rds_reply_is(rds_reply_at(call.last, 0), "REMOVED")) {
        names_hint("SREM", ckpt, deadline_ns);
        rds_orphans_remove(ckpt, deadline_ns);
    } else if (st == STORE_OK) {
        rds_holders_bury(ckpt, call.last, deadline_ns);
    }
    rds_call_free(&call);
    return st;
}

/* On the worker: make up for a close that did not reach the store. Takes ckpt. */
static void close_later(void *arg)
{
    struct store_ckpt *ckpt = arg;
    enum store_status st;
    bool last;

    do {
        last = rds_worker_stopping();
        st = close_in_store(ckpt, last, clv_deadline_ns(CLV_NS_PER_S));
    } while ((st == STORE_AWAY || st == STORE_UNSURE) && !last);
    ckpt_free(ckpt);
}

enum store_status store_ckpt_close(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    enum store_status st = STORE_AWAY;

    rds_feed_end(ckpt);
    if (!ckpt_unlist(ckpt)) {
        ckpt_free(ckpt);
        return STORE_AWAY;
    }
    if (clv_now_ns() < deadline_ns)
        st = close_in_store(ckpt, false, deadline_ns);
    if ((st != STORE_AWAY && st != STORE_UNSURE) || !store_defer(close_later, ckpt))
        ckpt_free(ckpt);
    return st;
}

/* Take the next open off the list; it stays its holder's to free. */
static struct store_ckpt *ckpt_next_unlisted(void)
{
    struct store_ckpt *ckpt;

    pthread_mutex_lock(&rds.lock);
    ckpt = TAILQ_FIRST(&rds.ckpts);
    if (ckpt) {
        TAILQ_REMOVE(&rds.ckpts, ckpt, link);
        ckpt->listed = false;
    }
    pthread_mutex_unlock(&rds.lock);
    return ckpt;
}

void rds_ckpt_close_all(int64_t deadline_ns)
{
    struct store_ckpt *ckpt;

    while ((ckpt = ckpt_next_unlisted()))
        close_in_store(ckpt, true, deadline_ns);
}

/* ---- unlink -------------------------------------------------------------- */

/* ckpt->id is the instance to unlink. */
static enum store_status unlink_instance(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_script_call(&call.req, script_ckpt_unlink, 1, 3);
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_NAME));
    rds_req_text(&call.req, ckpt->id);
    rds_req_settle(&call.req);
    rds_req_fence(&call.req, ckpt);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK)
        st = rds_answer(&call);
    rds_call_free(&call);
    return st;
}

static enum store_status unlink_found(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_holders_look(&call, ckpt);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK)
        st = rds_answer(&call);
    if (st == STORE_OK) {
        const struct clv_bytes id = rds_reply_bytes(rds_reply_at(call.last, 1));

        if (id.base && id.size <= RDS_INSTANCE_ID_SIZE)
            memcpy(ckpt->id, id.base, id.size);
        if (rds_holders_any(call.last))
            rds_orphans_add(ckpt, deadline_ns);
        st = unlink_instance(ckpt, deadline_ns);
        if (st == STORE_OK)
            rds_holders_bury(ckpt, call.last, deadline_ns);
    }
    rds_call_free(&call);
    return st;
}

enum store_status store_ckpt_unlink(struct clv_bytes name, int64_t deadline_ns)
{
    struct store_ckpt *ckpt;
    enum store_status st;

    if (!atomic_load(&rds.running))
        return STORE_AWAY;
    ckpt = ckpt_new(name);
    if (!ckpt || !rds_keys_make(&ckpt->keys, ckpt->name_key, ""))
        st = STORE_NO_MEM;
    else
        st = unlink_found(ckpt, deadline_ns);
    if (st == STORE_OK)
        names_hint("SREM", ckpt, deadline_ns);
    if (ckpt)
        ckpt_free(ckpt);
    return st;
}

/* ---- a process that was taken for dead ----------------------------------- */

/* Fill number and text of the first open beyond number after. */
static bool open_after(uint64_t after, uint64_t *number, char **name_key, char *id)
{
    const struct store_ckpt *c, *best = NULL;

    pthread_mutex_lock(&rds.lock);
    TAILQ_FOREACH(c, &rds.ckpts, link)
    if (c->number > after) {
        best = c;
        break; /* numbers rise along the list, but for opens that overtake */
    }
    if (best) {
        *number = best->number;
        *name_key = strdup(best->name_key);
        memcpy(id, best->id, sizeof(best->id));
    }
    pthread_mutex_unlock(&rds.lock);
    return best && *name_key;
}

void rds_ckpt_rejoin(int64_t deadline_ns)
{
    char *name_key = NULL, id[RDS_INSTANCE_ID_SIZE + 1];
    struct rds_call call;
    uint64_t number = 0;

    while (open_after(number, &number, &name_key, id)) {
        rds_call_init(&call, false);
        call.impatient = true;
        rds_script_call(&call.req, script_ckpt_rejoin, 1, 3);
        rds_req_text(&call.req, name_key);
        rds_req_text(&call.req, rds.proc);
        rds_req_int(&call.req, (int64_t)number);
        rds_req_text(&call.req, id);
        rds_run(&call, deadline_ns);
        rds_call_free(&call);
        free(name_key);
    }
}
