/* SPDX-License-Identifier: Apache-2.0 */
/* What a person gets wrong, from the outside: one line that names it, an exit code, an
 * end in time, nothing left running. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_amfd.h"
#include "fixture_redis.h"

#define LIMIT 90

static struct amfd f;

static void finish(void)
{
    amfd_end(&f);
}

static size_t lines_in(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* ---- the daemon does not start --------------------------------------------------------
 */

/* M, R and D at the start of a word stand for the model, the run directory and the
 * directory around them; L for a path that is too long for a socket. */
struct start {
    const char *words;
    const char *file, *find, *put; /* one change to the model; NULL: none */
    const char *says;
};

#define DEFS "clAmfDefinitions.xml"
#define CONF "clAmfConfig.xml"

static const struct start starts[] = {
    {"-m D/nowhere -a -r R", NULL, NULL, NULL, "/nowhere: No such file or directory"},
    {"-m D/err.log -a -r R", NULL, NULL, NULL, "/err.log: not a directory"},
    {"-m R -a -r R", NULL, NULL, NULL, DEFS ": cannot read: No such file or directory"},
    {"-m M -r R", NULL, NULL, NULL, "no node: expected --node NAME"},
    {"-m M -n blade7 -r R", NULL, NULL, NULL,
     "node \"blade7\" is not in the model, expected one of: blade1, blade2"},
    {"-m M -n blade1 -n blade1 -r R", NULL, NULL, NULL,
     "--node blade1: given twice, expected each node once"},
    {"-m M -a --no-such -r R", NULL, NULL, NULL, "--no-such is not an option"},
    {"-m M -a -x -r R", NULL, NULL, NULL, "-x is not an option"},
    {"-m M -a -r", NULL, NULL, NULL, "-r needs a value"},
    {"-m M -a --record-limit 0", NULL, NULL, NULL,
     "--record-limit 0: expected a number of KiB from 1 to"},
    {"-m M -a --record-limit 5x", NULL, NULL, NULL,
     "--record-limit 5x: expected a number of KiB from 1 to"},
    {"-m M -a --run-dir", NULL, NULL, NULL, "--run-dir needs a value"},
    {"-m M -a -r R more", NULL, NULL, NULL, "unexpected argument \"more\""},
    {"-m M -a -r /dev/null/run", NULL, NULL, NULL,
     "--run-dir /dev/null/run: cannot be made: Not a directory"},
    {"-m M -a -r /proc/run", NULL, NULL, NULL, "--run-dir /proc/run: cannot be made"},
    {"-m M -a -r D/err.log", NULL, NULL, NULL, "/err.log: not a directory"},
    {"-m M -a -r L", NULL, NULL, NULL, "too long for a socket, expected at most 107"},
    {"-m M -a -r R -l /dev/null/log", NULL, NULL, NULL, "--log-dir /dev/null/log: "},
    {"-m M -a -r R -b /no/bin", NULL, NULL, NULL, "--bin-dir /no/bin: No such file"},
    {"-m M -a -r R", DEFS, "MODEL_TWO_N", "MODEL_TWO_M",
     DEFS ":9: <sgType name=\"SGType\"><redundancyModel>: "
          "\"CL_AMS_SG_REDUNDANCY_MODEL_TWO_M\""},
    {"-m M -a -r R", DEFS, "<rank>0</rank><isPre", "<rank>first</rank><isPre",
     DEFS ":12: <suType name=\"SUType\"><rank>: \"first\""},
    {"-m M -a -r R", DEFS, "</openClovisAsp>", "", DEFS ":"},
    {"-m M -a -r R", CONF, "<cpmConfigs>", "<cpmKonfigs>", CONF ":"},
    {"-m M -a -r R", CONF, "name=\"blade2\" ", "", CONF ":"},
    {"-m M -a -r R", CONF, "name=\"blade2\"", "name=\"blade1\"", CONF ":"},
    {"-m M -a -r R", CONF, "type=\"SGType\"", "type=\"NoType\"", "NoType"},
    {"-m M -a -r R", CONF, "<associatedServiceUnit>counterSU2",
     "<associatedServiceUnit>counterSU9", "counterSU9"},
};

static void model_change(const struct start *row)
{
    char path[400], text[20000];
    char *at;
    FILE *file;
    size_t n;

    amfd_model_write(&f, NULL);
    if (!row->file)
        return;
    snprintf(path, sizeof(path), "%s/%s", f.model, row->file);
    file = fopen(path, "r");
    n = fread(text, 1, sizeof(text) - 1, file);
    text[n] = '\0';
    fclose(file);
    at = strstr(text, row->find);
    cr_assert_not_null(at, "%s is not in %s", row->find, row->file);
    file = fopen(path, "w");
    fprintf(file, "%.*s%s%s", (int)(at - text), text, row->put, at + strlen(row->find));
    fclose(file);
}

static const char *word_path(const char *word, char *path, size_t size)
{
    if (*word == 'L')
        snprintf(path, size, "%s/%0100d", f.dir, 0);
    else if (strchr("MRD", *word))
        snprintf(path, size, "%s%s",
                 *word == 'M'   ? f.model
                 : *word == 'R' ? f.run
                                : f.dir,
                 word + 1);
    else
        snprintf(path, size, "%s", word);
    return path;
}

Test(amfd_bad, what_cannot_be_played_is_told_in_one_line, .timeout = LIMIT,
     .fini = finish)
{
    size_t i, n;

    amfd_prepare(&f, NULL);
    fclose(fopen(f.err, "w"));
    for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        char paths[12][400], words[200];
        const char *argv[14] = {"clovis-amfd"};
        char *word, *rest, *out;
        int status;

        model_change(&starts[i]);
        snprintf(words, sizeof(words), "%s", starts[i].words);
        for (n = 0, word = strtok_r(words, " ", &rest); word;
             word = strtok_r(NULL, " ", &rest), n++)
            argv[n + 1] = word_path(word, paths[n], sizeof(paths[n]));
        status = amfd_run(&f, argv, &out);
        cr_expect(status == 2 && strstr(out, starts[i].says) && lines_in(out) == 1,
                  "row %zu, %s: expected 2 and one line with \"%s\", got %d and\n%s", i,
                  starts[i].words, starts[i].says, status, out);
        free(out);
        cr_expect(access(f.socket, F_OK) != 0, "row %zu: the socket is there", i);
    }
}

/* ---- the daemon starts, a component does not ----------------------------- */

static bool shows(void *arg)
{
    const char *argv[] = {"clovis", "amf", "status", "--check", NULL};
    char *out;
    const bool there = amfd_run(&f, argv, &out) == 4 && strstr(out, arg);

    free(out);
    return there;
}

Test(amfd_bad, a_component_that_does_not_come_up_is_told_of, .timeout = LIMIT,
     .fini = finish)
{
    static const struct {
        const struct amfd_model model;
        const char *log, *status;
    } rows[] = {
        {{.command = "no_such_program"},
         "counter1: cannot execute ",
         "comp counter1: INSTANTIATION_FAILED, DISABLED: cannot execute "},
        {{.command = "/bin/false"},
         "exited with status 1",
         "comp counter1: INSTANTIATION_FAILED, DISABLED"},
        {{.command = "/bin/sleep", .instantiate_ms = 300},
         "counter1",
         "comp counter1: INSTANTIATION_FAILED, DISABLED"},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        amfd_start(&f, &rows[i].model);
        cr_expect(wait_for(shows, (void *)rows[i].status, 15000), "row %zu: no \"%s\"", i,
                  rows[i].status);
        cr_expect(amfd_log_count(&f, "err", rows[i].log) > 0, "row %zu", i);
        cr_expect_eq(amfd_pid(&f, "counter1"), 0, "row %zu", i);
        cr_expect_eq(amfd_stop(&f, SIGTERM, 15000), 0, "row %zu", i);
        amfd_end(&f);
    }
    amfd_prepare(&f, NULL);
}

/* ---- a component does not reach its store -------------------------------- */

static const struct {
    const char *url; /* S: the server's socket */
    const char *says;
    const char *code;
} stores[] = {
    {"http://localhost",
     "CLOVIS_REDIS_URL=http://localhost (environment): unknown scheme", "0x16000b"},
    {"localhost:6379", "CLOVIS_REDIS_URL=localhost:6379", "0x16000b"},
    {"redis://127.0.0.1:99999", "port \"99999\", expected a number", "0x16000b"},
    {"redis://:hush@127.0.0.1:many", "port \"many\", expected a number", "0x16000b"},
    {"unix://S?what=1", "parameter \"what=1\", expected db=NUMBER", "0x16000b"},
    {"unix://S", "WRONGPASS", "0x16000b"},
    {"unix://S.gone", ".gone: No such file or directory", "0x160016"},
    {"redis://127.0.0.1:1", "127.0.0.1:1: Connection refused", "0x160016"},
};

static void url_make(const char *pattern, const char *path, char *url, size_t size)
{
    const char *at = strstr(pattern, "://S");

    if (at)
        snprintf(url, size, "%.*s%s%s", (int)(at + 3 - pattern), pattern, path, at + 4);
    else
        snprintf(url, size, "%s", pattern);
}

Test(amfd_bad, a_store_that_cannot_be_used_is_named_without_the_password,
     .timeout = LIMIT, .fini = finish)
{
    const char *argv[] = {"examples/counter-saf/counter", NULL};
    redisContext *raw;
    struct redis r;
    size_t i;

    amfd_prepare(&f, NULL);
    redis_start(&r, false, NULL);
    raw = redis_raw(&r);
    freeReplyObject(redisCommand(raw, "CONFIG SET requirepass sesame"));
    redisFree(raw);
    setenv("ASP_COMPNAME", "counter1", 1);
    setenv("CLOVIS_OP_TIMEOUT_MS", "300", 1);
    setenv("CLOVIS_REDIS_PASSWORD", "hush", 1);
    for (i = 0; i < sizeof(stores) / sizeof(*stores); i++) {
        char url[300], *out;
        int status;

        url_make(stores[i].url, r.socket, url, sizeof(url));
        setenv("CLOVIS_REDIS_URL", url, 1);
        status = amfd_run(&f, argv, &out);
        cr_expect(status == 1 && strstr(out, stores[i].says) &&
                      strstr(out, stores[i].code) && lines_in(out) == 2,
                  "row %zu, %s: expected 1, \"%s\" and %s, got %d and\n%s", i, url,
                  stores[i].says, stores[i].code, status, out);
        cr_expect(!strstr(out, "hush"), "row %zu shows the password:\n%s", i, out);
        free(out);
    }
    redis_end(&r);
}
