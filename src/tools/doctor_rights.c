/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user of the programs may do, against the user "clovis" of doc/users.acl. Every
 * command is put in a transaction that is never executed: the server then says whether
 * the user may, whatever its version, and without the right to look at rights.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tools/doctor.h"
#include "tools/doctor_users.inc"

enum { WORDS_MAX = 8 };

/* Arguments that make a command complete, as far as the server looks before it asks for
 * the right; K is a key of ours. */
struct shape {
    const char *right;
    const char *words;
    const char *purpose; /* NULL: nothing works without */
};

/* clang-format off */
static const struct shape shapes[] = {
    { "asking", "", "redis-cluster://" },
    { "cluster|info", "", "redis-cluster://" },
    { "cluster|slots", "", "redis-cluster://" },
    { "client|id", "", NULL },
    { "client|kill", "ID 0", "cutting off the connection before" },
    { "client|tracking", "OFF", "CLOVIS_READ_CACHE" },
    { "client|unblock", "0", NULL },
    { "del", "K", NULL },              { "eval", "return(1) 0", "clovis-amfd --cluster" },
    { "evalsha", "x 0", NULL },        { "exists", "K", NULL },
    { "get", "K", NULL },              { "getrange", "K 0 0", NULL },
    { "hdel", "K f", NULL },           { "hexists", "K f", NULL },
    { "hget", "K f", NULL },           { "hgetall", "K", NULL },
    { "hincrby", "K f 0", NULL },      { "hkeys", "K", NULL },
    { "hlen", "K", NULL },             { "hmget", "K f", NULL },
    { "hrandfield", "K", NULL },       { "hset", "K f v", NULL },
    { "hsetnx", "K f v", NULL },       { "hstrlen", "K f", NULL },
    { "incr", "K", "synchronous writes" },
    { "info", "", NULL },              { "persist", "K", NULL },
    { "pexpire", "K 1", NULL },        { "ping", "", "CLOVIS_READ_CACHE" },
    { "rename", "K K", NULL },         { "renamenx", "K K", NULL },
    { "role", "", NULL },              { "sadd", "K m", NULL },
    { "script|load", "return", NULL },
    { "select", "0", "a database other than 0" },
    { "set", "K v", NULL },            { "setrange", "K 0 v", NULL },
    { "srandmember", "K", NULL },      { "srem", "K m", NULL },
    { "strlen", "K", NULL },
    { "subscribe", "__redis__:invalidate", "CLOVIS_READ_CACHE" },
    { "time", "", NULL },              { "unlink", "K", NULL },
    { "wait", "0 0", "synchronous writes" },
    { "xadd", "K * f v", NULL },
    { "xrange", "K - +", "clovis-amfd --cluster" },
    { "xread", "STREAMS K 0", NULL },  { "zadd", "K 0 m", NULL },
    { "zcard", "K", NULL },            { "zcount", "K 0 0", NULL },
    { "zmscore", "K m", NULL },        { "zrange", "K 0 0", NULL },
    { "zrangebyscore", "K 0 0", NULL },{ "zrank", "K m", NULL },
    { "zrem", "K m", NULL },           { "zscore", "K m", NULL },
};

/* What no program needs: it says how much else the user may do. */
static const struct { const char *right, *words, *text; } beyond[] = {
    { "config|get", "save", "CONFIG" },
    { "keys", "K", "KEYS" },
    { "acl|list", "", "ACL" },
    { "get", "clovis-doctor-other:k", "keys of others" },
    { "subscribe", "clovis-doctor-other", "channels of others" },
};
/* clang-format on */

enum verdict { ALLOWED, NO_COMMAND, NO_KEY, NO_ANSWER };

struct rights {
    struct doctor *d;
    struct store_link link;
    char missing[600], optional[600], excess[200];
    bool no_key;
};

static const struct shape *shape_find(const char *right)
{
    size_t i;

    for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
        if (strcmp(shapes[i].right, right) == 0)
            return &shapes[i];
    return NULL;
}

/* ---- asking -------------------------------------------------------------- */

/* "client|id" and its arguments, as words in text. */
static size_t words_cut(char *text, char *words[WORDS_MAX])
{
    char *save, *word;
    size_t n = 0;

    for (word = strtok_r(text, "| ", &save); word && n < WORDS_MAX;
         word = strtok_r(NULL, "| ", &save))
        words[n++] = word;
    return n;
}

static enum verdict judge(redisReply *reply)
{
    enum verdict v = ALLOWED;

    if (!reply)
        return NO_ANSWER;
    /* of EXEC it says "EXECABORT ... because of: NOPERM ..." */
    if (reply->type == REDIS_REPLY_ERROR && strstr(reply->str, "NOPERM"))
        v = strstr(reply->str, " run ") ? NO_COMMAND : NO_KEY;
    rds_reply_free(reply);
    return v;
}

static enum verdict ask(struct rights *r, const char *right, const char *args)
{
    char text[160], *words[WORDS_MAX];
    enum store_status st;
    struct rds_req req;
    size_t i, n;

    snprintf(text, sizeof(text), "%s %s", right, args);
    n = words_cut(text, words);
    rds_req_init(&req);
    rds_req_command(&req, n);
    for (i = 0; i < n; i++)
        rds_req_text(&req,
                     strcmp(words[i], "K") == 0 ? store_key("{c:}:x:data") : words[i]);
    return judge(rds_talk_ask(&r->link.talk, &req, &st));
}

/* ---- collecting ---------------------------------------------------------- */

static void add(char *list, size_t size, const char *word, const char *purpose)
{
    const size_t n = strlen(list);

    snprintf(list + n, size - n, "%s%s%s%s%s", n ? ", " : "", word, purpose ? " (" : "",
             purpose ? purpose : "", purpose ? ")" : "");
}

static bool right_check(struct rights *r, const char *right)
{
    const struct shape *shape = shape_find(right);
    enum verdict v;

    if (!shape)
        return true; /* multi, exec: seen already */
    v = ask(r, right, shape->words);
    if (v == NO_COMMAND && shape->purpose)
        add(r->optional, sizeof(r->optional), right, shape->purpose);
    else if (v == NO_COMMAND)
        add(r->missing, sizeof(r->missing), right, NULL);
    else if (v == NO_KEY && strcmp(right, "subscribe") == 0)
        add(r->optional, sizeof(r->optional), "channel __redis__:invalidate",
            shape->purpose);
    r->no_key = r->no_key || (v == NO_KEY && strcmp(right, "subscribe"));
    return v != NO_ANSWER;
}

/* All words of the user's line that begin with '+'. */
static bool rights_check(struct rights *r)
{
    const char *at = strstr(users_acl, "user clovis ");
    const char *end = at ? strchr(at, '\n') : NULL;
    char right[32];
    size_t len;
    bool answers = true;

    for (; at && end && at < end && answers; at += len + 1) {
        len = strcspn(at, " \n");
        if (*at != '+')
            continue;
        snprintf(right, sizeof(right), "%.*s", (int)len - 1, at + 1);
        answers = right_check(r, right);
    }
    return answers;
}

static bool excess_check(struct rights *r)
{
    enum verdict v = ALLOWED;
    size_t i;

    for (i = 0; i < sizeof(beyond) / sizeof(*beyond) && v != NO_ANSWER; i++) {
        v = ask(r, beyond[i].right, beyond[i].words);
        if (v == ALLOWED)
            add(r->excess, sizeof(r->excess), beyond[i].text, NULL);
    }
    return v != NO_ANSWER;
}

static void rights_tell(struct rights *r)
{
    const struct rds_place *at = &r->link.place;
    const char *user = store_url()->user ? store_url()->user : "default";
    const char *remedy = "the line of user clovis in users.acl, for ACL SETUSER";

    if (r->missing[0])
        doctor_find(r->d, DOCTOR_ERROR, "rights", at, "calls of programs fail", remedy,
                    "user %s may not use: %s; expected all of users.acl", user,
                    r->missing);
    if (r->no_key)
        doctor_find(r->d, DOCTOR_ERROR, "rights-keys", at,
                    "nothing can be read or written", remedy,
                    "user %s has no right on the keys %s, expected ~%s", user,
                    store_key("*"), store_key("*"));
    if (r->optional[0])
        doctor_find(r->d, DOCTOR_WARNING, "rights-optional", at,
                    "what is named in brackets does not work", remedy,
                    "user %s may not use: %s; expected all of users.acl", user,
                    r->optional);
    if (r->excess[0])
        doctor_find(r->d, DOCTOR_NOTE, "rights-excess", at,
                    "a program that goes wrong, or is taken over, can do more harm",
                    "users.acl, and CLOVIS_REDIS_USER",
                    "user %s may also use: %s; expected nothing beyond users.acl", user,
                    r->excess);
}

void doctor_rights(struct doctor *d)
{
    static struct rights r;
    enum verdict v;
    bool answers;

    r.d = d;
    if (clv_deadline_left_ms(d->deadline_ns) == 0 ||
        !store_link_open(&r.link, &d->server[0].link.place)) {
        doctor_find(d, DOCTOR_ERROR, "login", &d->server[0].link.place,
                    "no program can connect", "CLOVIS_REDIS_USER, and its password", "%s",
                    r.link.why);
        return;
    }
    doctor_allow(d, &r.link);
    /* an empty transaction; then one that is left open */
    v = ask(&r, "multi", "");
    if (v == ALLOWED && ask(&r, "exec", "") == NO_COMMAND)
        add(r.missing, sizeof(r.missing), "exec", NULL);
    if (v == ALLOWED)
        v = ask(&r, "multi", "");
    if (v == NO_COMMAND)
        add(r.missing, sizeof(r.missing), "multi", NULL);
    answers = v != NO_ANSWER;
    if (v == ALLOWED)
        answers = rights_check(&r) && excess_check(&r);
    rights_tell(&r);
    if (!answers)
        doctor_find(d, DOCTOR_ERROR, "reachable", &r.link.place,
                    "the rights of the programs' user were not looked at to the end",
                    "ask again", "%s", r.link.why);
    store_link_close(&r.link);
}
