/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int unix_socket(const char *path, bool listening)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
    if (fd < 0)
        return -1;
    if (listening ? bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 64)
                  : connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
        close(fd);
        return -1;
    }
    return fd;
}

static int tcp_listener(int port)
{
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 64)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Lock held. */
static void link_close(struct fault_proxy *p, int i)
{
    close(p->link[i].fd[0]);
    close(p->link[i].fd[1]);
    p->link[i].fd[0] = p->link[i].fd[1] = -1;
}

/* Lock held. */
static void links_close(struct fault_proxy *p)
{
    int i;

    for (i = 0; i < FAULT_LINKS; i++)
        if (p->link[i].fd[0] >= 0)
            link_close(p, i);
    p->cut_after[0] = p->cut_after[1] = -1;
    p->n_cuts++;
}

static void accept_one(struct fault_proxy *p)
{
    const int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
    const int server = client >= 0 ? unix_socket(p->upstream, false) : -1;
    int i;

    for (i = 0; i < FAULT_LINKS && p->link[i].fd[0] >= 0; i++) {
    }
    if (server < 0 || i == FAULT_LINKS) {
        close(client);
        if (server >= 0)
            close(server);
        return;
    }
    p->link[i].fd[0] = client;
    p->link[i].fd[1] = server;
}

/* Lock held. Pass on what there is, up to the byte of the cut. */
static void pass(struct fault_proxy *p, int i, enum fault_way way)
{
    static char block[65536];
    const int from = p->link[i].fd[way == FAULT_UP ? 0 : 1];
    const int to = p->link[i].fd[way == FAULT_UP ? 1 : 0];
    ssize_t n = recv(from, block, sizeof(block), 0), sent = 0, k;

    if (n <= 0) {
        link_close(p, i);
        return;
    }
    if (p->cut_after[way] >= 0 && n > p->cut_after[way])
        n = p->cut_after[way];
    while (sent < n && (k = send(to, block + sent, (size_t)(n - sent), MSG_NOSIGNAL)) > 0)
        sent += k;
    p->seen[way] += n;
    if (p->cut_after[way] >= 0) {
        p->cut_after[way] -= n;
        if (p->cut_after[way] == 0)
            links_close(p);
    }
}

/* Lock held, released while waiting. */
static void turn(struct fault_proxy *p)
{
    struct pollfd f[2 + 2 * FAULT_LINKS];
    char drain[16];
    int i, way, hold;

    f[0] = (struct pollfd){p->wake[0], POLLIN, 0};
    f[1] = (struct pollfd){p->listener, POLLIN, 0};
    hold = p->hold;
    for (i = 0; i < FAULT_LINKS; i++)
        for (way = 0; way < 2; way++)
            f[2 + 2 * i + way] =
                (struct pollfd){hold ? -1 : p->link[i].fd[way], POLLIN, 0};
    pthread_mutex_unlock(&p->lock);
    poll(f, 2 + 2 * FAULT_LINKS, -1);
    pthread_mutex_lock(&p->lock);
    if (f[0].revents && read(p->wake[0], drain, sizeof(drain)) < 0)
        return;
    for (i = 0; i < FAULT_LINKS && !p->hold; i++)
        for (way = 0; way < 2; way++)
            if (f[2 + 2 * i + way].revents && p->link[i].fd[way] == f[2 + 2 * i + way].fd)
                pass(p, i, way == 0 ? FAULT_UP : FAULT_DOWN);
    if (f[1].revents)
        accept_one(p);
}

static void *proxy_main(void *arg)
{
    struct fault_proxy *p = arg;

    pthread_mutex_lock(&p->lock);
    while (!p->stop)
        turn(p);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void wake_up(struct fault_proxy *p)
{
    if (write(p->wake[1], "", 1) != 1)
        abort();
}

/* port: of 127.0.0.1; 0: a unix socket. */
static void start(struct fault_proxy *p, const char *upstream, int port)
{
    int i;

    memset(p, 0, sizeof(*p));
    snprintf(p->socket, sizeof(p->socket), "%s.proxy", upstream);
    snprintf(p->url, sizeof(p->url), "unix://%s", p->socket);
    p->upstream = upstream;
    pthread_mutex_init(&p->lock, NULL);
    for (i = 0; i < FAULT_LINKS; i++)
        p->link[i].fd[0] = p->link[i].fd[1] = -1;
    p->cut_after[0] = p->cut_after[1] = -1;
    p->listener = port ? tcp_listener(port) : unix_socket(p->socket, true);
    if (p->listener < 0 || pipe2(p->wake, O_CLOEXEC) ||
        pthread_create(&p->thread, NULL, proxy_main, p)) {
        fprintf(stderr, "fault proxy: cannot listen at %s\n", p->socket);
        abort();
    }
}

void fault_proxy_start(struct fault_proxy *p, const char *upstream)
{
    start(p, upstream, 0);
}

void fault_proxy_start_tcp(struct fault_proxy *p, const char *upstream, int port)
{
    start(p, upstream, port);
}

void fault_proxy_end(struct fault_proxy *p)
{
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    links_close(p);
    pthread_mutex_unlock(&p->lock);
    wake_up(p);
    pthread_join(p->thread, NULL);
    close(p->listener);
    close(p->wake[0]);
    close(p->wake[1]);
    unlink(p->socket);
}

void fault_proxy_cut_after(struct fault_proxy *p, enum fault_way way, long n)
{
    pthread_mutex_lock(&p->lock);
    p->cut_after[way] = n;
    pthread_mutex_unlock(&p->lock);
}

void fault_proxy_cut(struct fault_proxy *p)
{
    pthread_mutex_lock(&p->lock);
    links_close(p);
    pthread_mutex_unlock(&p->lock);
    wake_up(p);
}

void fault_proxy_hold(struct fault_proxy *p, bool hold)
{
    pthread_mutex_lock(&p->lock);
    p->hold = hold;
    pthread_mutex_unlock(&p->lock);
    wake_up(p);
}

long fault_proxy_held(struct fault_proxy *p)
{
    long sum = 0;
    int i, n;

    pthread_mutex_lock(&p->lock);
    for (i = 0; i < FAULT_LINKS; i++)
        if (p->link[i].fd[0] >= 0 && ioctl(p->link[i].fd[0], FIONREAD, &n) == 0)
            sum += n;
    pthread_mutex_unlock(&p->lock);
    return sum;
}

long fault_proxy_seen(struct fault_proxy *p, enum fault_way way)
{
    long n;

    pthread_mutex_lock(&p->lock);
    n = p->seen[way];
    pthread_mutex_unlock(&p->lock);
    return n;
}

unsigned fault_proxy_cuts(struct fault_proxy *p)
{
    unsigned n;

    pthread_mutex_lock(&p->lock);
    n = p->n_cuts;
    pthread_mutex_unlock(&p->lock);
    return n;
}
