/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_peer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_fork.h"
#include "fixture_store.h"

enum { BURST_MAX = 65536 };

/* ---- the child ----------------------------------------------------------- */

struct words {
    char verb[32], id[64], text[128];
    size_t size;
};

static enum store_status burst_step(struct store_ckpt *c, const struct words *w,
                                    char *block, unsigned n)
{
    const struct clv_bytes data = {block, w->size};
    struct store_write v = {bytes(w->id), data, 0};
    char id[80];
    uint32_t bad;

    snprintf(block, w->size, "%08u", n);
    if (strcmp(w->text, "write") == 0)
        return store_section_write(c, v.id, data, soon());
    if (strcmp(w->text, "vector") == 0)
        return store_write(c, &v, 1, &bad, soon());
    snprintf(id, sizeof(id), "%s.%u", w->id, n);
    return store_section_create(c, bytes(id), never, data, NULL, soon());
}

static void burst(struct store_ckpt *c, const struct words *w, int out)
{
    static char block[BURST_MAX];
    enum store_status st;
    unsigned n = 0;

    do
        st = burst_step(c, w, block, n + 1);
    while (st == STORE_OK && ++n);
    dprintf(out, "%s after %u\n", store_status_text(st), n);
}

static enum store_status obey(struct store_ckpt **c, const struct words *w,
                              const struct store_open_how *how)
{
    const struct clv_bytes id = bytes(w->id), text = bytes(w->text);
    const struct store_write v = {id, text, 1};
    uint32_t bad;

    if (strcmp(w->verb, "open") == 0)
        return store_ckpt_open(id, how, soon(), c);
    if (strcmp(w->verb, "close") == 0)
        return store_ckpt_close(*c, soon());
    if (strcmp(w->verb, "unlink") == 0)
        return store_ckpt_unlink(id, soon());
    if (strcmp(w->verb, "active") == 0)
        return store_ckpt_active_set(*c, soon());
    if (strcmp(w->verb, "retain") == 0)
        return store_ckpt_retention_set(*c, strtoll(w->id, NULL, 10), soon());
    if (strcmp(w->verb, "create") == 0)
        return create(*c, w->id, w->text);
    if (strcmp(w->verb, "write") == 0)
        return store_section_write(*c, id, text, soon());
    if (strcmp(w->verb, "vector") == 0)
        return store_write(*c, &v, 1, &bad, soon());
    if (strcmp(w->verb, "delete") == 0)
        return store_section_delete(*c, id, soon());
    if (strcmp(w->verb, "expire") == 0)
        return store_section_expire(*c, id, (struct store_when){false, 1}, soon());
    return STORE_CONFIG;
}

static void peer_main(int in, int out, const struct store_open_how *how)
{
    struct store_ckpt *c = NULL;
    FILE *f = fdopen(in, "r");
    struct words w;
    char line[256];

    if (!f || store_start(soon()) != STORE_OK)
        _exit(1);
    while (fgets(line, sizeof(line), f)) {
        w.id[0] = w.text[0] = '\0';
        w.size = 0;
        sscanf(line, "%31s %63s %127s %zu", w.verb, w.id, w.text, &w.size);
        if (strcmp(w.verb, "burst") == 0 && w.size >= 9 && w.size <= BURST_MAX)
            burst(c, &w, out);
        else
            dprintf(out, "%s\n", store_status_text(obey(&c, &w, how)));
    }
    store_stop();
    fclose(f);
    _exit(0);
}

/* ---- the parent ---------------------------------------------------------- */

void peer_start(struct peer *p, const struct store_open_how *how)
{
    int to[2], from[2];

    if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
        abort();
    p->pid = fork_among_threads();
    if (p->pid < 0)
        abort();
    if (p->pid == 0) {
        close(to[1]);
        close(from[0]);
        peer_main(to[0], from[1], how);
    }
    close(to[0]);
    close(from[1]);
    p->to = to[1];
    p->from = from[0];
}

void peer_tell(const struct peer *p, const char *line)
{
    dprintf(p->to, "%s\n", line);
}

const char *peer_answer(const struct peer *p)
{
    static char answer[128];
    size_t n = 0;

    while (n < sizeof(answer) - 1 && read(p->from, &answer[n], 1) == 1 &&
           answer[n] != '\n')
        n++;
    answer[n] = '\0';
    return answer;
}

const char *peer_ask(const struct peer *p, const char *line)
{
    peer_tell(p, line);
    return peer_answer(p);
}

void peer_freeze(const struct peer *p)
{
    kill(p->pid, SIGSTOP);
    waitpid(p->pid, NULL, WUNTRACED);
}

void peer_thaw(const struct peer *p)
{
    kill(p->pid, SIGCONT);
}

static void peer_gone(struct peer *p)
{
    waitpid(p->pid, NULL, 0);
    close(p->from);
}

void peer_kill(struct peer *p)
{
    kill(p->pid, SIGKILL);
    close(p->to);
    peer_gone(p);
}

void peer_end(struct peer *p)
{
    close(p->to);
    peer_gone(p);
}
