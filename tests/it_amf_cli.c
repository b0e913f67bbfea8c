/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf against a real daemon: words, output, exit codes. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fixture_amf_rows.h"
#include "fixture_redis.h"

#define LIMIT 90

static struct amfd f;

static void finish(void)
{
    amfd_end(&f);
}

static int amf(const char *words, char **out)
{
    return amf_run(&f, words, out);
}

static void rows_run(const struct amf_row *rows, size_t n)
{
    amf_rows_run(&f, rows, n);
}

/* In this order: each row finds what the ones before it have left. */
static const struct amf_row life[] = {
    {"status", 0, "all is in order"},
    {"status --check", 0, "counter1"},
    {"status", 0, "ACTIVE counterCSI"},
    {"status --detail", 0, "ACTIVE(1) counterCSI"},
    {"status --detail", 0, "INSTANTIATED(3)"},
    {"status --json", 0, "\"problems\": []"},
    {"status comp counter2", 0, "STANDBY counterCSI"},
    {"status counter2", 0, "counter2"},
    {"amsentityprint su counterSU1", 0, "counterSU1"},
    {"state su all safSu=counterSU2,safSg=counterSG", 0, "counterSU2"},
    {"status nobody", 6, "nobody: NOT_EXIST (0x220004): nothing is called so\n"},
    {"status countreSU1", 6, "nothing is called so; did you mean su counterSU1?\n"},
    {"status si counterSU1", 6, "NOT_EXIST (0x220004): a su is called so\n"},
    {"status bogus counter1", 2, "\"bogus\" is not a kind"},
    {"tree", 0, "      csi counterCSI of si counterSI: STANDBY"},
    {"tree", 0, "    ACTIVE su counterSU1\n"},
    {"events", 0, "counter1: ACTIVE counterCSI\n"},
    {"events", 0, "counter1: answered the CSI set with 0x0 in "},
    {"events 1 --json", 0, "\"note\":\""},
    {"events none", 2, "\"none\" is not a number of events"},
    {"lock counterSU1 --wait", 0, ""},
    {"lock counterSU1", 5, "counterSU1: NO_OP (0x220019)"},
    {"amsLOCKassignment su counterSU1", 5, "NO_OP (0x220019)"},
    {"status --check", 4, "si counterSI: no standby"},
    {"status", 0, "su counterSU1: LOCKED_A(2) by administration"},
    {"lock-instantiation counterSU1 --wait", 0, ""},
    {"unlock counterSU1", 5, "BAD_OPERATION (0x220023)"},
    {"start counterSU1 --wait", 0, ""},
    {"stop su counterSU1 --wait", 0, ""},
    {"adm lock-in counterSU1", 5, "NO_OP (0x220019)"},
    {"adm unlock-in safSu=counterSU1 --wait", 0, ""},
    {"adm unlock su counterSU1 --wait", 0, ""},
    {"status --check", 0, "all is in order"},
    {"lock si counterSU1", 6, "NOT_EXIST"},
    {"lock comp counter1", 5, "INVALID_ENTITY (0x220101)"},
    {"lock csi counterCSI", 6, "NOT_EXIST (0x220004)"},
    {"lock su safSi=counterSI", 2, "\"su\" is not a kind"},
    {"lock bogus counterSU1", 2, "\"bogus\" is not a kind"},
    {"lock", 2, "no name, expected: clovis amf lock [KIND] NAME"},
    {"lock a b c", 2, "\"c\" is one too many"},
    {"lock counterSU1 --json", 2, "--json is not an option"},
    {"lock counterSU1 -x", 2, "-x is not an option"},
    {"lock counterSU1 --timeout", 2, "--timeout needs a value"},
    {"lock counterSU1 --timeout 0", 2, "--timeout \"0\" is not between"},
    {"swap counterSI --wait", 0, ""},
    {"status counter1", 0, "ACTIVE counterCSI"},
    {"adjust counterSG on", 0, ""},
    {"adjust sg counterSG off", 0, ""},
    {"repair counterSU1", 5, "NO_OP"},
    {"repair all", 0, ""},
    {"nodes", 0, "blade2"},
    {"clusterlist blade9", 6, "blade9: NOT_EXIST"},
    {"nodes su counterSU1", 2, "\"counterSU1\" is one too many"},
    {"nodes safSu=counterSU1", 2, "\"safSu=counterSU1\" does not name a node"},
    {"compPIDGet counter1", 0, "counter1"},
    {"components --json --check", 0, "\"work\""},
    {"fault counter1 nonsense", 2, "COMP_FAILOVER(3)"},
    {"fault counter9", 6, "counter9: DOESNT_EXIST (0xf0013)"},
    {"fault comp counter1 comp-failover extra", 2, "\"comp-failover\" is not a time"},
    {"fault comp counter1 5 comp-failover extra", 2, "\"extra\" is one too many"},
    {"amsFaultReport su counterSU1 6", 2, "a su reports no error, only components"},
    {"amsFaultReport node blade1 comp-failover", 2,
     "a node recovers by NODE_SWITCHOVER(4)"},
    {"nodeErrorReport blade9", 6,
     "blade9: DOESNT_EXIST (0xf0013): nothing is called so; did you mean node blade"},
    {"compReport counter1 soon comp-failover", 2, "\"soon\" is not a time"},
    {"compReport counter1 5 nonsense", 2, "\"nonsense\" is not a recovery"},
    {"compReport counter9 5 comp-failover", 6, "counter9: DOESNT_EXIST"},
    {"fault comp counter1 comp-failover", 0, ""},
    {"clear counter1", 0, ""},
    {"clear counter9", 6, "counter9: DOESNT_EXIST"},
    {"kill-node blade9", 6, "blade9: NOT_EXIST"},
    {"kill-node su counterSU1", 2, "does not name a node"},
    {"kill-node blade1", 0, ""},
    {"kill-node safAmfNode=blade1", 5, "NO_OP (0xf0019)"},
    {"status --check", 4, "node blade1: killed by the operator"},
    {"status node", 0, "killed"},
    {"start-node blade1", 0, ""},
    {"amsNodeJoin blade1", 5, "NO_OP (0xf0019)"},
    {"node-restart blade9 graceful", 6, "blade9: DOESNT_EXIST"},
    {"node-restart 99", 6, "99: DOESNT_EXIST"},
    {"node-restart blade1 soon", 2, "\"soon\" is one too many"},
    {"nodeShutdown node blade1 graceful", 2, "\"graceful\" is one too many"},
    {"nonsense", 2, "\"nonsense\" is not a command, expected one of: check"},
    {"unlokc su counterSU1", 2, "is not a command, did you mean \"unlock\"?"},
    {"amsUnlok su counterSU1", 2, "is not a command, did you mean \"amsUnlock\"?"},
    {"adm lok su counterSU1", 2,
     "did you mean \"lock\"? clovis amf adm --help lists them"},
    {"adm nonsense", 2, "\"nonsense\" is not a command"},
    {"lock --help", 0, "Also called: amsLockAssignment"},
    {"stop --wait", 0, ""},
    {"status", 3, "no such socket; is the daemon running"},
};

Test(amf_cli, each_word_has_its_answer, .timeout = LIMIT, .fini = finish)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 20000));
    rows_run(life, sizeof(life) / sizeof(*life));
    cr_expect_eq(amfd_wait(&f, 15000), 0);
}

/* Nobody asks the nodes' components: everything on the node is started again. */
Test(amf_cli, a_node_is_restarted_by_name_and_by_address, .timeout = LIMIT,
     .fini = finish)
{
    static const struct amf_row by_address = {"nodeRestart 1", 0, ""};
    static const struct amf_row by_name = {"node-restart node blade2 graceful", 0, ""};

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 20000));
    rows_run(&by_address, 1);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 20000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, 20000));
    rows_run(&by_name, 1);
    cr_expect(amfd_log_has(&f, "counter2", "csiset QUIESCED", 1, 20000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset ACTIVE", 2, 20000));
    cr_expect(amfd_log_has(&f, "counter2", "start pid=", 2, 20000));
}

static bool is_given_up(void *unused)
{
    char *out;
    bool both;

    (void)unused;
    amf("status", &out);
    both = strstr(out, "comp counter1: INSTANTIATION_FAILED, DISABLED") &&
           strstr(out, "comp counter2: INSTANTIATION_FAILED, DISABLED");
    free(out);
    return both;
}

Test(amf_cli, repair_all_is_for_whatever_is_disabled, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model fails = {.instantiate_ms = 1000};
    static const struct amf_row all = {"repair all", 0, "su counterSU1\nsu counterSU2\n"};

    amfd_prepare(&f, &fails);
    amfd_puppet(&f, "counter1", "exit=1");
    amfd_puppet(&f, "counter2", "exit=1");
    amfd_again(&f);
    cr_assert(wait_for(is_given_up, NULL, 20000));
    amfd_puppet(&f, "counter1", "");
    amfd_puppet(&f, "counter2", "after=counter1"); /* who is first gets the work */
    rows_run(&all, 1);
    cr_expect(amfd_settled(&f, 20000));
}

/* ---- who does not answer ------------------------------------------------------------
 */

static int listen_at(const char *path, int backlog)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    cr_assert_eq(listen(fd, backlog), 0);
    return fd;
}

/* One visitor gets text and is shown out. */
static void *talk(void *arg)
{
    const struct {
        int fd;
        const char *text;
    } *how = arg;
    const int fd = accept(how->fd, NULL, NULL);

    if (send(fd, how->text, strlen(how->text), MSG_NOSIGNAL) < 0)
        perror("send");
    shutdown(fd, SHUT_WR);
    while (recv(fd, (char[64]){0}, 64, 0) > 0)
        ;
    close(fd);
    return NULL;
}

Test(amf_cli, a_daemon_that_is_none_is_named, .timeout = LIMIT, .fini = finish)
{
    static const struct {
        const char *text, *says;
    } talks[] = {
        {"", "ended the connection without an answer"},
        {"hello\n", "does not speak the daemon's language"},
        {"{\"t\":\"re\",\"id\":1,\"rc\":983047}\n", "NOT_IMPLEMENTED (0xf0007)"},
    };
    char path[300], words[400];
    pthread_t thread;
    struct amf_row row = {words, 3, "no answer in time"};
    size_t i;
    int fd;

    amfd_prepare(&f, NULL);
    snprintf(path, sizeof(path), "%s/s", f.dir);
    snprintf(words, sizeof(words), "status --timeout 0.2 --socket %s", path);
    fd = listen_at(path, 4);
    rows_run(&row, 1);
    close(fd);
    row.says = "nobody listens there";
    rows_run(&row, 1);
    snprintf(words, sizeof(words), "status --socket %s", path);
    for (i = 0; i < sizeof(talks) / sizeof(*talks); i++) {
        struct {
            int fd;
            const char *text;
        } how = {.text = talks[i].text};

        unlink(path);
        how.fd = listen_at(path, 4);
        pthread_create(&thread, NULL, talk, &how);
        row.says = talks[i].says;
        row.code = strstr(row.says, "0x") ? 5 : 3;
        rows_run(&row, 1);
        pthread_join(thread, NULL);
        close(how.fd);
    }
    snprintf(words, sizeof(words), "status --socket /%0120d", 0);
    row = (struct amf_row){words, 2, "is longer than 107 bytes"};
    rows_run(&row, 1);
}

/* ---- recordings ---------------------------------------------------------- */

/* A daemon that writes down what it decides, until it has done a little. */
static void record(const char *file, bool again)
{
    const char *const args[] = {"--all-nodes", "--record", file, NULL};
    char *out;

    amfd_launch(&f, args);
    cr_assert(again ? amfd_log_has(&f, "err", "taken over", 1, 20000)
                    : amfd_settled(&f, 20000));
    cr_expect_eq(amf("swap counterSI --wait", &out), 0, "%s", out);
    free(out);
}

static void file_change(const char *path, const char *put, const char *find,
                        const char *instead)
{
    char command[1000];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    char *out;

    snprintf(command, sizeof(command), "sed 's/%s/%s/' '%s' >'%s'", find, instead, path,
             put);
    cr_assert_eq(amfd_run(&f, argv, &out), 0);
    free(out);
}

Test(amf_cli, a_recording_is_decided_the_same_way_again, .timeout = LIMIT, .fini = finish)
{
    char one[300], two[300], other[300], words[6][800];
    struct amf_row rows[] = {
        {words[4], 0, "\"different\":0}\n"},
        {words[4], 0,
         "{\"ms\":0,\"event\":\"node up blade1\",\"same\":true,\"then\":[\""},
        {words[5], 4, "\"launch counter9\",\"timer"},
        {words[0], 0, "orders: the same decisions\n"},
        {words[1], 0, "goes on from a saved state\n"},
        {words[1], 0, "admin swap si counterSI\n"},
        {words[2], 4, "steps are decided differently now\n"},
        {words[2], 4, "then -> launch counter9\n"},
        {words[3], 1, "is not the one of the recording; --model DIR names it"},
        {"replay", 2, "no file"},
        {"replay /no/such", 1, "/no/such:0: No such file or directory"},
        {"replay /dev/null", 1, "empty, expected a recording"},
    };

    amfd_prepare(&f, NULL);
    snprintf(one, sizeof(one), "%s/one", f.dir);
    snprintf(two, sizeof(two), "%s/two", f.dir);
    snprintf(other, sizeof(other), "%s/other", f.dir);
    record(one, false);
    amfd_stop(&f, SIGKILL, 10000);
    record(two, true);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    file_change(one, other, "launch counter1", "launch counter9");
    snprintf(words[0], sizeof(words[0]), "replay %s", one);
    snprintf(words[1], sizeof(words[1]), "replay --model %s %s", f.model, two);
    snprintf(words[2], sizeof(words[2]), "replay --differences %s", other);
    snprintf(words[3], sizeof(words[3]), "replay --model %s/tests/models/good-6x %s",
             getenv("top_srcdir"), one);
    snprintf(words[4], sizeof(words[4]), "replay --json %s", one);
    snprintf(words[5], sizeof(words[5]), "replay --json --differences %s", other);
    rows_run(rows, sizeof(rows) / sizeof(*rows));
}

/* Something to record, until the recording has turned over. */
static bool turned_over(const char *kept)
{
    char *out;

    for (int i = 0; i < 100 && access(kept, F_OK) != 0; i++) {
        cr_assert_eq(amf("swap counterSI --wait", &out), 0, "%s", out);
        free(out);
    }
    return access(kept, F_OK) == 0;
}

Test(amf_cli, a_recording_is_bounded_and_each_file_replays, .timeout = LIMIT,
     .fini = finish)
{
    char file[300], kept[310], words[2][800];
    const char *const args[] = {"--all-nodes",    "--record", file,
                                "--record-limit", "16",       NULL};
    struct amf_row rows[] = {
        {words[0], 0, "goes on where the file before ended\n"},
        {words[0], 0, "admin swap si counterSI\n"},
        {words[0], 0, "orders: the same decisions\n"},
        {words[1], 0, "orders: the same decisions\n"},
    };
    struct stat st;
    char *out;

    amfd_prepare(&f, NULL);
    snprintf(file, sizeof(file), "%s/file", f.dir);
    snprintf(kept, sizeof(kept), "%s.1", file);
    snprintf(words[0], sizeof(words[0]), "replay %s", file);
    snprintf(words[1], sizeof(words[1]), "replay %s", kept);
    amfd_launch(&f, args);
    cr_assert(amfd_settled(&f, 20000));
    cr_assert(turned_over(kept), "no %s", kept);
    cr_expect(stat(kept, &st) == 0 && st.st_size < 32 * 1024);
    cr_assert_eq(unlink(kept), 0);
    cr_assert(turned_over(kept), "not a second time");
    rows_run(rows + 3, 1); /* of the same engine from a state on */
    cr_expect_eq(amf("swap counterSI --wait", &out), 0, "%s", out);
    free(out);
    amfd_stop(&f, SIGKILL, 10000);
    rows_run(rows, 4);
    amfd_launch(&f, args); /* one more daemon: the other's recording is kept */
    cr_assert(amfd_log_has(&f, "err", "taken over", 1, 20000));
    cr_assert_eq(rename(kept, file), 0);
    rows_run(rows, 3);
}

/* ---- watching ------------------------------------------------------------------------
 */

static void *watch(void *arg)
{
    char **out = arg;
    char command[700];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};

    snprintf(command, sizeof(command), "exec '%s/clovis' amf watch >'%s/watch.log' 2>&1",
             getenv("top_builddir"), f.run);
    return amfd_run(&f, argv, out) == 3 ? out : NULL;
}

/* Something to see, again until it is seen. */
static bool seen(void *arg)
{
    char *out;

    (void)arg;
    cr_expect_eq(amf("adjust counterSG on", &out), 0);
    free(out);
    return amfd_log_count(&f, "watch", "operator: adjust counterSG") > 0;
}

Test(amf_cli, watch_shows_what_happens_until_the_daemon_ends, .timeout = LIMIT,
     .fini = finish)
{
    pthread_t thread;
    void *as_expected;
    char *out = NULL;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 20000));
    pthread_create(&thread, NULL, watch, &out);
    cr_expect(wait_for(seen, NULL, 15000));
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    pthread_join(thread, &as_expected);
    cr_expect(as_expected, "the exit code is that of a lost daemon");
    cr_expect_eq(amfd_log_count(&f, "watch", "stopping: SIGTERM"), 1);
    free(out);
}
