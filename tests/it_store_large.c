/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections that are written at offsets: small ones stay one value, others get a key of
 * their own. Nobody may notice but by the time it takes.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fault_proxy.h"
#include "fixture_peer.h"
#include "fixture_store.h"

TestSuite(large, .timeout = 110);

enum { ROOM = 70000, KEY_FROM = 1001 /* bytes from which a patched section has a key */ };

static const struct store_attrs roomy = {2,    10, UINT32_MAX, 3600 * CLV_NS_PER_S,
                                         ROOM, 20};
static char pattern[ROOM];

static void pattern_fill(void)
{
    size_t i;

    for (i = 0; i < sizeof(pattern); i++)
        pattern[i] = (char)('a' + i * 31 % 26);
}

static struct clv_bytes part(const void *base, size_t size)
{
    return (struct clv_bytes){base, size};
}

static long long has_key(const char *id)
{
    return redis_int(&server, "EXISTS clovis:{c:c}:%s:large:%s", instance_of("c"), id);
}

static enum store_status patch(struct store_ckpt *c, const char *id, uint64_t offset,
                               struct clv_bytes data)
{
    const struct store_write w = {bytes(id), data, offset};
    uint32_t bad = 9;

    return store_write(c, &w, 1, &bad, soon());
}

/* What should be in a section. */
struct model {
    bool there;
    size_t size;
    char at[ROOM];
};

static void model_put(struct model *m, size_t offset, const char *data, size_t size)
{
    if (offset > m->size)
        memset(m->at + m->size, 0, offset - m->size);
    memcpy(m->at + offset, data, size);
    if (offset + size > m->size)
        m->size = offset + size;
}

/* Read size bytes (UINT64_MAX: into a block of the store's) and compare. */
static bool reads_as(struct store_ckpt *c, const char *id, const struct model *m,
                     uint64_t offset, uint64_t size)
{
    static char buffer[ROOM];
    struct store_read r = {.id = bytes(id), .offset = offset};
    const size_t from = offset < m->size ? (size_t)offset : m->size;
    size_t want = m->size - from;
    uint32_t bad;
    bool same;

    if (size != UINT64_MAX) {
        r.buffer = buffer;
        r.size = size;
        want = size < want ? (size_t)size : want;
    }
    if (store_read(c, &r, 1, &bad, soon()) != STORE_OK)
        return false;
    same = r.got == want && memcmp(r.buffer, m->at + from, want) == 0;
    if (r.buffer != buffer)
        free(r.buffer);
    return same;
}

/* ---- forms --------------------------------------------------------------- */

Test(large, a_patch_at_every_boundary_is_read_back)
{
    static const size_t sizes[] = {0, 1, KEY_FROM - 2, KEY_FROM - 1, KEY_FROM, 5000};
    static const int at[] = {-1, 0, 1};
    static struct model m;
    struct store_ckpt *c;
    size_t i, j, k, n;

    fixture_store_start(NULL);
    pattern_fill();
    c = ckpt_make_with("c", &roomy);
    for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        for (j = 0; j < 3; j++)
            for (n = 0; n < 3; n++) {
                const size_t offset = sizes[i] / 2 * j + (size_t)(at[n] + 1);
                const size_t size = n * 40;

                m.size = 0;
                model_put(&m, 0, pattern, sizes[i]);
                cr_assert_eq(store_section_create(c, bytes("s"), never,
                                                  part(pattern, sizes[i]), NULL, soon()),
                             STORE_OK);
                for (k = 0; k < 2; k++) { /* the second time its form is known */
                    cr_expect_eq(patch(c, "s", offset + k, part(pattern + 7, size)),
                                 STORE_OK);
                    model_put(&m, offset + k, pattern + 7, size);
                    cr_expect(reads_as(c, "s", &m, 0, UINT64_MAX), "%zu: %zu at %zu",
                              sizes[i], size, offset + k);
                    cr_expect(reads_as(c, "s", &m, offset, 10), "%zu: %zu at %zu",
                              sizes[i], size, offset + k);
                }
                cr_expect_eq(has_key("s"), m.size >= KEY_FROM, "%zu: %zu at %zu",
                             sizes[i], size, offset);
                cr_expect_eq(store_section_delete(c, bytes("s"), soon()), STORE_OK);
                cr_expect_eq(has_key("s"), 0, "%zu: %zu at %zu", sizes[i], size, offset);
            }
    store_ckpt_close(c, soon());
    fixture_store_end();
}

static struct store_ckpt *with_large_section(const struct store_attrs *attrs)
{
    struct store_ckpt *c = ckpt_make_with("c", attrs);

    pattern_fill();
    cr_assert_eq(
        store_section_create(c, bytes("s"), never, part(pattern, 5000), NULL, soon()),
        STORE_OK);
    cr_assert_eq(patch(c, "s", 10, bytes("new")), STORE_OK);
    cr_assert_eq(has_key("s"), 1);
    return c;
}

Test(large, status_and_iteration_know_its_size_and_its_last_change)
{
    struct store_ckpt_status status;
    struct store_section_info info;
    struct store_iter *it;
    struct store_ckpt *c;
    int64_t first = 0;
    int i;

    fixture_store_start(NULL);
    c = with_large_section(&roomy);
    cr_expect_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
    cr_expect_eq(status.bytes_used, 5000);
    cr_expect_eq(status.n_sections, 1);
    for (i = 0; i < 2; i++) {
        cr_assert_eq(store_iter_begin(c, STORE_ANY, never, soon(), &it), STORE_OK);
        cr_assert_eq(store_iter_next(it, &info, soon()), STORE_OK);
        cr_expect_eq(info.size, 5000 + (i ? 15000 : 0));
        cr_expect_not(info.corrupted);
        cr_expect_gt(info.update_ns, first);
        first = info.update_ns;
        store_iter_end(it);
        cr_expect_eq(patch(c, "s", 19999, bytes("!")), STORE_OK);
    }
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(large, an_overwrite_makes_it_one_value_again)
{
    static const size_t sizes[] = {3, 3000};
    struct store_ckpt *c;
    size_t i;

    fixture_store_start(NULL);
    for (i = 0; i < 2; i++) {
        c = with_large_section(&roomy);
        cr_expect_eq(store_section_write(c, bytes("s"), part(pattern, sizes[i]), soon()),
                     STORE_OK);
        cr_expect_eq(has_key("s"), 0, "row %zu", i);
        cr_expect_eq(patch(c, "s", 1, bytes("x")), STORE_OK);
        cr_expect_eq(has_key("s"), sizes[i] >= KEY_FROM, "row %zu", i);
        cr_expect_eq(store_section_delete(c, bytes("s"), soon()), STORE_OK);
        store_ckpt_close(c, soon());
    }
    fixture_store_end();
}

Test(large, its_key_lives_and_goes_with_the_instance)
{
    struct store_attrs brief = roomy, lasting = roomy;
    struct store_ckpt *c;
    char key[96];

    fixture_store_start(NULL);
    c = with_large_section(&lasting);
    snprintf(key, sizeof(key), "clovis:{c:c}:%s:large:s", instance_of("c"));
    cr_expect_eq(redis_int(&server, "PTTL %s", key), -1);
    store_ckpt_close(c, soon());
    cr_expect_gt(redis_int(&server, "PTTL %s", key), 0);
    c = ckpt_make_with("c", &lasting);
    cr_expect_eq(redis_int(&server, "PTTL %s", key), -1);
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    cr_expect_eq(patch(c, "s", 20, bytes("still there")), STORE_OK);
    store_ckpt_close(c, soon());
    cr_expect_eq(keys_left(), 0, "after unlink and close");
    brief.retention_ns = 0;
    c = with_large_section(&brief);
    store_ckpt_close(c, soon());
    cr_expect_eq(keys_left(), 0, "without retention");
    fixture_store_end();
}

Test(large, an_expired_one_is_gone_with_its_key)
{
    struct store_ckpt *c;

    fixture_store_start(NULL);
    c = with_large_section(&roomy);
    cr_expect_eq(store_section_expire(c, bytes("s"),
                                      (struct store_when){true, 3600 * CLV_NS_PER_S},
                                      soon()),
                 STORE_OK);
    cr_expect_eq(patch(c, "s", 20, bytes("in time")), STORE_OK);
    redis_int(&server, "ZADD clovis:{c:c}:%s:index 1 s", instance_of("c"));
    cr_expect_eq(patch(c, "s", 20, bytes("too late")), STORE_ABSENT);
    cr_expect_eq(has_key("s"), 0);
    cr_expect_eq(redis_int(&server, "HLEN clovis:{c:c}:%s:large", instance_of("c")), 0);
    cr_expect_eq(create(c, "s", ""), STORE_OK);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(large, a_lost_key_is_damage_and_an_overwrite_heals_it)
{
    struct store_section_info info;
    struct store_iter *it;
    struct store_ckpt *c;
    char back[32];

    fixture_store_start(NULL);
    c = with_large_section(&roomy);
    redis_int(&server, "DEL clovis:{c:c}:%s:large:s", instance_of("c"));
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_DAMAGED);
    cr_assert_eq(store_iter_begin(c, STORE_CORRUPTED, never, soon(), &it), STORE_OK);
    cr_expect_eq(store_iter_next(it, &info, soon()), STORE_OK);
    store_iter_end(it);
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("well"), soon()), STORE_OK);
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "well");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(large, beyond_what_redis_can_hold_is_refused)
{
    struct store_attrs endless = roomy;
    struct store_ckpt *c;

    fixture_store_start(NULL);
    endless.max_section_size = 0;
    c = with_large_section(&endless);
    cr_expect_eq(patch(c, "s", 512 << 20, bytes("x")), STORE_REFUSED);
    cr_expect_eq(patch(c, "s", UINT64_MAX - 5, bytes("x")), STORE_REFUSED);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- anything goes ------------------------------------------------------- */

enum { SECTIONS = 3, HANDLES = 2 };

struct play {
    struct store_ckpt *c[HANDLES]; /* each remembers other things */
    struct model m[SECTIONS];
    unsigned seed, n;
};

static size_t any_size(struct play *p)
{
    static const size_t limits[] = {4, 100, KEY_FROM + 2, 3000};

    return (size_t)rand_r(&p->seed) % limits[rand_r(&p->seed) % 4];
}

static void any_write(struct play *p, struct store_ckpt *c, const char *id,
                      struct model *m)
{
    const size_t offset = any_size(p), size = any_size(p);
    const char *data = pattern + rand_r(&p->seed) % 100;

    cr_assert_eq(patch(c, id, offset, part(data, size)),
                 m->there ? STORE_OK : STORE_ABSENT, "step %u", p->n);
    if (m->there)
        model_put(m, offset, data, size);
}

static void any_overwrite(struct play *p, struct store_ckpt *c, const char *id,
                          struct model *m)
{
    const size_t size = any_size(p);

    cr_assert_eq(store_section_write(c, bytes(id), part(pattern, size), soon()),
                 m->there ? STORE_OK : STORE_ABSENT, "step %u", p->n);
    if (m->there) {
        m->size = 0;
        model_put(m, 0, pattern, size);
    }
}

static void any_birth(struct play *p, struct store_ckpt *c, const char *id,
                      struct model *m)
{
    const size_t size = any_size(p);

    if (rand_r(&p->seed) % 3 == 0) {
        cr_assert_eq(store_section_delete(c, bytes(id), soon()),
                     m->there ? STORE_OK : STORE_ABSENT, "step %u", p->n);
        m->there = false;
        return;
    }
    cr_assert_eq(
        store_section_create(c, bytes(id), never, part(pattern, size), NULL, soon()),
        m->there ? STORE_EXISTS : STORE_OK, "step %u", p->n);
    if (!m->there) {
        m->size = 0;
        model_put(m, 0, pattern, size);
    }
    m->there = true;
}

/* Two sections, or twice the same, at once. */
static void any_vector(struct play *p, struct store_ckpt *c)
{
    char ids[2][2] = {{(char)('a' + rand_r(&p->seed) % SECTIONS), '\0'},
                      {(char)('a' + rand_r(&p->seed) % SECTIONS), '\0'}};
    struct store_write w[2];
    enum store_status want = STORE_OK;
    uint32_t bad, i;

    for (i = 0; i < 2; i++)
        w[i] = (struct store_write){bytes(ids[i]), part(pattern + i, any_size(p)),
                                    any_size(p) * (rand_r(&p->seed) % 2)};
    for (i = 0; i < 2; i++)
        if (!p->m[ids[i][0] - 'a'].there)
            want = STORE_ABSENT;
    cr_assert_eq(store_write(c, w, 2, &bad, soon()), want, "step %u", p->n);
    for (i = 0; i < 2 && want == STORE_OK; i++)
        model_put(&p->m[ids[i][0] - 'a'], w[i].offset, w[i].data.base, w[i].data.size);
}

static void any_step(struct play *p)
{
    const unsigned s = (unsigned)rand_r(&p->seed) % SECTIONS;
    struct store_ckpt *c = p->c[rand_r(&p->seed) % HANDLES];
    const char id[2] = {(char)('a' + s), '\0'};
    struct model *m = &p->m[s];

    switch (rand_r(&p->seed) % 8) {
    case 0:
        any_birth(p, c, id, m);
        break;
    case 1:
        any_overwrite(p, c, id, m);
        break;
    case 2:
        any_vector(p, c);
        break;
    default:
        any_write(p, c, id, m);
    }
    c = p->c[rand_r(&p->seed) % HANDLES];
    if (m->there)
        cr_assert(reads_as(c, id, m, rand_r(&p->seed) % 3 ? 0 : any_size(p),
                           rand_r(&p->seed) % 2 ? UINT64_MAX : any_size(p)),
                  "step %u: %s reads otherwise", p->n, id);
    p->n++;
}

static void play_begin(struct play *p, unsigned seed)
{
    int i;

    pattern_fill();
    memset(p, 0, sizeof(*p));
    p->seed = seed;
    for (i = 0; i < HANDLES; i++)
        p->c[i] = ckpt_make_with("c", &roomy);
}

static void play_end(struct play *p)
{
    char id[2] = "a";
    int i;

    for (i = 0; i < SECTIONS; i++, id[0]++)
        if (p->m[i].there)
            cr_expect_eq(store_section_delete(p->c[0], bytes(id), soon()), STORE_OK);
    cr_expect_eq(redis_int(&server, "EXISTS clovis:{c:c}:%s:large", instance_of("c")), 0,
                 "nothing is left of sections that had keys");
    store_ckpt_unlink(bytes("c"), soon());
    for (i = 0; i < HANDLES; i++)
        store_ckpt_close(p->c[i], soon());
    cr_expect_eq(keys_left(), 0);
}

Test(large, any_sequence_of_calls_is_as_in_memory)
{
    static struct play p;

    fixture_store_start(NULL);
    play_begin(&p, 20261124);
    while (p.n < 8000)
        any_step(&p);
    play_end(&p);
    fixture_store_end();
}

Test(large, cuts_of_the_connection_change_nothing)
{
    static struct fault_proxy proxy;
    static struct play p;

    setenv("CLOVIS_LOG", "none", 1);
    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    setenv("CLOVIS_REDIS_URL", proxy.url, 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    play_begin(&p, 7);
    while (p.n < 1200) {
        if (p.n % 6 == 0)
            fault_proxy_cut_after(&proxy, rand_r(&p.seed) % 2 ? FAULT_UP : FAULT_DOWN,
                                  rand_r(&p.seed) % 4000);
        any_step(&p);
    }
    cr_expect_gt(fault_proxy_cuts(&proxy), 50);
    play_end(&p);
    store_stop();
    fault_proxy_end(&proxy);
    redis_end(&server);
}

#define GONE "no such checkpoint or section after "

/* ---- two processes ------------------------------------------------------- */

/* The other one overwrites with a number and zeros, this one puts x's behind the number:
 * a patch is never lost on its way from one form to the other. */
Test(large, patches_and_overwrites_of_two_processes_do_not_mix)
{
    static const struct store_open_how make = {.create = &roomy};
    char back[3001] = "", want[3001];
    struct store_ckpt *c;
    struct peer p;
    size_t i, wrong = 0;
    int n;

    setenv("CLOVIS_LOG", "none", 1);
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    peer_start(&p, &make);
    PEER_DOES(&p, "open c");
    PEER_DOES(&p, "create s 0");
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make_with("c", &roomy);
    memset(want, 'x', sizeof(want));
    peer_tell(&p, "burst s write 3000");
    for (n = 0; n < 1500; n++) {
        cr_assert_eq(patch(c, "s", 8 + n % 2900, part(want, 64)), STORE_OK);
        cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
        for (i = 9; i < 3000; i++)
            wrong += back[i] != '\0' && back[i] != 'x';
    }
    cr_expect_eq(wrong, 0);
    cr_expect_eq(store_section_delete(c, bytes("s"), soon()), STORE_OK);
    cr_expect_eq(strncmp(peer_answer(&p), GONE, strlen(GONE)), 0);
    cr_expect_eq(has_key("s"), 0);
    cr_expect_eq(redis_int(&server, "EXISTS clovis:{c:c}:%s:large", instance_of("c")), 0);
    store_ckpt_close(c, soon());
    peer_end(&p);
    fixture_store_end();
}
