/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fault.h"

_Thread_local int fault_paused;

struct section {
    struct section *next;
    char *id;
    size_t id_size;
    char *data;
    size_t size;
    int64_t end_ns, update_ns;
    bool damaged;
};

struct instance {
    struct instance *next;
    char name[256];
    size_t name_size;
    struct store_attrs attrs;
    struct section *sections;
    struct store_ckpt *opens;
    unsigned int n_generated;
    int n_open;
    int64_t gone_at_ns; /* when nobody has it open */
    bool unlinked, flushed, discard, notify, has_active;
};

struct store_ckpt {
    struct store_ckpt *next;
    struct instance *of;
    struct store_attrs attrs;
    store_feed_fn feed;
    void *feed_arg;
    unsigned int magic;
};

struct store_iter {
    struct store_ckpt *ckpt;
    char **ids;
    size_t *sizes;
    size_t n, at;
    char *lent;
};

struct work {
    struct work *next;
    void (*fn)(void *);
    void *arg;
    /* a delivery instead */
    struct store_ckpt *to;
    struct store_change *vec;
    uint32_t n;
};

enum { MAGIC = 0x5704e };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work_cond, idle_cond;
    pthread_t thread;
    struct instance *all;
    struct work *first, *last;
    int started, n_open, n_iterators;
    bool running, held, busy, other;
    struct store_ckpt *delivering;
    char fail_fn[40];
    enum store_status fail_st;
    struct {
        char fn[40];
        int n;
    } calls[64];
    int64_t last_deadline_ns;
} f = {.lock = PTHREAD_MUTEX_INITIALIZER,
       .work_cond = PTHREAD_COND_INITIALIZER,
       .idle_cond = PTHREAD_COND_INITIALIZER};

static void lock(void)
{
    fault_paused++;
    pthread_mutex_lock(&f.lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&f.lock);
    fault_paused--;
}

static void judge(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "fake store: %s\n", what);
        abort();
    }
}

static void *need(void *p)
{
    judge(p != NULL, "no memory");
    return p;
}

static char *copy(const void *from, size_t n)
{
    char *to = need(malloc(n + 1));

    if (n)
        memcpy(to, from, n);
    to[n] = '\0';
    return to;
}

/* Lock held. Count the call; the status that was ordered for it. */
static enum store_status called(const char *fn, int64_t deadline_ns)
{
    size_t i;

    for (i = 0; f.calls[i].fn[0] && strcmp(f.calls[i].fn, fn) != 0; i++)
        ;
    snprintf(f.calls[i].fn, sizeof(f.calls[i].fn), "%s", fn);
    f.calls[i].n++;
    f.last_deadline_ns = deadline_ns;
    if (strcmp(f.fail_fn, fn) != 0)
        return STORE_OK;
    f.fail_fn[0] = '\0';
    return f.fail_st;
}

void fake_fail(const char *fn, enum store_status st)
{
    lock();
    snprintf(f.fail_fn, sizeof(f.fail_fn), "%s", fn);
    f.fail_st = st;
    unlock();
}

int fake_calls(const char *fn)
{
    int n = 0;
    size_t i;

    lock();
    for (i = 0; f.calls[i].fn[0]; i++)
        if (strcmp(f.calls[i].fn, fn) == 0)
            n = f.calls[i].n;
    unlock();
    return n;
}

int fake_started(void)
{
    return f.started;
}

int fake_open(void)
{
    return f.n_open;
}

int fake_iterators(void)
{
    return f.n_iterators;
}

void fake_other_process(bool other)
{
    f.other = other;
}

int fake_last_left_ms(void)
{
    return clv_deadline_left_ms(f.last_deadline_ns);
}

/* ---- the background thread ----------------------------------------------- */

static void work_do(struct work *w, store_feed_fn feed, void *feed_arg)
{
    uint32_t i;

    if (w->fn)
        w->fn(w->arg);
    else if (feed)
        feed(feed_arg, w->vec, w->n);
    for (i = 0; i < w->n; i++) {
        free((void *)w->vec[i].id.base);
        free((void *)w->vec[i].data.base);
    }
    free(w->vec);
    free(w);
}

static void *background(void *unused)
{
    store_feed_fn feed;
    struct work *w;
    void *arg;

    lock();
    for (;;) {
        while (f.running && (f.held || !f.first))
            pthread_cond_wait(&f.work_cond, &f.lock);
        if (!f.running)
            break;
        w = f.first;
        f.first = w->next;
        if (!f.first)
            f.last = NULL;
        f.busy = true;
        f.delivering = w->to;
        feed = w->to ? w->to->feed : NULL;
        arg = w->to ? w->to->feed_arg : NULL;
        unlock();
        work_do(w, feed, arg);
        lock();
        f.busy = false;
        f.delivering = NULL;
        pthread_cond_broadcast(&f.idle_cond);
    }
    unlock();
    return unused;
}

/* Lock held. */
static void work_add(struct work *w)
{
    if (f.last)
        f.last->next = w;
    else
        f.first = w;
    f.last = w;
    pthread_cond_broadcast(&f.work_cond);
}

void fake_hold(bool held)
{
    lock();
    f.held = held;
    pthread_cond_broadcast(&f.work_cond);
    unlock();
}

void fake_drain(void)
{
    lock();
    while (f.busy || f.first)
        pthread_cond_wait(&f.idle_cond, &f.lock);
    unlock();
}

enum store_status store_start(int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = called("start", deadline_ns);
    if (st == STORE_OK && f.started++ == 0) {
        f.running = true;
        judge(pthread_create(&f.thread, NULL, background, NULL) == 0, "no thread");
    }
    unlock();
    return st;
}

void store_stop(void)
{
    struct work *w = NULL, *next;
    bool last;

    lock();
    called("stop", 0);
    last = --f.started == 0;
    judge(f.started >= 0, "stopped more often than started");
    if (last) {
        f.running = false;
        pthread_cond_broadcast(&f.work_cond);
    }
    unlock();
    if (!last)
        return;
    judge(!pthread_equal(pthread_self(), f.thread), "stopped from its own thread");
    pthread_join(f.thread, NULL);
    lock();
    w = f.first;
    f.first = f.last = NULL;
    unlock();
    for (; w; w = next) { /* what was deferred is done, what was fed is not delivered */
        next = w->next;
        work_do(w, NULL, NULL);
    }
}

bool store_defer(void (*fn)(void *), void *arg)
{
    struct work *w;
    bool ok;

    lock();
    ok = called("defer", 0) == STORE_OK && f.running;
    if (ok) {
        w = need(calloc(1, sizeof(*w)));
        w->fn = fn;
        w->arg = arg;
        work_add(w);
    }
    unlock();
    return ok;
}

int64_t store_op_timeout_ns(void)
{
    return 14 * CLV_NS_PER_S;
}

const char *store_status_text(enum store_status st)
{
    return st == STORE_OK ? "ok" : "failed";
}

/* ---- checkpoints --------------------------------------------------------- */

static void sections_free(struct section *s)
{
    struct section *next;

    for (; s; s = next) {
        next = s->next;
        free(s->id);
        free(s->data);
        free(s);
    }
}

/* Lock held. Drop what has passed its retention or nobody can reach. */
static void sweep(void)
{
    struct instance **at, *in;

    for (at = &f.all; (in = *at) != NULL;) {
        if (in->n_open == 0 &&
            (in->unlinked || in->flushed || clv_wall_ns() >= in->gone_at_ns)) {
            *at = in->next;
            sections_free(in->sections);
            free(in);
        } else {
            at = &in->next;
        }
    }
}

/* Lock held. */
static struct instance *find(struct clv_bytes name)
{
    struct instance *in;

    sweep();
    for (in = f.all; in; in = in->next)
        if (!in->unlinked && !in->flushed &&
            clv_bytes_equal(name, (struct clv_bytes){in->name, in->name_size}))
            return in;
    return NULL;
}

static struct section **section_at(struct instance *in, struct clv_bytes id)
{
    struct section **at, *s;

    for (at = &in->sections; (s = *at) != NULL;) {
        if (s->end_ns <= clv_wall_ns()) {
            *at = s->next;
            s->next = NULL;
            sections_free(s);
            continue;
        }
        if (clv_bytes_equal(id, (struct clv_bytes){s->id, s->id_size}))
            break;
        at = &s->next;
    }
    return at;
}

static struct section *section_add(struct instance *in, struct clv_bytes id,
                                   int64_t end_ns, struct clv_bytes data)
{
    struct section *s = need(calloc(1, sizeof(*s)));

    s->id = copy(id.base, id.size);
    s->id_size = id.size;
    s->data = copy(data.base, data.size);
    s->size = data.size;
    s->end_ns = end_ns;
    s->update_ns = clv_wall_ns();
    s->next = in->sections;
    in->sections = s;
    return s;
}

static bool attrs_equal(const struct store_attrs *a, const struct store_attrs *b,
                        bool retention)
{
    return a->creation_flags == b->creation_flags && a->max_sections == b->max_sections &&
           a->checkpoint_size == b->checkpoint_size &&
           a->max_section_size == b->max_section_size &&
           a->max_section_id_size == b->max_section_id_size &&
           (!retention || a->retention_ns == b->retention_ns);
}

static struct instance *instance_new(struct clv_bytes name,
                                     const struct store_open_how *how)
{
    struct instance *in = need(calloc(1, sizeof(*in)));

    judge(name.size < sizeof(in->name), "name too long");
    if (name.size)
        memcpy(in->name, name.base, name.size);
    in->name_size = name.size;
    in->attrs = *how->create;
    in->discard = how->discard;
    in->notify = how->notify;
    if (how->default_section)
        section_add(in, (struct clv_bytes){"", 0}, STORE_TIME_END,
                    (struct clv_bytes){"", 0});
    in->next = f.all;
    f.all = in;
    return in;
}

enum store_status store_ckpt_open(struct clv_bytes name, const struct store_open_how *how,
                                  int64_t deadline_ns, struct store_ckpt **out)
{
    enum store_status st;
    struct instance *in;
    struct store_ckpt *c;

    lock();
    st = called("ckpt_open", deadline_ns);
    judge(f.started > 0, "open without start");
    in = find(name);
    if (st == STORE_OK && !in && !how->create)
        st = STORE_ABSENT;
    if (st == STORE_OK && in && how->create &&
        !attrs_equal(&in->attrs, how->create, !how->ignore_retention))
        st = STORE_DIFFERS;
    if (st == STORE_OK) {
        if (!in)
            in = instance_new(name, how);
        c = need(calloc(1, sizeof(*c)));
        c->of = in;
        c->attrs = in->attrs;
        c->magic = MAGIC;
        c->next = in->opens;
        in->opens = c;
        in->n_open++;
        f.n_open++;
        *out = c;
    }
    unlock();
    return st;
}

/* Lock held. Wait for a delivery to c on another thread, and forget those to come. */
static void feed_quiet(struct store_ckpt *c)
{
    struct work *w;

    c->feed = NULL;
    for (w = f.first; w; w = w->next)
        judge(w->to != c || w->fn == NULL, "mixed work");
    if (!f.running || !pthread_equal(pthread_self(), f.thread))
        while (f.delivering == c)
            pthread_cond_wait(&f.idle_cond, &f.lock);
}

/* Lock held. */
static void deliveries_cancel(struct store_ckpt *c)
{
    struct work **at, *w;
    uint32_t i;

    f.last = NULL;
    for (at = &f.first; (w = *at) != NULL;) {
        if (w->to == c) {
            *at = w->next;
            for (i = 0; i < w->n; i++) {
                free((void *)w->vec[i].id.base);
                free((void *)w->vec[i].data.base);
            }
            free(w->vec);
            free(w);
        } else {
            f.last = w;
            at = &w->next;
        }
    }
}

enum store_status store_ckpt_close(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;
    struct store_ckpt **at;
    struct instance *in;

    lock();
    judge(c->magic == MAGIC, "closed twice");
    st = called("ckpt_close", deadline_ns);
    in = c->of;
    feed_quiet(c);
    deliveries_cancel(c);
    for (at = &in->opens; *at != c; at = &(*at)->next)
        ;
    *at = c->next;
    c->magic = 0;
    free(c);
    f.n_open--;
    if (--in->n_open == 0) {
        const int64_t keep = in->discard || in->attrs.retention_ns < CLV_NS_PER_MS
                                 ? 0
                                 : in->attrs.retention_ns;

        in->gone_at_ns =
            keep > INT64_MAX - clv_wall_ns() ? INT64_MAX : clv_wall_ns() + keep;
        sweep();
    }
    unlock();
    return st;
}

enum store_status store_ckpt_unlink(struct clv_bytes name, int64_t deadline_ns)
{
    enum store_status st;
    struct instance *in;

    lock();
    st = called("ckpt_unlink", deadline_ns);
    in = find(name);
    if (st == STORE_OK && !in)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        in->unlinked = true;
        sweep();
    }
    unlock();
    return st;
}

void fake_flush(void)
{
    struct instance *in;

    lock();
    for (in = f.all; in; in = in->next) {
        in->flushed = true;
        sections_free(in->sections);
        in->sections = NULL;
    }
    sweep();
    unlock();
}

const struct store_attrs *store_ckpt_attrs(const struct store_ckpt *c)
{
    return &c->attrs;
}

struct clv_bytes store_ckpt_name(const struct store_ckpt *c)
{
    return (struct clv_bytes){c->of->name, c->of->name_size};
}

/* Lock held. */
static enum store_status begin(struct store_ckpt *c, const char *fn, int64_t deadline_ns)
{
    const enum store_status st = called(fn, deadline_ns);

    judge(c->magic == MAGIC, "used after close");
    if (st != STORE_OK)
        return st;
    return c->of->flushed ? STORE_GONE : STORE_OK;
}

enum store_status store_ckpt_retention_set(struct store_ckpt *c, int64_t retention_ns,
                                           int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "ckpt_retention_set", deadline_ns);
    if (st == STORE_OK && c->of->unlinked)
        st = STORE_UNLINKED;
    if (st == STORE_OK)
        c->of->attrs.retention_ns = retention_ns;
    unlock();
    return st;
}

enum store_status store_ckpt_status(struct store_ckpt *c, struct store_ckpt_status *out,
                                    int64_t deadline_ns)
{
    enum store_status st;
    struct section *s;

    lock();
    st = begin(c, "ckpt_status", deadline_ns);
    if (st == STORE_OK) {
        *out = (struct store_ckpt_status){.retention_ns = c->of->attrs.retention_ns};
        section_at(c->of, (struct clv_bytes){"\xff none", 6});
        for (s = c->of->sections; s; s = s->next) {
            out->n_sections += s->id_size > 0;
            out->bytes_used += s->size;
        }
    }
    unlock();
    return st;
}

enum store_status store_ckpt_active_set(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "ckpt_active_set", deadline_ns);
    if (st == STORE_OK)
        c->of->has_active = true;
    unlock();
    return st;
}

enum store_status store_ckpt_active_check(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "ckpt_active_check", deadline_ns);
    if (st == STORE_OK && !c->of->has_active)
        st = STORE_NO_ACTIVE;
    unlock();
    return st;
}

enum store_status store_ckpt_sync(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "ckpt_sync", deadline_ns);
    unlock();
    return st;
}

/* ---- sections ------------------------------------------------------------ */

static int64_t end_of(struct store_when w)
{
    return w.relative ? clv_wall_ns() + w.ns : w.ns;
}

/* Lock held. */
static void feed(struct store_ckpt *from, const struct store_write *vec, uint32_t n)
{
    struct store_ckpt *c;
    struct work *w;
    uint32_t i;

    if (!f.other || !from->of->notify)
        return;
    for (c = from->of->opens; c; c = c->next) {
        if (!c->feed)
            continue;
        w = need(calloc(1, sizeof(*w)));
        w->to = c;
        w->n = n;
        w->vec = need(calloc(n, sizeof(*w->vec)));
        for (i = 0; i < n; i++)
            w->vec[i] = (struct store_change){
                .id = {copy(vec[i].id.base, vec[i].id.size), vec[i].id.size},
                .data = {copy(vec[i].data.base, vec[i].data.size), vec[i].data.size},
                .offset = vec[i].offset,
            };
        work_add(w);
    }
}

static size_t count_named(const struct instance *in)
{
    const struct section *s;
    size_t n = 0;

    for (s = in->sections; s; s = s->next)
        n += s->id_size > 0;
    return n;
}

enum store_status store_section_create(struct store_ckpt *c, struct clv_bytes id,
                                       struct store_when end, struct clv_bytes data,
                                       char generated[STORE_GENERATED_ID_MAX],
                                       int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "section_create", deadline_ns);
    if (!id.base) {
        snprintf(generated, STORE_GENERATED_ID_MAX, "generatedSection%u",
                 c->of->n_generated++);
        id = (struct clv_bytes){generated, strlen(generated) + 1};
    }
    if (st == STORE_OK && *section_at(c->of, id))
        st = STORE_EXISTS;
    if (st == STORE_OK && count_named(c->of) >= c->of->attrs.max_sections)
        st = STORE_FULL;
    if (st == STORE_OK && end_of(end) <= clv_wall_ns())
        st = STORE_PAST;
    if (st == STORE_OK)
        section_add(c->of, id, end_of(end), data);
    unlock();
    return st;
}

enum store_status store_section_delete(struct store_ckpt *c, struct clv_bytes id,
                                       int64_t deadline_ns)
{
    const struct store_write none = {.id = id};
    enum store_status st;
    struct section **at, *s;

    lock();
    st = begin(c, "section_delete", deadline_ns);
    at = section_at(c->of, id);
    s = *at;
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        feed(c, &none, 1);
        *at = s->next;
        s->next = NULL;
        sections_free(s);
    }
    unlock();
    return st;
}

enum store_status store_section_write(struct store_ckpt *c, struct clv_bytes id,
                                      struct clv_bytes data, int64_t deadline_ns)
{
    const struct store_write one = {.id = id, .data = data};
    enum store_status st;
    struct section *s;

    lock();
    st = begin(c, "section_write", deadline_ns);
    s = *section_at(c->of, id);
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        free(s->data);
        s->data = copy(data.base, data.size);
        s->size = data.size;
        s->update_ns = clv_wall_ns();
        s->damaged = false;
        feed(c, &one, 1);
    }
    unlock();
    return st;
}

enum store_status store_section_expire(struct store_ckpt *c, struct clv_bytes id,
                                       struct store_when end, int64_t deadline_ns)
{
    enum store_status st;
    struct section *s;

    lock();
    st = begin(c, "section_expire", deadline_ns);
    s = *section_at(c->of, id);
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK)
        s->end_ns = end_of(end);
    unlock();
    return st;
}

enum store_status store_section_check(struct store_ckpt *c, struct clv_bytes id,
                                      int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "section_check", deadline_ns);
    if (st == STORE_OK && !*section_at(c->of, id))
        st = STORE_ABSENT;
    unlock();
    return st;
}

void fake_damage(const char *ckpt, const char *section)
{
    struct instance *in;

    lock();
    in = find((struct clv_bytes){ckpt, strlen(ckpt)});
    judge(in && *section_at(in, (struct clv_bytes){section, strlen(section)}),
          "nothing there");
    (*section_at(in, (struct clv_bytes){section, strlen(section)}))->damaged = true;
    unlock();
}

/* ---- vectors ------------------------------------------------------------- */

static void splice(struct section *s, uint64_t offset, struct clv_bytes data)
{
    const size_t end = offset + data.size;

    if (end > s->size) {
        s->data = need(realloc(s->data, end + 1));
        memset(s->data + s->size, 0, end + 1 - s->size);
        s->size = end;
    }
    if (data.size)
        memcpy(s->data + offset, data.base, data.size);
    s->update_ns = clv_wall_ns();
}

enum store_status store_write(struct store_ckpt *c, const struct store_write *vec,
                              uint32_t n, uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st;
    uint32_t i;

    lock();
    *bad = 0;
    st = begin(c, "write", deadline_ns);
    for (i = 0; i < n && st == STORE_OK; i++) {
        if (!*section_at(c->of, vec[i].id)) {
            st = STORE_ABSENT;
            *bad = i;
        }
    }
    for (i = 0; i < n && st == STORE_OK; i++)
        splice(*section_at(c->of, vec[i].id), vec[i].offset, vec[i].data);
    if (st == STORE_OK)
        feed(c, vec, n);
    unlock();
    return st;
}

static void fetch(const struct section *s, struct store_read *r)
{
    const size_t there = r->offset < s->size ? s->size - r->offset : 0;

    if (!r->buffer) {
        r->buffer = copy(s->data + (there ? r->offset : 0), there);
        r->got = there;
        return;
    }
    r->got = there < r->size ? there : r->size;
    if (r->got)
        memcpy(r->buffer, s->data + r->offset, r->got);
}

enum store_status store_read(struct store_ckpt *c, struct store_read *vec, uint32_t n,
                             uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st;
    struct section *s;
    uint32_t i;

    lock();
    *bad = 0;
    st = begin(c, "read", deadline_ns);
    for (i = 0; i < n && st == STORE_OK; i++) {
        s = *section_at(c->of, vec[i].id);
        st = !s ? STORE_ABSENT : s->damaged ? STORE_DAMAGED : STORE_OK;
        *bad = st == STORE_OK ? 0 : i;
    }
    for (i = 0; i < n && st == STORE_OK; i++)
        fetch(*section_at(c->of, vec[i].id), &vec[i]);
    unlock();
    return st;
}

/* ---- iteration ----------------------------------------------------------- */

static bool is_chosen(const struct section *s, enum store_chosen chosen, int64_t t)
{
    switch (chosen) {
    case STORE_FOREVER:
        return s->end_ns == STORE_TIME_END;
    case STORE_ENDS_UNTIL:
        return s->end_ns <= t;
    case STORE_ENDS_FROM:
        return s->end_ns >= t;
    case STORE_CORRUPTED:
        return s->damaged;
    case STORE_ANY:
        return true;
    }
    return false;
}

enum store_status store_iter_begin(struct store_ckpt *c, enum store_chosen chosen,
                                   struct store_when when, int64_t deadline_ns,
                                   struct store_iter **out)
{
    enum store_status st;
    struct store_iter *it;
    struct section *s;

    lock();
    st = begin(c, "iter_begin", deadline_ns);
    if (st == STORE_OK) {
        it = need(calloc(1, sizeof(*it)));
        it->ckpt = c;
        section_at(c->of, (struct clv_bytes){"\xff none", 6});
        for (s = c->of->sections; s; s = s->next) {
            if (!is_chosen(s, chosen, end_of(when)))
                continue;
            it->ids = need(realloc(it->ids, (it->n + 1) * sizeof(*it->ids)));
            it->sizes = need(realloc(it->sizes, (it->n + 1) * sizeof(*it->sizes)));
            it->ids[it->n] = copy(s->id, s->id_size);
            it->sizes[it->n++] = s->id_size;
        }
        f.n_iterators++;
        *out = it;
    }
    unlock();
    return st;
}

enum store_status store_iter_next(struct store_iter *it, struct store_section_info *out,
                                  int64_t deadline_ns)
{
    enum store_status st;
    struct section *s = NULL;

    lock();
    st = begin(it->ckpt, "iter_next", deadline_ns);
    free(it->lent);
    it->lent = NULL;
    while (st == STORE_OK && !s && it->at < it->n) {
        s = *section_at(it->ckpt->of,
                        (struct clv_bytes){it->ids[it->at], it->sizes[it->at]});
        it->at++;
    }
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        it->lent = copy(s->id, s->id_size);
        *out = (struct store_section_info){.id = {it->lent, s->id_size},
                                           .end_ns = s->end_ns,
                                           .update_ns = s->update_ns,
                                           .size = s->size,
                                           .corrupted = s->damaged};
    }
    unlock();
    return st;
}

void store_iter_end(struct store_iter *it)
{
    size_t i;

    lock();
    judge(it->ckpt->magic == MAGIC, "iterator outlives its checkpoint");
    for (i = 0; i < it->n; i++)
        free(it->ids[i]);
    free(it->ids);
    free(it->sizes);
    free(it->lent);
    free(it);
    f.n_iterators--;
    unlock();
}

/* ---- feed ---------------------------------------------------------------- */

enum store_status store_feed_set(struct store_ckpt *c, store_feed_fn fn, void *arg,
                                 int64_t deadline_ns)
{
    enum store_status st;

    lock();
    st = begin(c, "feed_set", deadline_ns);
    if (st == STORE_OK) {
        feed_quiet(c);
        c->feed = fn;
        c->feed_arg = arg;
    }
    unlock();
    return st;
}

/* ---- what happened ------------------------------------------------------- */

void store_stats_get(struct store_stats *out)
{
    memset(out, 0, sizeof(*out));
    out->failovers = 3;
    out->dropouts = 4;
}
