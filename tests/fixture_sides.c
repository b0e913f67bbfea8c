/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_sides.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture_netns.h"

struct side sides[2];
struct redis sides_store;
static bool made;

/* A namespace with one link to ours. */
static bool side_make(const struct side *s)
{
    return netns_shell("ip netns add %s", s->name) &&
           netns_shell("ip link add %s type veth peer name e0 netns %s", s->link,
                       s->name) &&
           netns_shell("ip addr add %s1/30 dev %s && ip link set %s up", s->net, s->link,
                       s->link) &&
           netns_shell("ip -n %s addr add %s2/30 dev e0 && ip -n %s link set e0 up",
                       s->name, s->net, s->name);
}

static void side_name(struct side *s, int which)
{
    const unsigned n = (unsigned)getpid();
    const char letter = which ? 'b' : 'a';

    s->node = which ? "blade2" : "blade1";
    s->comp = which ? "counter2" : "counter1";
    snprintf(s->name, sizeof(s->name), "clv-%c-%u", letter, n);
    snprintf(s->link, sizeof(s->link), "clv%c%u", letter, n % 1000000);
    snprintf(s->net, sizeof(s->net), "10.%u.%u.", (which ? 150 : 200) + n % 50,
             n / 50 % 256);
}

bool sides_begin(const struct amfd_model *model)
{
    static char bind[2][32], lease[16];
    static const char *args[] = {"--bind",           "127.0.0.1", bind[0], bind[1],
                                 "--protected-mode", "no",        NULL};
    int i;

    if (geteuid() != 0)
        return false;
    for (i = 0; i < 2; i++) {
        side_name(&sides[i], i);
        if (!side_make(&sides[i]))
            return false;
        snprintf(bind[i], sizeof(bind[i]), "%s1", sides[i].net);
    }
    redis_start(&sides_store, true, args);
    snprintf(lease, sizeof(lease), "%d", SIDES_LEASE_MS);
    setenv("CLOVIS_AMF_LEASE_MS", lease, 1);
    for (i = 0; i < 2; i++) {
        amfd_prepare(&sides[i].amfd, model);
        sides[i].amfd.netns = sides[i].name;
    }
    made = true;
    return true;
}

void sides_end(void)
{
    int i;

    if (made) {
        amfd_end(&sides[0].amfd);
        amfd_end(&sides[1].amfd);
        redis_end(&sides_store);
    }
    for (i = 0; i < 2; i++)
        if (*sides[i].name)
            netns_shell("ip link del %s; ip netns del %s; true", sides[i].link,
                        sides[i].name);
}

void side_launch(struct side *s)
{
    const char *const args[] = {"--node", s->node, "--cluster", "test", NULL};
    char url[64];

    snprintf(url, sizeof(url), "redis://%s1:%d", s->net, sides_store.port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    amfd_launch(&s->amfd, args);
}

void side_link(const struct side *s, bool up)
{
    cr_assert(netns_shell("ip link set %s %s", s->link, up ? "up" : "down"));
}

void side_packets(const struct side *s, bool arrive)
{
    cr_assert(
        netns_shell("ip addr %s %s1/30 dev %s", arrive ? "add" : "del", s->net, s->link));
}

/* Sockets in FIN_WAIT1 (4) have bytes that are not acknowledged. */
bool side_sends_for_the_dead(const struct side *s)
{
    return netns_shell("ip netns exec %s grep -qE '^ *[0-9]+: [^ ]+ [^ ]+ 04 ' "
                       "/proc/net/tcp",
                       s->name);
}

void sides_show(void)
{
    char *log;
    int i;

    for (i = 0; i < 2; i++) {
        log = amfd_log(&sides[i].amfd, "err");
        fprintf(stderr, "---- %s\n%s", sides[i].node, log);
        free(log);
    }
}

void side_expect(struct side *s, const char *log, const char *text, int n)
{
    if (amfd_log_has(&s->amfd, log, text, n, SIDES_PATIENCE_MS))
        return;
    sides_show();
    cr_assert(false, "%s: expected \"%s\" %d times", log, text, n);
}
