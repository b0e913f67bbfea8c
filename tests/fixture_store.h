/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the store share: a server of their own with a client on it, and short
 * names for the calls.
 */
#ifndef FIXTURE_STORE_H
#define FIXTURE_STORE_H

#include "fixture_redis.h"
#include "shim/store.h"

extern struct redis server;
extern const struct store_attrs plain; /* 10 sections, an hour of retention */
extern const struct store_when never;

/* Start server (args as for redis_start) and a client on it; aborts when that fails. */
void fixture_store_start(const char *const *args);

/* Stop the client and the server. */
void fixture_store_end(void);

/* Ten seconds from now. */
int64_t soon(void);

struct clv_bytes bytes(const char *text);

/* Open, or create with plain. Aborts when that fails. */
struct store_ckpt *ckpt_make(const char *name);
struct store_ckpt *ckpt_make_with(const char *name, const struct store_attrs *attrs);

enum store_status create(struct store_ckpt *c, const char *id, const char *data);
enum store_status create_until(struct store_ckpt *c, const char *id,
                               struct store_when end);
enum store_status generate(struct store_ckpt *c, char id[STORE_GENERATED_ID_MAX]);

/* The whole section, NUL-terminated. */
enum store_status read_text(struct store_ckpt *c, const char *id, char *out, size_t size);

/* Current instance of a name; static storage. */
const char *instance_of(const char *name);

/* Fields in the data hash of a name's instance, but for the mark; its TTL in ms. */
long long data_fields(const char *name);
long long data_ttl(const char *name);

/* Keys of checkpoints in the server. */
long long keys_left(void);

#endif
