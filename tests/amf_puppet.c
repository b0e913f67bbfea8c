/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component for tests of the daemon. Speaks the wire protocol directly, answers
 * everything with success, and prints what it hears to standard output (the daemon's
 * log file of the component):
 *
 *   start pid=812 node=blade1 addr=1
 *   hello rc=0x0
 *   registered rc=0x0
 *   812345678 csiset ACTIVE csi=counterCSI flags=1 tr=1 active=counter1 rank=0 step=1
 *
 * Words in PUPPET, or in the file RUNDIR/COMP.puppet, change that; the datagram
 * socket RUNDIR/COMP.ctl takes orders while it runs. Without a daemon it gives up
 * after some seconds, so that a test that fails leaves nothing behind.
 */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "base/clock.h"

enum { ORPHAN_MS = 20000, RETRY_MS = 20, AFTER_MS = 8000 };

static struct {
    const char *comp;
    char words[512];
    int fd, ctl; /* -1: none */
    struct amf_reader reader;
    bool registered, met, deaf;
    struct {
        char csi[64];
        int ha;
    } csis[16];
    size_t n_csis;
} me = {.fd = -1, .ctl = -1};

static bool has(const char *word)
{
    return strstr(me.words, word) != NULL;
}

/* The number after WORD= in the words, or otherwise. */
static int number(const char *word, int otherwise)
{
    const char *at = strstr(me.words, word);

    return at ? atoi(at + strlen(word)) : otherwise;
}

static void words_read(void)
{
    const char *env = getenv("PUPPET");
    const char *run = getenv("ASP_RUNDIR");
    char path[400];
    FILE *f;
    size_t n;

    snprintf(me.words, sizeof(me.words), "%s", env ? env : "");
    snprintf(path, sizeof(path), "%s/%s.puppet", run ? run : ".", me.comp);
    f = fopen(path, "re");
    if (!f)
        return;
    n = fread(me.words, 1, sizeof(me.words) - 1, f);
    me.words[n] = '\0';
    fclose(f);
}

/* So many of its processes have. */
static bool is_registered(const char *comp_log, int processes)
{
    FILE *f = fopen(comp_log, "re");
    char line[256];

    if (!f)
        return true; /* not launched here: nobody to wait for */
    while (processes > 0 && fgets(line, sizeof(line), f))
        processes -= strcmp(line, "registered rc=0x0\n") == 0;
    fclose(f);
    return processes == 0;
}

/* after=COMP: let that one register first, as long as it may be going to. With times=N
 * its Nth process: the others were of a daemon that is no more. */
static void wait_for_other(void)
{
    const int64_t end_ns = clv_now_ns() + AFTER_MS * CLV_NS_PER_MS;
    const char *at = strstr(me.words, "after="), *run = getenv("ASP_RUNDIR");
    char path[400];

    if (!at)
        return;
    at += strlen("after=");
    snprintf(path, sizeof(path), "%s/%.*s.log", run ? run : ".", (int)strcspn(at, " "),
             at);
    while (!is_registered(path, number("times=", 1)) && clv_now_ns() < end_ns)
        poll(NULL, 0, 5);
}

static void ctl_open(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const char *run = getenv("ASP_RUNDIR");

    if (snprintf(a.sun_path, sizeof(a.sun_path), "%s/%s.ctl", run ? run : ".", me.comp) >=
        (int)sizeof(a.sun_path))
        return;
    unlink(a.sun_path);
    me.ctl = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (me.ctl < 0 || bind(me.ctl, (struct sockaddr *)&a, sizeof(a)) != 0)
        printf("no control socket: %s\n", strerror(errno));
}

static void bytes_send(const char *bytes, size_t n)
{
    if (me.fd >= 0 && send(me.fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n)
        printf("send: %s\n", strerror(errno));
}

/* Takes o. */
static void object_send(json_t *o)
{
    size_t n = 0;
    char *line = amf_line(o, &n);

    json_decref(o);
    if (line)
        bytes_send(line, n);
    free(line);
}

static void response(const json_t *o, const char *kind, int rc)
{
    object_send(json_pack("{s:s, s:O, s:i, s:s}", "t", "response", "inv",
                          json_object_get(o, "inv"), "rc", rc, "kind", kind));
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

static int integer(const json_t *o, const char *key)
{
    return (int)json_integer_value(json_object_get(o, key));
}

/* ---- CSIs -------------------------------------------------------------------------- */

static void csi_note(const char *csi, int ha)
{
    size_t i;

    for (i = 0; i < me.n_csis; i++)
        if (!*csi || strcmp(me.csis[i].csi, csi) == 0)
            me.csis[i].ha = ha;
    for (i = 0; *csi && i < me.n_csis; i++)
        if (strcmp(me.csis[i].csi, csi) == 0)
            return;
    if (!*csi || me.n_csis == sizeof(me.csis) / sizeof(*me.csis))
        return;
    snprintf(me.csis[me.n_csis].csi, sizeof(me.csis[0].csi), "%s", csi);
    me.csis[me.n_csis++].ha = ha;
}

static json_t *csis_held(void)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < me.n_csis; i++)
        if (me.csis[i].ha)
            json_array_append_new(list,
                                  json_pack("{s:s, s:i, s:i}", "csi", me.csis[i].csi,
                                            "ha", me.csis[i].ha, "rank", 1));
    return list;
}

static void heard_csiset(const json_t *o)
{
    static const char *const words[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                        "QUIESCING"};
    const int ha = integer(o, "ha");
    json_t *pair;
    size_t i;

    printf("%lld csiset %s csi=%s flags=%d tr=%d active=%s rank=%d",
           (long long)(clv_now_ns() / 1000), ha >= 0 && ha <= 4 ? words[ha] : "?",
           text(o, "csi"), integer(o, "flags"), integer(o, "tr"), text(o, "active"),
           integer(o, "rank"));
    json_array_foreach(json_object_get(o, "attrs"), i, pair)
        printf(" %s=%s", json_string_value(json_array_get(pair, 0)),
               json_string_value(json_array_get(pair, 1)));
    printf("\n");
    csi_note(text(o, "csi"), ha);
    if (has("deaf-set"))
        return;
    if (has("late-set="))
        poll(NULL, 0, number("late-set=", 0));
    if (ha == 4)
        object_send(json_pack("{s:s, s:O, s:i}", "t", "quiesced", "inv",
                              json_object_get(o, "inv"), "rc", 0));
    else
        response(o, "csiset", has("bad-set") ? 0x000f0011 : 0);
}

static void heard_csirmv(const json_t *o)
{
    printf("csirmv csi=%s flags=%d\n", text(o, "csi"), integer(o, "flags"));
    csi_note(text(o, "csi"), 0);
    response(o, "csirmv", has("bad-remove") ? 0x000f0011 : 0);
}

static void heard_terminate(const json_t *o)
{
    printf("terminate %s\n", text(o, "comp"));
    if (has("deaf-terminate"))
        return;
    if (!has("keep-registered"))
        object_send(json_pack("{s:s, s:s}", "t", "unregister", "comp", me.comp));
    response(o, "terminate", has("bad-terminate") ? 0x000f0011 : 0);
    if (!has("linger") && !has("bad-terminate"))
        exit(0);
}

/* With the word proxy: speak for the component. */
static void heard_proxied(const json_t *o, const char *type)
{
    const bool instantiate = strcmp(type, "pinst") == 0;

    printf("heard %s %s\n", type, text(o, "comp"));
    if (!has("proxy"))
        return;
    if (instantiate)
        object_send(json_pack("{s:s, s:i, s:s, s:s}", "t", "register", "id", 3, "comp",
                              text(o, "comp"), "proxy", me.comp));
    response(o, instantiate ? "proxied-instantiate" : "proxied-cleanup", 0);
}

static void heard_pg(const json_t *o)
{
    json_t *m;
    size_t i;

    printf("pg %s", text(o, "csi"));
    json_array_foreach(json_object_get(o, "members"), i, m)
        printf(" %s/%d/%d", text(m, "comp"), integer(m, "ha"), integer(m, "change"));
    printf("\n");
}

static void registered(const json_t *o)
{
    const int hc = number("hc=", 0);

    printf("registered rc=0x%x\n", (unsigned)integer(o, "rc"));
    me.registered = integer(o, "rc") == 0;
    if (me.registered && hc)
        object_send(json_pack("{s:s, s:s, s:s, s:i, s:i}", "t", "hcstart", "comp",
                              me.comp, "key", "key", "type", hc, "recovery",
                              number("recovery=", 3)));
}

static void heard(const json_t *o)
{
    const char *type = text(o, "t");

    if (strcmp(type, "csiset") == 0)
        heard_csiset(o);
    else if (strcmp(type, "csirmv") == 0)
        heard_csirmv(o);
    else if (strcmp(type, "terminate") == 0)
        heard_terminate(o);
    else if (strcmp(type, "pg") == 0)
        heard_pg(o);
    else if (strcmp(type, "pinst") == 0 || strcmp(type, "pclean") == 0)
        heard_proxied(o, type);
    else if (strcmp(type, "health") == 0)
        printf("health %s\n", text(o, "key"));
    else if (strcmp(type, "re") == 0 && integer(o, "id") == 2)
        registered(o);
    else if (strcmp(type, "re") == 0)
        printf("re %d rc=0x%x ha=%d\n", integer(o, "id"), (unsigned)integer(o, "rc"),
               integer(o, "ha"));
    else
        printf("heard %s\n", type);
    if (strcmp(type, "health") == 0 && !has("deaf-health"))
        response(o, "health", has("bad-health") ? 0x000f0011 : 0);
}

/* ---- the connection ------------------------------------------------------------------
 */

static void connection_close(void)
{
    close(me.fd);
    me.fd = -1;
    amf_reader_free(&me.reader);
}

static bool connection_open(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    if (!amf_socket_path(a.sun_path, sizeof(a.sun_path)))
        return false;
    me.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (me.fd >= 0 && connect(me.fd, (struct sockaddr *)&a, sizeof(a)) == 0)
        return true;
    connection_close();
    return false;
}

static void introduce(void)
{
    json_t *o = json_pack("{s:s, s:i, s:s, s:i, s:i, s:b, s:o}", "t", "hello", "id", 1,
                          "comp", me.comp, "pid", (int)getpid(), "version",
                          AMF_PROTO_VERSION, "resume", me.met, "csis", csis_held());

    if (me.registered)
        json_object_set_new(o, "registered", json_pack("[s]", me.comp));
    object_send(o);
    printf("%s\n", me.met ? "again" : "hello");
    me.met = true;
    if (!me.registered && !has("noregister"))
        object_send(
            json_pack("{s:s, s:i, s:s}", "t", "register", "id", 2, "comp", me.comp));
}

static void received(void)
{
    char buf[65536];
    const ssize_t n = recv(me.fd, buf, sizeof(buf), 0);
    json_t *o;
    bool bad;

    if (n <= 0 || !amf_reader_feed(&me.reader, buf, (size_t)n)) {
        printf("lost\n");
        connection_close();
        return;
    }
    while (me.fd >= 0 && (o = amf_reader_next(&me.reader, &bad))) {
        heard(o);
        json_decref(o);
    }
}

/* A line beginning with { goes to the daemon as it is. */
static void ordered(void)
{
    char order[4096];
    const ssize_t n = recv(me.ctl, order, sizeof(order) - 2, 0);

    if (n <= 0)
        return;
    order[n] = '\0';
    if (order[0] == '{') {
        order[n] = '\n';
        bytes_send(order, (size_t)n + 1);
    } else if (strcmp(order, "garbage") == 0) {
        bytes_send("this is no JSON\n", 16);
    } else if (strncmp(order, "exit ", 5) == 0) {
        exit(atoi(order + 5));
    } else if (strcmp(order, "hang up") == 0) { /* but live on */
        connection_close();
        me.deaf = true;
    } else if (strcmp(order, "deaf") == 0) {
        me.deaf = true;
    }
}

static void serve(void)
{
    int64_t orphan_ns = clv_deadline_ns(ORPHAN_MS * CLV_NS_PER_MS);
    struct pollfd p[2];

    for (;;) {
        if (me.fd < 0 && !me.deaf && connection_open())
            introduce();
        if (me.fd >= 0)
            orphan_ns = clv_deadline_ns(ORPHAN_MS * CLV_NS_PER_MS);
        if (clv_deadline_left_ms(orphan_ns) == 0)
            exit(99);
        p[0] = (struct pollfd){.fd = me.ctl, .events = POLLIN};
        p[1] = (struct pollfd){.fd = me.deaf ? -1 : me.fd, .events = POLLIN};
        if (poll(p, 2, me.fd >= 0 ? 1000 : RETRY_MS) <= 0)
            continue;
        if (p[0].revents)
            ordered();
        if (p[1].revents && me.fd >= 0)
            received();
    }
}

static void stay(void)
{
    poll(NULL, 0, ORPHAN_MS);
    exit(99);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    me.comp = getenv("ASP_COMPNAME");
    if (!me.comp) {
        fprintf(stderr, "amf_puppet: ASP_COMPNAME is not set\n");
        return 2;
    }
    words_read();
    printf("start pid=%d node=%s addr=%s app=%s args=%d %s\n", (int)getpid(),
           getenv("ASP_NODENAME"), getenv("ASP_NODEADDR"), getenv("ASP_APP_BINDIR"),
           argc - 1, argc > 1 ? argv[1] : "");
    if (has("exit="))
        return number("exit=", 0);
    if (has("background") && fork() > 0)
        return 0;
    if (has("child") && fork() > 0)
        stay();
    if (has("nohello"))
        stay();
    if (has("slow="))
        poll(NULL, 0, number("slow=", 0));
    wait_for_other();
    ctl_open();
    serve();
}
