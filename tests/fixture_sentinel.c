/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_sentinel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* A sentinel that was kept from running for two seconds does nothing for the next thirty.
 */
enum { DOWN_AFTER_MS = 500, FAILOVER_TIMEOUT_MS = 2000, WAIT_MS = 75000 };

static void die(const char *what)
{
    fprintf(stderr, "fixture: %s\n", what);
    abort();
}

bool ask_port(int port, int i, char *out, size_t size, const char *fmt, ...)
{
    const struct timeval limit = {0, 300000};
    redisContext *c = redisConnectWithTimeout("127.0.0.1", port, limit);
    redisReply *reply = NULL, *part;
    va_list ap;

    out[0] = '\0';
    va_start(ap, fmt);
    if (c && !c->err && redisSetTimeout(c, limit) == REDIS_OK)
        reply = redisvCommand(c, fmt, ap);
    va_end(ap);
    part = reply && reply->type == REDIS_REPLY_ARRAY
               ? (i < (int)reply->elements ? reply->element[i] : NULL)
               : reply;
    if (part && part->str)
        snprintf(out, size, "%s", part->str);
    else if (part && part->type == REDIS_REPLY_INTEGER)
        snprintf(out, size, "%lld", part->integer);
    if (reply)
        freeReplyObject(reply);
    if (c)
        redisFree(c);
    return out[0] != '\0';
}

/* The value of a line of INFO replication, or of SENTINEL MASTER; static storage. */
static const char *info_of(int port, const char *key)
{
    static char value[64];
    char text[8192], line[64], *at;

    value[0] = '\0';
    if (!ask_port(port, 0, text, sizeof(text), "INFO replication"))
        return value;
    snprintf(line, sizeof(line), "\n%s:", key);
    at = strstr(text, line);
    if (at)
        snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + strlen(line), "\r\n"),
                 at + strlen(line));
    return value;
}

/* ---- sentinels ----------------------------------------------------------- */

static void run_sentinel(const struct sentinel *s)
{
    const char *program = getenv("REDIS_SENTINEL");
    int fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(s->dir))
        _exit(127);
    fd = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    program = program && *program ? program : "redis-sentinel";
    execlp(program, program, "sentinel.conf", (char *)NULL);
    _exit(127);
}

static bool sentinel_answers(void *arg)
{
    const struct sentinel *s = arg;
    char text[64];

    return ask_port(s->port, 0, text, sizeof(text), "PING");
}

void sentinel_again(struct sentinel *s)
{
    char text[64];

    s->pid = fork();
    if (s->pid < 0)
        die("fork");
    if (s->pid == 0)
        run_sentinel(s);
    if (!wait_for(sentinel_answers, s, 20000))
        die("redis-sentinel does not answer");
    /* look more often than usual; where that is not known, tests take longer. Five pings
     * must take longer than the second between two INFOs of a fail-over. */
    ask_port(s->port, 0, text, sizeof(text),
             "SENTINEL DEBUG INFO-PERIOD 200 PING-PERIOD 400 ASK-PERIOD 100 "
             "PUBLISH-PERIOD 200 ELECTION-TIMEOUT 1000 MIN-LINK-RECONNECT-PERIOD 200");
}

void sentinel_kill(struct sentinel *s)
{
    if (!s->pid)
        return;
    kill(s->pid, SIGKILL);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    s->pid = 0;
}

void sentinel_start(struct sentinel *s, int master_port, int quorum, const char *more)
{
    sentinel_start_for(s, "127.0.0.1", master_port, quorum, more);
}

void sentinel_start_for(struct sentinel *s, const char *master_host, int master_port,
                        int quorum, const char *more)
{
    const char *tmp = getenv("TMPDIR");
    char path[200];
    FILE *f;

    memset(s, 0, sizeof(*s));
    snprintf(s->dir, sizeof(s->dir), "%s/sentinel.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(s->dir))
        die("mkdtemp");
    s->port = free_port();
    snprintf(path, sizeof(path), "%s/sentinel.conf", s->dir);
    f = fopen(path, "w");
    if (!f)
        die("sentinel.conf");
    fprintf(f,
            "port %d\nbind 127.0.0.1\nprotected-mode no\ndir %s\n%s"
            "sentinel monitor m %s %d %d\n"
            "sentinel down-after-milliseconds m %d\n"
            "sentinel failover-timeout m %d\n"
            "sentinel parallel-syncs m %d\n",
            s->port, s->dir, more, master_host, master_port, quorum, DOWN_AFTER_MS,
            FAILOVER_TIMEOUT_MS, NODES_MAX);
    fclose(f);
    sentinel_again(s);
}

void sentinel_end(struct sentinel *s)
{
    pid_t pid;

    sentinel_kill(s);
    pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", s->dir, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

/* ---- all of it ----------------------------------------------------------- */

static bool all_know_each_other(void *arg)
{
    struct cluster *c = arg;
    char text[64];
    int i;

    for (i = 0; i < c->n_sentinels; i++) {
        /* fields 31 and 33 of SENTINEL MASTER: num-slaves, num-other-sentinels */
        if (!ask_port(c->sentinel[i].port, 31, text, sizeof(text), "SENTINEL MASTER m") ||
            atoi(text) != c->n_nodes - 1 ||
            !ask_port(c->sentinel[i].port, 33, text, sizeof(text), "SENTINEL MASTER m") ||
            atoi(text) != c->n_sentinels - 1)
            return false;
    }
    return true;
}

/* A master that is killed while one of them still carries out the fail-over before may be
 * named by that one for ever. */
static bool sentinels_rest(const struct cluster *c)
{
    char flags[64];
    int i;

    for (i = 0; i < c->n_sentinels; i++) /* field 9 of SENTINEL MASTER: flags */
        if (c->sentinel[i].pid && (!ask_port(c->sentinel[i].port, 9, flags, sizeof(flags),
                                             "SENTINEL MASTER m") ||
                                   strcmp(flags, "master") != 0))
            return false;
    return true;
}

static bool in_sync(void *arg)
{
    struct cluster *c = arg;
    const int master = cluster_master(c);
    int i;

    if (master < 0 || !sentinels_rest(c))
        return false;
    for (i = 0; i < c->n_nodes; i++)
        if (i != master && c->node[i].pid &&
            (strcmp(info_of(c->node[i].port, "master_link_status"), "up") ||
             atoi(info_of(c->node[i].port, "master_port")) != c->node[master].port))
            return false;
    return true;
}

static void node_start(struct cluster *c, int i, const char *const *args)
{
    const char **a = c->args[i];
    size_t n = 0;

    a[n++] = "--repl-diskless-sync-delay";
    a[n++] = "0";
    a[n++] = "--repl-ping-replica-period";
    a[n++] = "1";
    a[n++] = "--enable-debug-command";
    a[n++] = "yes";
    for (; args && *args && n < 28; args++)
        a[n++] = *args;
    if (i > 0) {
        a[n++] = "--replicaof";
        a[n++] = "127.0.0.1";
        a[n++] = c->master_port;
    }
    a[n] = NULL;
    redis_start(&c->node[i], true, a);
    if (i == 0)
        snprintf(c->master_port, sizeof(c->master_port), "%d", c->node[0].port);
}

void cluster_start(struct cluster *c, int n_nodes, int n_sentinels,
                   const char *const *args)
{
    size_t used;
    int i;

    memset(c, 0, sizeof(*c));
    c->n_nodes = n_nodes;
    c->n_sentinels = n_sentinels;
    for (i = 0; i < n_nodes; i++)
        node_start(c, i, args);
    used = (size_t)snprintf(c->url, sizeof(c->url), "redis-sentinel://");
    for (i = 0; i < n_sentinels; i++) {
        sentinel_start(&c->sentinel[i], c->node[0].port, n_sentinels / 2 + 1, "");
        used += (size_t)snprintf(c->url + used, sizeof(c->url) - used, "%s127.0.0.1:%d",
                                 i ? "," : "", c->sentinel[i].port);
    }
    snprintf(c->url + used, sizeof(c->url) - used, "/m");
    if (!wait_for(all_know_each_other, c, WAIT_MS) || !wait_for(in_sync, c, WAIT_MS))
        die("the cluster does not come up");
}

void cluster_start_for_app(struct cluster *c, int n_nodes, int n_sentinels)
{
    static const char *const args[] = {"--user", "app", "on",    ">app",
                                       "~*",     "&*",  "+@all", NULL};

    cluster_start(c, n_nodes, n_sentinels, args);
    setenv("CLOVIS_REDIS_URL", c->url, 1);
    setenv("CLOVIS_REDIS_USER", "app", 1);
    setenv("CLOVIS_REDIS_PASSWORD", "app", 1);
    setenv("CLOVIS_LOG", "none", 1);
}

static void must_do(redisContext *raw, const char *command)
{
    redisReply *r = raw && !raw->err ? redisCommand(raw, command) : NULL;

    if (!r || r->type == REDIS_REPLY_ERROR)
        die(r ? r->str : command);
    freeReplyObject(r);
}

redisContext *cluster_cut_off(struct cluster *c, int node)
{
    redisContext *raw = redisConnect("127.0.0.1", c->node[node].port);

    must_do(raw, "AUTH app app");
    must_do(raw, "ACL SETUSER default off");
    must_do(raw, "CLIENT KILL TYPE replica");
    must_do(raw, "CLIENT KILL USER default");
    return raw;
}

void cluster_rejoin(redisContext *raw)
{
    must_do(raw, "ACL SETUSER default on");
    redisFree(raw);
}

void cluster_end(struct cluster *c)
{
    int i;

    for (i = 0; i < c->n_sentinels; i++)
        sentinel_end(&c->sentinel[i]);
    for (i = 0; i < c->n_nodes; i++)
        redis_end(&c->node[i]);
}

int cluster_master(struct cluster *c)
{
    int votes[NODES_MAX] = {0}, i, k, n = 0, best = 0;
    char text[64];

    nanosleep(&(struct timespec){0, 20000000}, NULL); /* it is asked again and again */
    for (i = 0; i < c->n_sentinels; i++) {
        if (!c->sentinel[i].pid)
            continue;
        n++;
        if (!ask_port(c->sentinel[i].port, 1, text, sizeof(text),
                      "SENTINEL GET-MASTER-ADDR-BY-NAME m"))
            continue;
        for (k = 0; k < c->n_nodes; k++)
            votes[k] += c->node[k].port == atoi(text);
    }
    for (k = 1; k < c->n_nodes; k++)
        if (votes[k] > votes[best])
            best = k;
    if (2 * votes[best] <= n || !c->node[best].pid ||
        strcmp(info_of(c->node[best].port, "role"), "master"))
        return -1;
    return best;
}

struct other {
    struct cluster *c;
    int before, is;
};

static bool other_is_master(void *arg)
{
    struct other *o = arg;

    o->is = cluster_master(o->c);
    return o->is >= 0 && o->is != o->before;
}

static void logs_show(const struct cluster *c)
{
    char command[256];
    int i;

    for (i = 0; i < c->n_nodes; i++) {
        snprintf(command, sizeof(command),
                 "echo node %d port %d pid %d: >&2; redis-cli -p %d ROLE >&2;"
                 "tail -n 5 %s/log >&2",
                 i, c->node[i].port, (int)c->node[i].pid, c->node[i].port,
                 c->node[i].dir);
        if (system(command))
            return;
    }
    for (i = 0; i < c->n_sentinels; i++) {
        snprintf(command, sizeof(command), "tail -n 20 %s/log >&2", c->sentinel[i].dir);
        if (system(command))
            return;
    }
}

int cluster_master_other_than(struct cluster *c, int before)
{
    struct other o = {c, before, -1};

    if (!wait_for(other_is_master, &o, WAIT_MS)) {
        logs_show(c);
        die("no other node becomes the master");
    }
    return o.is;
}

/* A sentinel may be busy with what came before, and an order may come to nothing: a
 * replica that it chose has not answered yet, say. */
void cluster_order_failover(struct cluster *c, int before)
{
    struct other o = {c, before, -1};
    char said[256] = "";
    int i;

    for (i = 0; i < 10; i++) {
        ask_port(c->sentinel[0].port, 0, said, sizeof(said), "SENTINEL FAILOVER m");
        if (wait_for(other_is_master, &o, strcmp(said, "OK") == 0 ? 6000 : 500))
            return;
    }
    logs_show(c);
    fprintf(stderr, "fixture: the sentinel said: %s\n", said);
    die("no other node becomes the master by order");
}

void cluster_settle(struct cluster *c)
{
    if (wait_for(in_sync, c, WAIT_MS))
        return;
    logs_show(c);
    die("the replicas do not come into sync again");
}

void cluster_heal(struct cluster *c)
{
    char text[64];
    int i, master;

    for (i = 0; i < c->n_sentinels; i++)
        if (!c->sentinel[i].pid)
            sentinel_again(&c->sentinel[i]);
    for (i = 0; i < c->n_nodes; i++)
        if (c->node[i].pid)
            redis_thaw(&c->node[i]);
    master = cluster_master_other_than(c, -1);
    for (i = 0; i < c->n_nodes; i++) {
        if (!c->node[i].pid)
            redis_again(&c->node[i]);
        if (i != master)
            ask_port(c->node[i].port, 0, text, sizeof(text), "REPLICAOF 127.0.0.1 %d",
                     c->node[master].port);
    }
    cluster_settle(c);
}
