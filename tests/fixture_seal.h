/* SPDX-License-Identifier: Apache-2.0 */
/* Key files and stored values, for the tests of sealed contents. */
#ifndef FIXTURE_SEAL_H
#define FIXTURE_SEAL_H

#include "fixture_store.h"

/* Keys of 32 equal bytes. */
#define KEY_1 "1 0101010101010101010101010101010101010101010101010101010101010101\n"
#define KEY_2 "2 0202020202020202020202020202020202020202020202020202020202020202\n"

enum { VALUE_MAX = 16384 };

struct value {
    size_t size;
    char at[VALUE_MAX];
};

/* A key file of that text, without a name in any directory, that only its owner may use.
 * Static storage: its path. */
const char *keys_file(const char *text);

/* Make CLOVIS_KEY_FILE such a file; NULL: no keys. For the next start of a client. */
void keys_set(const char *text);

/* Start server and a client with these keys. */
void fixture_seal_start(const char *keys);

/* What lies in the store for a section, and put it there. */
void value_get(const char *name, const char *id, struct value *out);
void value_set(const char *name, const char *id, const struct value *v);

/* Content and iteration agree that the section is damaged, or that it is not. */
bool is_corrupted(struct store_ckpt *c, const char *id);

enum store_status write_at(struct store_ckpt *c, const char *id, uint64_t offset,
                           const char *text);

#endif
