/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The read cache by other ways to the server than a unix socket: over TLS, through
 * sentinels and a fail-over, and as a user who may do only what it needs.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fixture_cached.h"
#include "fixture_peer.h"
#include "fixture_sentinel.h"
#include "fixture_tls.h"

TestSuite(cache_ways, .timeout = 110);

static const struct store_open_how how = {.create = &plain};
static struct peer peer;

/* The peer, whose cache is off, has to be there before this process has a client. */
static struct store_ckpt *begin(const char *url)
{
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_REDIS_URL", url, 1);
    setenv("CLOVIS_OP_TIMEOUT_MS", "40000", 1);
    peer_start(&peer, &how);
    setenv("CLOVIS_READ_CACHE", "on", 1);
    cr_assert_eq(store_start(clv_deadline_ns(30 * CLV_NS_PER_S)), STORE_OK);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    PEER_DOES(&peer, "open c");
    return c;
}

static void end(struct store_ckpt *c)
{
    store_ckpt_close(c, soon());
    store_stop();
    peer_end(&peer);
}

/* What the peer changes is seen, and reads are answered from memory again. */
static void peer_is_seen(struct store_ckpt *c, const char *text)
{
    char line[64];

    HITS(c, "s");
    snprintf(line, sizeof(line), "write s %s", text);
    PEER_DOES(&peer, line);
    BECOMES(c, "s", text, "the peer's write");
    HITS(c, "s");
    cr_expect_str_eq(cached_found(c, "s"), text);
}

static void connections_kill(const struct redis *r, const char *command)
{
    redisContext *raw = redis_raw(r);

    freeReplyObject(redisCommand(raw, command));
    redisFree(raw);
}

/* Commands that the server has refused to a user. */
static size_t refusals(const struct redis *r)
{
    redisContext *raw = redis_raw(r);
    redisReply *log = redisCommand(raw, "ACL LOG");
    const size_t n = log && log->type == REDIS_REPLY_ARRAY ? log->elements : 999;

    if (log)
        freeReplyObject(log);
    redisFree(raw);
    return n;
}

Test(cache_ways, over_tls)
{
    static const char *args[12];
    struct store_ckpt *c;
    char port[8], url[64];
    int n = 0;

    tls_certs_make();
    snprintf(port, sizeof(port), "%d", free_port());
    args[n++] = "--tls-port";
    args[n++] = port;
    args[n++] = "--tls-cert-file";
    args[n++] = tls_cert("server.crt");
    args[n++] = "--tls-key-file";
    args[n++] = tls_cert("server.key");
    args[n++] = "--tls-ca-cert-file";
    args[n++] = tls_cert("ca.crt");
    args[n++] = "--tls-auth-clients";
    args[n++] = "no";
    redis_start(&server, true, args);
    setenv("CLOVIS_TLS_CA", tls_cert("ca.crt"), 1);
    snprintf(url, sizeof(url), "rediss://127.0.0.1:%s", port);
    c = begin(url);
    peer_is_seen(c, "two");
    connections_kill(&server, "CLIENT KILL TYPE normal");
    peer_is_seen(c, "three");
    connections_kill(&server, "CLIENT KILL TYPE pubsub");
    peer_is_seen(c, "four");
    end(c);
    redis_end(&server);
}

/* All that was written so far has reached both replicas, so that no fail-over loses it.
 */
static void replicas_have_all(const struct redis *master)
{
    redisContext *raw = redis_raw(master);
    redisReply *r;

    freeReplyObject(redisCommand(raw, "SET something 1"));
    r = redisCommand(raw, "WAIT 2 20000");
    cr_assert(r && r->type == REDIS_REPLY_INTEGER && r->integer == 2);
    freeReplyObject(r);
    redisFree(raw);
}

Test(cache_ways, through_a_fail_over)
{
    static struct cluster cluster;
    struct store_ckpt *c;
    int master, i;

    cluster_start(&cluster, 3, 3, NULL);
    c = begin(cluster.url);
    peer_is_seen(c, "two");
    cluster_settle(&cluster);
    master = cluster_master(&cluster);
    replicas_have_all(&cluster.node[master]);
    redis_kill(&cluster.node[master]);
    master = cluster_master_other_than(&cluster, master);
    /* no read may be answered by what was kept of a master that is gone for longer than
     * the bound; the next that is answered has the last content */
    PEER_DOES(&peer, "write s three");
    BECOMES(c, "s", "three", "the write to the new master");
    for (i = 0; i < 100; i++)
        cr_expect_str_eq(cached_found(c, "s"), "three");
    peer_is_seen(c, "four");
    cluster_order_failover(&cluster, master);
    peer_is_seen(c, "five");
    end(c);
    cluster_end(&cluster);
}

/* The commands, as doc/performance.md gives them, and nothing else. */
#define CACHE_USER                                                                       \
    "ACL SETUSER app on >secret resetkeys ~clovis:* resetchannels "                      \
    "&__redis__:invalidate "                                                             \
    "-@all +@read +@write +@transaction +eval +evalsha +script|load +client|id "         \
    "+client|kill +client|tracking +client|unblock +info +ping +role +time +wait "       \
    "+subscribe"

Test(cache_ways, as_a_user_who_may_do_little)
{
    char url[300];
    struct store_ckpt *c;

    redis_start(&server, true, NULL);
    connections_kill(&server, CACHE_USER);
    snprintf(url, sizeof(url), "redis://app:secret@127.0.0.1:%d", server.port);
    c = begin(url);
    peer_is_seen(c, "two");
    connections_kill(&server, "CLIENT KILL USER app");
    peer_is_seen(c, "three");
    cr_expect_eq(refusals(&server), 0);
    end(c);
    redis_end(&server);
}

/* Without the channel of the notices the cache stays unused, and reads are right. */
Test(cache_ways, without_the_channel_reads_ask_the_store)
{
    struct store_ckpt *c;
    char url[300];
    int i;

    redis_start(&server, true, NULL);
    connections_kill(&server, CACHE_USER " -subscribe");
    snprintf(url, sizeof(url), "redis://app:secret@127.0.0.1:%d", server.port);
    c = begin(url);
    for (i = 0; i < 200; i++)
        cr_assert_str_eq(cached_found(c, "s"), "one");
    PEER_DOES(&peer, "write s two");
    cr_expect_str_eq(cached_found(c, "s"), "two");
    cr_expect_eq(cached_hits(), 0);
    end(c);
    redis_end(&server);
}
