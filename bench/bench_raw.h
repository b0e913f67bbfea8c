/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The baseline's client: hiredis as a program would use it. Over TLS, which hiredis 0.14
 * cannot, it is hiredis' codec over a plain OpenSSL connection.
 */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>

struct bench_raw;

/* To the server of CLOVIS_REDIS_URL; NULL or -1 after an error line. bench_raw_close() or
 * close() them. The bare socket's server must ask for no password and no TLS; -2: it
 * does, no error line. */
struct bench_raw *bench_raw_open(void);
void bench_raw_close(struct bench_raw *raw); /* NULL is fine */
int bench_bare_open(void);

/* One command, and its reply: new, or NULL. Formats are hiredis', with its %b. */
redisReply *bench_raw_argv(struct bench_raw *raw, int argc, const char **argv,
                           const size_t *len);
redisReply *bench_raw_command(struct bench_raw *raw, const char *fmt, ...);

/* Several commands in one go: append each, then take as many replies. */
bool bench_raw_append(struct bench_raw *raw, const char *fmt, ...);
redisReply *bench_raw_reply(struct bench_raw *raw);

/* The integer that a command answers, or -1. */
long long bench_raw_int(struct bench_raw *raw, const char *fmt, ...);

/* The text behind "key:" in INFO of that section; false: not there. */
bool bench_raw_info(struct bench_raw *raw, const char *section, const char *key,
                    char *out, size_t size);

#endif
