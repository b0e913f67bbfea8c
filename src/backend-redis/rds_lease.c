/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_lease.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_client.h"
#include "base/clock.h"

/* A sign that nobody renews goes after a day; a living process renews it. */
#define SIGN_LIFE_MS INT64_C(86400000)

/* Beyond a third of the lease: what a reconnect may take after an outage. */
enum { WATCH_MORE_MS = 1500, WATCH_STEP_MS = 50, PROC_KEY_MAX = 128 };

struct sign {
    char host[RDS_HOST_SIZE];
    int64_t pid, start, beat, seen_us;
    bool there;
};

static size_t file_read(const char *path, char *out, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, size - 1) : -1;

    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

void rds_lease_host(char *out, size_t size)
{
    char boot[48];
    struct stat ns;

    file_read("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
    boot[strcspn(boot, "\n")] = '\0';
    if (stat("/proc/self/ns/pid", &ns))
        ns.st_ino = 0;
    snprintf(out, size, "%s/%llu", boot, (unsigned long long)ns.st_ino);
}

/* Field 22 of /proc/PID/stat: when the process began, in ticks since boot; 0: no such
 * process, or only its zombie; -1: it is there, but /proc does not show it to us. Field 2
 * may hold anything, so count from its end. */
static int64_t process_start(int64_t pid)
{
    char path[40], text[1024], *at;
    int field;

    snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
    if (!file_read(path, text, sizeof(text)))
        return kill((pid_t)pid, 0) == 0 || errno == EPERM ? -1 : 0;
    at = strrchr(text, ')');
    if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X')
        return 0;
    for (field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? strtoll(at + 1, NULL, 10) : 0;
}

static void proc_key(const char *proc, char out[PROC_KEY_MAX])
{
    snprintf(out, PROC_KEY_MAX, "%s:proc:%s", rds.prefix, proc);
}

void rds_lease_beat(int64_t deadline_ns)
{
    static _Atomic int64_t beats;
    const int64_t beat = ++beats;
    char key[PROC_KEY_MAX];
    struct rds_call call;
    enum store_status st;
    int64_t was_there;

    proc_key(rds.proc, key);
    rds_call_init(&call, false);
    call.impatient = !rds.clustered; /* there, nobody else waits for this thread */
    rds_script_call(&call.req, script_proc_beat, 1, 6);
    rds_req_text(&call.req, key);
    rds_req_int(&call.req, SIGN_LIFE_MS);
    rds_req_text(&call.req, rds.host);
    rds_req_int(&call.req, getpid());
    rds_req_int(&call.req, process_start(getpid()));
    rds_req_text(&call.req, rds.node);
    rds_req_int(&call.req, beat);
    st = rds_run_always(&call, deadline_ns);
    if (st == STORE_OK && rds_reply_int(rds_reply_at(call.last, 1), &was_there) &&
        !was_there)
        rds_ckpt_rejoin(deadline_ns);
    rds_call_free(&call);
}

void rds_lease_end(int64_t deadline_ns)
{
    char key[PROC_KEY_MAX];
    struct rds_call call;

    proc_key(rds.proc, key);
    rds_call_init(&call, false);
    call.impatient = true;
    rds_req_command(&call.req, 2);
    rds_req_text(&call.req, "DEL");
    rds_req_text(&call.req, key);
    rds_run_always(&call, deadline_ns);
    rds_call_free(&call);
}

static enum store_status sign_read(const char *proc, struct sign *out,
                                   int64_t deadline_ns)
{
    static const char *const fields[] = {"host", "pid", "start", "beat", "seen_us"};
    int64_t *const numbers[] = {&out->pid, &out->start, &out->beat, &out->seen_us};
    char key[PROC_KEY_MAX];
    struct rds_call call;
    struct clv_bytes host;
    enum store_status st;
    size_t i;

    memset(out, 0, sizeof(*out));
    proc_key(proc, key);
    rds_call_init(&call, false);
    rds_req_command(&call.req, 7);
    rds_req_text(&call.req, "HMGET");
    rds_req_text(&call.req, key);
    for (i = 0; i < 5; i++)
        rds_req_text(&call.req, fields[i]);
    st = rds_run(&call, deadline_ns);
    host = rds_reply_bytes(rds_reply_at(call.last, 0));
    if (st == STORE_OK && host.base && host.size < sizeof(out->host)) {
        memcpy(out->host, host.base, host.size);
        out->there = true;
        for (i = 0; i < 4; i++)
            out->there =
                rds_reply_int(rds_reply_at(call.last, i + 1), numbers[i]) && out->there;
    }
    rds_call_free(&call);
    return st;
}

/* False when the deadline comes first. */
static bool watch_pause(int64_t deadline_ns)
{
    if (clv_now_ns() + WATCH_STEP_MS * CLV_NS_PER_MS >= deadline_ns)
        return false;
    nanosleep(&(struct timespec){0, WATCH_STEP_MS * 1000000L}, NULL);
    return true;
}

/* Watch until the sign moves or the time has come to give the process up. */
static enum store_status watch(const char *proc, const struct sign *before, bool *alive,
                               int64_t deadline_ns)
{
    const int64_t until_ns =
        clv_now_ns() + rds.lease_ns / 3 + WATCH_MORE_MS * CLV_NS_PER_MS;
    enum store_status st;
    struct sign now;

    *alive = false;
    while (!*alive && clv_now_ns() < until_ns) {
        if (!watch_pause(deadline_ns))
            return STORE_AWAY;
        st = sign_read(proc, &now, deadline_ns);
        if (st != STORE_OK)
            return st;
        *alive = now.there && (!before->there || now.beat != before->beat);
    }
    return STORE_OK;
}

enum store_status rds_lease_check(const char *proc, bool may_watch, bool *alive,
                                  int64_t *seen_us, int64_t deadline_ns)
{
    struct sign sign;
    enum store_status st = sign_read(proc, &sign, deadline_ns);

    *seen_us = sign.there ? sign.seen_us : rds_now_us();
    if (st != STORE_OK)
        return st;
    if (sign.there && strcmp(sign.host, rds.host) == 0) {
        const int64_t start = process_start(sign.pid);

        *alive = start == sign.start;
        if (start >= 0)
            return STORE_OK;
    }
    *alive = true;
    if (!may_watch || (sign.there && rds_now_us() - sign.seen_us <= rds.lease_ns / 1000))
        return STORE_OK;
    return watch(proc, &sign, alive, deadline_ns);
}
