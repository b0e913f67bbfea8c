/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the store in memory share. */
#ifndef FAKE_STORE_PARTS_H
#define FAKE_STORE_PARTS_H

#include <pthread.h>

#include "fake_store.h"
#include "fault.h"

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

struct fake {
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
};

extern struct fake fake;

void fake_lock(void);
void fake_unlock(void);

/* Abort the test unless the caller kept to the contract. */
void fake_judge(bool ok, const char *what);

/* new; never NULL */
void *fake_need(void *p);
char *fake_copy(const void *from, size_t n);

int64_t fake_end_of(struct store_when w);

/* The rest is called with the lock held. */

/* Count the call of fn; the status that was ordered for it. */
enum store_status fake_called(const char *fn, int64_t deadline_ns);

/* The same for a call that needs an open checkpoint. */
enum store_status fake_begin(struct store_ckpt *c, const char *fn, int64_t deadline_ns);

/* The checkpoint of that name, or NULL. */
struct instance *fake_find(struct clv_bytes name);

/* Drop what has passed its retention or nobody can reach. */
void fake_sweep(void);

/* Where the section is, or where NULL is in its place. */
struct section **fake_section_at(struct instance *in, struct clv_bytes id);
struct section *fake_section_add(struct instance *in, struct clv_bytes id, int64_t end_ns,
                                 struct clv_bytes data);
void fake_sections_free(struct section *s);

/* Feed those who listen with what another process has written. */
void fake_feed(struct store_ckpt *from, const struct store_write *vec, uint32_t n);

/* Wait for a delivery to c on another thread, and give it no more. */
void fake_feed_quiet(struct store_ckpt *c);
void fake_deliveries_cancel(struct store_ckpt *c);

#endif
