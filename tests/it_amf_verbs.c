/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf: the verbs of other consoles, changes at run time, and views as JSON. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture_amf_rows.h"
#include "fixture_redis.h"

#define LIMIT 90

static struct amfd f;

static void finish(void)
{
    amfd_end(&f);
}

static void start(void)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 20000));
}

#define ROWS_RUN(rows) amf_rows_run(&f, rows, sizeof(rows) / sizeof(*(rows)))

/* ---- words ------------------------------------------------------------------------ */

static const struct amf_row console[] = {
    {"amsStateChange su counterSU1", 5, "states follow from operations and faults"},
    {"amsPGTrackStop csi counterCSI", 5, "interrupt clovis amf track"},
    {"amsEventTest", 5, "clovis amf watch shows those that happen"},
    {"amsMgmt anything", 5, "use config to see and set to change"},
    {"amstrigger", 5, "clovis amf fault"},
    {"amsDbXMLPrint", 5, "use clovis amf status --json"},
    {"compTraceGet counter1", 5, "clovis amf events"},
    {"adm eam-start counter1", 5, "no external monitor"},
    {"adm eam-stop counter1", 5, "no external monitor"},
    {"compIdGet counter1", 0, "0x169b5\n"},
    {"compIdGet su counterSU1", 2, "does not name a comp"},
    {"compIdGet counter9", 6, "did you mean comp counter"},
    {"compAddressGet comp counter2", 0, "node blade2, address 2, port "},
    {"cpmEOShow counter1", 0, "counter1"},
    {"nodename", 0, "blade1\nblade2\n"},
    {"uptime", 0, "0 days, 00:"},
    {"heartbeat", 0, "none: one daemon plays all"},
    {"heartbeat disable", 0, ""},
    {"heartbeat often", 2, "\"often\" is not one of the words"},
    {"nodeErrorClear blade1", 5, "NO_OP"},
    {"assign safSu=counterSU1 counterSU2", 2, "does not name a si"},
    {"assign counterSI safSi=counterSI", 2, "does not name a su"},
};

Test(amf_verbs, what_the_emulator_has_not_says_what_to_use_instead, .timeout = LIMIT,
     .fini = finish)
{
    start();
    ROWS_RUN(console);
}

static const struct amf_row views[] = {
    {"state su all", 0, "SU          NODE    GROUP"},
    {"state su pres", 0, "\nSU          PRESENCE\ncounterSU1  INSTANTIATED\n"},
    {"state su adm safSu=counterSU2,safSg=counterSG", 0,
     "\nSU          ADMIN\ncounterSU2  UNLOCKED\n"},
    {"state su pres counterSU7", 6, "did you mean su counterSU"},
    {"state siass", 0, "counterSI  counterSU1  ACTIVE   confirmed\n"},
    {"state siass counterSU2", 0, "counterSI  counterSU2  STANDBY  confirmed\n"},
    {"state csi", 0, "counterCSI  counterSI  counter1  counter2\n"},
    {"state csiass counterCSI", 0, "counterCSI  counterSI  counter1  counter2\n"},
    {"status counterCSI --detail", 0, "QUIESCING\ncounterCSI"},
    {"status sus", 0, "counterSU2"},
    {"status --jsno", 2, "--jsno is not an option, did you mean --json?"},
    {"lock counterSU1 --wiat", 2, "--wiat is not an option, did you mean --wait?"},
    {"swap counterSU1", 5, "INVALID_ENTITY (0x220101): only for si\n"},
    {"restart counterSI", 5, "INVALID_ENTITY (0x220101): only for node, su, comp\n"},
    {"help lock", 0, "usage: clovis amf lock "},
    {"help adm", 0, "usage: clovis amf adm COMMAND "},
    {"help", 0, "usage: clovis amf COMMAND "},
    {"state app", 2, "a model has no applications"},
    {"find", 0, "safComp=counter1,safSu=counterSU1,safSg=counterSG\n"},
    {"amf-find csi", 0, "safCsi=counterCSI,safSi=counterSI\n"},
    {"find node blade?", 0, "safAmfNode=blade1\nsafAmfNode=blade2\n"},
    {"find bogus x", 2, "\"bogus\" is not a kind"},
    {"find x*", 6, "nothing is called x*"},
    {"config sg counterSG", 0, "alpha                    100\n"},
    {"config counterSU1", 0, "node                     blade1\n"},
    {"config counterSG1", 6, "did you mean sg counterSG?"},
};

Test(amf_verbs, views_show_the_rows_and_columns_that_are_asked_for, .timeout = LIMIT,
     .fini = finish)
{
    start();
    ROWS_RUN(views);
}

/* ---- narrow ----------------------------------------------------------------------- */

Test(amf_verbs, a_row_that_is_too_wide_becomes_a_list, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row narrow = {
        "status su counterSU2", 0, "SU           counterSU2\n  NODE       blade2\n"};
    static const struct amf_row wide = {"status su counterSU2", 0,
                                        "counterSU2  blade2  counterSG  UNLOCKED"};

    start();
    setenv("COLUMNS", "40", 1);
    amf_rows_run(&f, &narrow, 1);
    setenv("COLUMNS", "200", 1);
    amf_rows_run(&f, &wide, 1);
}

/* ---- the configuration ------------------------------------------------------------ */

static const struct amf_row changes[] = {
    {"alpha sg counterSG", 0, "100\n"},
    {"amsAlpha sg counterSG 80", 0, ""},
    {"alpha counterSG", 0, "80\n"},
    {"amsBeta counterSG", 0, "0\n"},
    {"beta safSg=counterSG 30", 0, ""},
    {"config sg counterSG", 0, "beta                     30\n"},
    {"alpha counterSG 101", 2, "\"101\" is not a percentage from 0 to 100"},
    {"alpha counterSG half", 2, "\"half\" is not a percentage"},
    {"alpha sg counterSG 1 2", 2, "is one too many"},
    {"alpha counterSU1 5", 6, "a su is called so"},
    {"alpha safSu=counterSU1 5", 2, "does not name a sg"},
    {"set su counterSU1 rank=3 restartable=false", 0, ""},
    {"config counterSU1", 0, "rank                     3\n"},
    {"set counterSU1 rank=4", 0, ""},
    {"config counterSU1 --json", 0, "\"rank\": 4"},
    {"set su counterSU1 rank=3 node=4", 5,
     "NOT_SUPPORTED (0x220025): su counterSU1: node cannot be changed while it is "
     "played"},
    {"config counterSU1 --json", 0, "\"rank\": 4"},
    {"set su counterSU1 rank=true", 5, "rank: expected a number from 0"},
    {"set su counterSU1 rank=high", 2, "\"high\" is neither a whole number nor true"},
    {"set su counterSU1 rank", 2, "\"rank\" is not ATTRIBUTE=VALUE"},
    {"set su counterSU1", 2, "nothing to set"},
    {"set su counterSU1 rnak=3", 6,
     "a su has no attribute \"rnak\", did you mean \"rank\"?"},
    {"set su counterSU1 colour=3", 6, "a su has no attribute \"colour\"\n"},
    {"set counterSU9 rank=1", 6, "did you mean su counterSU"},
};

Test(amf_verbs, attributes_change_at_run_time, .timeout = LIMIT, .fini = finish)
{
    start();
    ROWS_RUN(changes);
}

static void model_edit(const char *script)
{
    char command[700];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    char *out;

    snprintf(command, sizeof(command), "sed -i '%s' '%s/clAmfDefinitions.xml'", script,
             f.model);
    cr_assert_eq(amfd_run(&f, argv, &out), 0);
    free(out);
}

/* With beta 50, half a standby SU of the one is none. */
Test(amf_verbs, beta_decides_from_the_next_decision_on, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row less[] = {
        {"beta counterSG 50", 0, ""},        {"lock counterSU2 --wait", 0, ""},
        {"unlock counterSU2 --wait", 0, ""}, {"state siass counterSU2", 6, "NOT_EXIST"},
        {"beta counterSG 0", 0, ""},
    };

    amfd_prepare(&f, NULL);
    model_edit("s/MODEL_TWO_N/MODEL_M_PLUS_N/");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 20000));
    ROWS_RUN(less);
    cr_expect(amfd_log_has(&f, "counter2", "csiset STANDBY", 2, 20000));
}

Test(amf_verbs, a_group_of_the_custom_model_is_assigned_by_hand, .timeout = LIMIT,
     .fini = finish)
{
    static const struct amf_row rows[] = {
        {"assign counterSI counterSU2 counterSU1 --wait", 0, ""},
        {"assignSUtoSI counterSU1 counterSU2", 6,
         "counterSU1: NOT_EXIST (0x220004): a su"},
        {"assign counterSI counterSU2 counterSU3", 6, "counterSU3: NOT_EXIST"},
    };

    amfd_prepare(&f, NULL);
    model_edit("s/MODEL_TWO_N/MODEL_CUSTOM/");
    amfd_again(&f);
    cr_assert(amfd_log_has(&f, "counter2", "registered", 1, 20000));
    cr_assert(amfd_log_has(&f, "err", "su counterSU2 INSERVICE", 1, 20000));
    cr_assert(amfd_log_has(&f, "err", "su counterSU1 INSERVICE", 1, 20000));
    ROWS_RUN(rows);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 20000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, 20000));
}

Test(amf_verbs, force_lock_moves_the_work_and_ends_the_processes, .timeout = LIMIT,
     .fini = finish)
{
    static const struct amf_row rows[] = {
        {"force-lock counterSU1 --wait", 0, ""},
        {"amsForceLock su counterSU1", 5, "counterSU1: "},
        {"force-lock node blade1", 5, "only for su\n"},
    };

    start();
    ROWS_RUN(rows);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 20000));
    cr_expect(amfd_log_has(&f, "err", "comp counter1 presence UNINSTANTIATED", 1, 20000));
}

/* ---- nodes ------------------------------------------------------------------------ */

Test(amf_verbs, an_error_of_a_node_and_its_reset, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row report = {"amsFaultReport node blade1 5", 0, ""};
    static const struct amf_row reset[] = {
        {"middlewareRestart blade2 node-reset", 0, ""},
        {"kill-node blade1", 0, ""},
        {"middlewareRestart node blade1 node-reset", 0, ""},
        {"node-restart blade1 node-reset soon", 2, "is one too many"},
        {"node-restart blade9 node-reset", 6, "did you mean node blade"},
    };

    start();
    amf_rows_run(&f, &report, 1);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 20000));
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, 20000));
    amf_rows_run(&f, &reset[0], 1);
    cr_expect(amfd_log_has(&f, "counter1", "csiset ACTIVE", 2, 20000));
    cr_expect(amfd_log_has(&f, "counter2", "csiset STANDBY", 2, 20000));
    amf_rows_run(&f, &reset[1], 4);
    cr_expect(amfd_log_has(&f, "counter1", "csiset STANDBY", 2, 20000));
}

/* ---- the log ---------------------------------------------------------------------- */

static const struct amf_row log_words[] = {
    {"log", 0, "level    info\ntrace    off\n"},
    {"log loud", 2, "\"loud\" is not a level"},
    {"trace", 2, "neither on nor off"},
    {"trace on sounds", 2, "\"sounds\" is not a flag"},
    {"trace on su safSi=x", 2, "does not name a su"},
    {"trace on msg,timer", 0, ""},
    {"amsDebugEnable all state_change", 0, ""},
    {"amsDebugGet", 0, "trace    msg timer state_change\n"},
    {"amsDebugDisable all timer state_change", 0, ""},
    {"log --json", 0, "\"msg\""},
    {"trace on function_enter", 0, ""},
    {"log", 0, "level    debug\ntrace    msg function_enter\n"},
    {"amsDebugDisable all", 0, ""},
    {"log", 0, "level    info\ntrace    off\n"},
    {"log error", 0, ""},
    {"amsDebugEnable su counterSU1 msg", 0, ""},
    {"log", 0, "level    info\ntrace    msg, lines with counterSU1\n"},
    {"trace off", 0, ""},
    {"log", 0, "level    error\ntrace    off\n"},
};

Test(amf_verbs, the_log_says_more_or_less_at_run_time, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row quiet = {"swap counterSI --wait", 0, ""};
    int before;

    start();
    ROWS_RUN(log_words);
    before = amfd_log_count(&f, "err", "\n");
    amf_rows_run(&f, &quiet, 1);
    cr_expect_eq(amfd_log_count(&f, "err", "\n"), before, "nothing is logged at error");
}

Test(amf_verbs, a_trace_has_messages_timers_and_decisions, .timeout = LIMIT,
     .fini = finish)
{
    static const struct amf_row on[] = {
        {"trace on state_change,msg,timer", 0, ""},
        {"swap counterSI --wait", 0, ""},
        {"trace off", 0, ""},
    };
    int before;

    start();
    ROWS_RUN(on);
    cr_expect_geq(amfd_log_count(&f, "err", "trace: admin swap si counterSI"), 1);
    cr_expect_geq(amfd_log_count(&f, "err", "trace: -> set counter2 counterCSI ACTIVE"),
                  1);
    cr_expect_geq(amfd_log_count(&f, "err", "trace: -> timer "), 1);
    cr_expect_geq(amfd_log_count(&f, "err", "\"t\":\"csiset\""), 1);
    before = amfd_log_count(&f, "err", "trace: ");
    amf_rows_run(&f, &on[1], 1);
    cr_expect_eq(amfd_log_count(&f, "err", "trace: "), before, "it is off");
}

Test(amf_verbs, log_lines_go_to_the_console_too, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row rows[] = {
        {"log", 0, "console  off\n"},    {"amsDebugEnableLogToConsole", 0, ""},
        {"adjust counterSG on", 0, ""},  {"amsDebugDisableLogToConsole", 0, ""},
        {"adjust counterSG off", 0, ""}, {"log", 0, "console  off\n"},
    };
    char spec[300];

    amfd_prepare(&f, NULL);
    snprintf(spec, sizeof(spec), "info:%s/own.log", f.run);
    setenv("CLOVIS_LOG", spec, 1);
    amfd_again(&f);
    ROWS_RUN(rows);
    cr_expect_eq(amfd_log_count(&f, "err", "operator: adjust counterSG"), 1);
    cr_expect_eq(amfd_log_count(&f, "own", "operator: adjust counterSG"), 2);
}

/* ---- the protection group ---------------------------------------------------------- */

static void *track(void *arg)
{
    char command[700];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    char *out;
    int *code = arg;

    snprintf(command, sizeof(command),
             "exec '%s/clovis' amf track counterCSI >'%s/track.log' 2>&1",
             getenv("top_builddir"), f.run);
    *code = amfd_run(&f, argv, &out);
    free(out);
    return NULL;
}

Test(amf_verbs, a_track_shows_the_group_and_its_changes, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row swap[] = {
        {"swap counterSI --wait", 0, ""},
        {"amsPGTrackAdd csi counterCSX", 6, "did you mean csi counterCSI?"},
        {"track su counterSU1", 2, "does not name a csi"},
    };
    pthread_t thread;
    int code = -1;

    start();
    pthread_create(&thread, NULL, track, &code);
    cr_expect(amfd_log_has(&f, "track", "counterCSI: counter1 ACTIVE, counter2 STANDBY\n",
                           1, 15000));
    ROWS_RUN(swap);
    cr_expect(amfd_log_has(&f, "track", "counter2 ACTIVE added", 1, 15000));
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    pthread_join(thread, NULL);
    cr_expect_eq(code, 3, "as for any daemon that is gone, not %d", code);
}

/* ---- JSON ------------------------------------------------------------------------- */

static const struct {
    const char *words, *list;
    size_t n;
    const char *members[6];
} json_views[] = {
    {"status", "nodes", 2, {"name", "admin", "oper"}},
    {"status node", "nodes", 2, {"name", "life", "admin", "oper"}},
    {"nodes blade2", "nodes", 1, {"name", "life"}},
    {"status sg", "sgs", 1, {"name", "redundancy", "admin", "started", "auto_adjust"}},
    {"status su", "sus", 2, {"name", "node", "sg", "presence", "readiness"}},
    {"status counterSU2", "sus", 1, {"name"}},
    {"components", "comps", 2, {"name", "node", "pid", "presence", "readiness", "work"}},
    {"status si", "sis", 1, {"name", "sg", "admin", "effective", "assignments"}},
    {"status csi", "csis", 1, {"name", "si", "assignments"}},
    {"status siass", "assignments", 2, {"si", "su", "role", "confirmed"}},
    {"tree", "nodes", 2, {"name", "up", "sus"}},
    {"tree", "sgs", 1, {"name", "sis"}},
};

Test(amf_verbs, each_view_as_json_has_what_the_view_shows, .timeout = LIMIT,
     .fini = finish)
{
    char words[100];
    size_t i, k;

    start();
    for (i = 0; i < sizeof(json_views) / sizeof(*json_views); i++) {
        json_t *o, *rows;

        snprintf(words, sizeof(words), "%s --json", json_views[i].words);
        o = amf_json(&f, words);
        rows = json_object_get(o, json_views[i].list);
        cr_expect_eq(json_integer_value(json_object_get(o, "version")), 1, "%s", words);
        cr_expect_eq(json_array_size(rows), json_views[i].n, "%s: %zu rows", words,
                     json_array_size(rows));
        for (k = 0; k < 6 && json_views[i].members[k]; k++)
            cr_expect(json_object_get(json_array_get(rows, 0), json_views[i].members[k]),
                      "%s: no %s", words, json_views[i].members[k]);
        cr_expect(!json_object_get(o, "processes") == (i > 0), "%s: all of it", words);
        json_decref(o);
    }
}

Test(amf_verbs, the_tree_as_json_goes_down_to_the_work, .timeout = LIMIT, .fini = finish)
{
    const char *csi = NULL, *holder = NULL;
    int pid = 0;
    json_t *o;

    start();
    o = amf_json(&f, "tree --json");
    cr_expect_eq(json_unpack(o,
                             "{s:[{s:[{s:[{s:i, s:[{s:s}]}]}]}], s:[{s:[{s:[{s:s}]}]}]}",
                             "nodes", "sus", "comps", "pid", &pid, "work", "csi", &csi,
                             "sgs", "sis", "assignments", "su", &holder),
                 0);
    cr_expect(pid == (int)amfd_pid(&f, "counter1"));
    cr_expect(csi && strcmp(csi, "counterCSI") == 0);
    cr_expect(holder && strcmp(holder, "counterSU1") == 0);
    json_decref(o);
}
