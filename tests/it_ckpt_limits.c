/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much as a legacy program asks for: 500 services, many open checkpoints, threads with
 * 16 KiB of stack. LIMITS_OPENS=30000 in the environment is the full number of opens; the
 * default is a part of it, because each costs several round trips.
 */
#include "ckpt_calls.h"
#include "fault.h"
#include "fixture_redis.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"

TestSuite(limits, .timeout = 110);

enum { SERVICES = 500, OPENS = 3000, OPENS_MAX = 30000 };

/* No allocation fails here. */
_Thread_local int fault_paused;

bool fault_was_hit(void)
{
    return false;
}

void fault_arm(int nth)
{
    (void)nth;
}

/* ---- many handles -------------------------------------------------------- */

static long status_line(const char *key)
{
    FILE *const f = fopen("/proc/self/status", "re");
    char line[128];
    long n = -1;

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, key, strlen(key)) == 0)
            n = strtol(line + strlen(key), NULL, 10);
    if (f)
        fclose(f);
    return n;
}

static long long connections(const struct redis *server)
{
    redisContext *const raw = redis_raw(server);
    redisReply *const r = redisCommand(raw, "INFO clients");
    const char *const at = r ? strstr(r->str, "connected_clients:") : NULL;
    const long long n = at ? strtoll(at + strlen("connected_clients:"), NULL, 10) : -1;

    freeReplyObject(r);
    redisFree(raw);
    return n - 1; /* without ours */
}

static ClHandleT services[SERVICES], opens[OPENS_MAX];

static void open_all(int n)
{
    const attrs_t a = attrs(WR, 3, 16);
    char name[32];
    int i;

    for (i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "limit-%d", i);
        OK(t_open(services[i % SERVICES], nm(name), &a, RWC, &opens[i]));
        cr_assert(opens[i] > 0 && opens[i] <= INT32_MAX, "row Common.value#1");
    }
}

static void use_some(int n)
{
    int i;

    for (i = 0; i < n; i += n / 100) {
        OK(add(opens[i], "s", "x"));
        OK(put(opens[i], "s", "used"));
        cr_expect_str_eq(content(opens[i], "s"), "used");
    }
}

Test(limits, many_services_and_many_open_checkpoints)
{
    const char *const text = getenv("LIMITS_OPENS");
    const int n = text ? atoi(text) : OPENS;
    int64_t begun = clv_now_ns();
    long threads, rss;
    struct redis server;
    char name[32];
    int i;

    cr_assert(n >= 100 && n <= OPENS_MAX, "LIMITS_OPENS=%s, expected 100 to %d", text,
              OPENS_MAX);
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    for (i = 0; i < SERVICES; i++) {
        v = (struct variant){"limits", i % 2 != 0, i % 4 == 3};
        OK(t_init(&services[i], NULL, NULL));
        cr_assert(services[i] > 0 && services[i] <= INT32_MAX, "row Common.value#1");
    }
    v = (struct variant){"limits", false, false};
    open_all(1);
    threads = status_line("Threads:");
    rss = status_line("VmRSS:");
    OK(t_close(opens[0]));
    open_all(n);
    use_some(n);
    fprintf(stderr, "limits: %d services, %d opens in %.1f s, %ld bytes each\n", SERVICES,
            n, (double)(clv_now_ns() - begun) / CLV_NS_PER_S,
            (status_line("VmRSS:") - rss) * 1024 / n);
    FACT("Process.limits#1", status_line("Threads:") == threads);
    FACT("Process.limits#1", connections(&server) == 1);
    begun = clv_now_ns();
    for (i = 0; i < n / 2; i++)
        OK(t_close(opens[i]));
    for (i = 0; i < SERVICES; i++)
        OK(t_fini(services[i])); /* row Process.limits#2: closes the other half */
    fprintf(stderr, "limits: closed in %.1f s\n",
            (double)(clv_now_ns() - begun) / CLV_NS_PER_S);
    begin();
    ROW("Process.limits#2", t_open(svc, nm("limit-99"), NULL, R, &opens[0]), NOT_EXIST);
    snprintf(name, sizeof(name), "limit-%d", n - 1);
    ROW("Process.limits#2", t_open(svc, nm(name), NULL, R, &opens[0]), NOT_EXIST);
    end();
    redis_end(&server);
}

/* ---- small stacks -------------------------------------------------------- */

#if !defined(__SANITIZE_ADDRESS__) /* whose frames are larger than any program's */

enum { STACK = 16384, GUARD = 4096, NEED_MAX = 8192, PAINT = 0xa5 };

static void *nothing(void *arg)
{
    return arg;
}

static void *one_call(void *arg)
{
    const struct call *const c = arg;

    return c->run() == (v.sa ? SA_AIS_OK : CL_OK) ? NULL : arg;
}

/* Run fn on a thread with 16 KiB and a guard page below them; how much it has used. */
static size_t used(void *(*fn)(void *), void *arg)
{
    static unsigned char *area;
    unsigned char *stack;
    pthread_attr_t attr;
    size_t untouched = 0;
    void *failed = NULL;
    pthread_t t;

    if (!area) {
        area = mmap(NULL, GUARD + STACK, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        cr_assert(area != MAP_FAILED && mprotect(area, GUARD, PROT_NONE) == 0);
    }
    stack = area + GUARD;
    memset(stack, PAINT, STACK);
    cr_assert_eq(pthread_attr_init(&attr), 0);
    cr_assert_eq(pthread_attr_setstack(&attr, stack, STACK), 0);
    cr_assert_eq(pthread_create(&t, &attr, fn, arg), 0);
    cr_assert_eq(pthread_join(t, &failed), 0);
    cr_expect_null(failed, "%s failed",
                   fn == one_call ? ((struct call *)arg)->call : "?");
    pthread_attr_destroy(&attr);
    while (untouched < STACK && stack[untouched] == PAINT)
        untouched++;
    return STACK - untouched;
}

static void stack_body(void)
{
    size_t i, bare, most = 0;
    const char *who = "";

    calls_begin();
    bare = used(nothing, NULL);
    for (i = 0; i < n_calls; i++) {
        size_t n;

        if (calls[i].cl_only && v.sa)
            continue;
        n = used(one_call, (void *)&calls[i]) - bare;
        cr_expect_leq(n, NEED_MAX, "row Process.stack#1: %s, %s needs %zu bytes of stack",
                      v.name, calls[i].call, n);
        if (n > most) {
            most = n;
            who = calls[i].call;
        }
    }
    fprintf(stderr,
            "limits: %s: at most %zu bytes of stack (%s), beside %zu of the thread\n",
            v.name, most, who, bare);
    calls_end();
}

Test(limits, every_call_on_a_stack_of_16_kib)
{
    each_variant(stack_body);
}
#endif
