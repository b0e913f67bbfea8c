/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_acl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* printf %s "$FIXTURE_ACL_PASSWORD" | sha256sum */
#define FIXTURE_ACL_SHA256                                                               \
    "96f6a245435bfa541b3316a593137c5923023386b2ea64d9b60b5192d9f8352e"

static const char *acl_file(void)
{
    const char *path = getenv("CLV_TEST_ACL");

    return path && *path ? path : NULL;
}

/* A copy, for a server may write to its file. */
size_t fixture_acl_args(const struct redis *r, const char **argv)
{
    static char copy[200], command[800];

    if (!acl_file())
        return 0;
    snprintf(copy, sizeof(copy), "%s/users.acl", r->dir);
    snprintf(command, sizeof(command), "cp '%s' '%s'", acl_file(), copy);
    if (system(command))
        _exit(127);
    argv[0] = "--aclfile";
    argv[1] = copy;
    return 2;
}

void fixture_acl_login(void)
{
    if (!acl_file())
        return;
    setenv("CLOVIS_REDIS_USER", "clovis", 1);
    setenv("CLOVIS_REDIS_PASSWORD", FIXTURE_ACL_PASSWORD, 1);
}

static FILE *note_open(const char *suffix)
{
    char path[300];
    FILE *f;

    snprintf(path, sizeof(path), "%s.%s", acl_file(), suffix);
    f = fopen(path, "a");
    if (f)
        flock(fileno(f), LOCK_EX);
    return f;
}

/* The value of a field of an entry of ACL LOG. */
static const char *field(const redisReply *entry, const char *name)
{
    size_t i;

    for (i = 0; i + 1 < entry->elements; i += 2)
        if (entry->element[i]->str && strcmp(entry->element[i]->str, name) == 0 &&
            entry->element[i + 1]->str)
            return entry->element[i + 1]->str;
    return "";
}

static void denied_note(const redisReply *log, FILE *f)
{
    size_t i;

    for (i = 0; log && log->type == REDIS_REPLY_ARRAY && i < log->elements; i++)
        if (strcmp(field(log->element[i], "username"), "clovis") == 0)
            fprintf(f, "%s %s in %s\n", field(log->element[i], "reason"),
                    field(log->element[i], "object"), field(log->element[i], "context"));
}

static void used_note(const redisReply *info, FILE *f)
{
    const char *at = info && info->str ? info->str : "";

    while ((at = strstr(at, "cmdstat_"))) {
        at += strlen("cmdstat_");
        fprintf(f, "%.*s\n", (int)strcspn(at, ":"), at);
    }
}

void fixture_acl_note(const struct redis *r)
{
    const struct timeval limit = {2, 0};
    redisContext *c = acl_file() ? redisConnectUnixWithTimeout(r->socket, limit) : NULL;
    redisReply *log, *info;
    FILE *denied, *used;

    if (!c)
        return;
    if (!c->err && redisSetTimeout(c, limit) == REDIS_OK) {
        log = redisCommand(c, "ACL LOG 100");
        info = log ? redisCommand(c, "INFO commandstats") : NULL;
        denied = note_open("denied");
        used = note_open("used");
        if (denied && used) {
            denied_note(log, denied);
            used_note(info, used);
        }
        if (denied)
            fclose(denied);
        if (used)
            fclose(used);
        freeReplyObject(log);
        freeReplyObject(info);
    }
    redisFree(c);
}

/* "#SHA256-..." is where a password belongs. */
static void line_write(const char *line, FILE *out)
{
    const char *from = strstr(line, " #SHA256-");

    if (!from) {
        fputs(line, out);
        return;
    }
    fprintf(out, "%.*s #%s%s", (int)(from - line), line, FIXTURE_ACL_SHA256,
            from + 1 + strcspn(from + 1, " "));
}

void fixture_acl_make(const char *shipped, const char *path, const char *default_user)
{
    FILE *in = fopen(shipped, "r"), *out = fopen(path, "w");
    char *line = NULL;
    size_t cap = 0;

    if (!in || !out) {
        fprintf(stderr, "fixture: cannot make %s of %s\n", path, shipped);
        abort();
    }
    while (getline(&line, &cap, in) > 0) {
        if (default_user && strncmp(line, "user default ", 13) == 0)
            fprintf(out, "%s\n", default_user);
        else
            line_write(line, out);
    }
    free(line);
    fclose(in);
    fclose(out);
}
