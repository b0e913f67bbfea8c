/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_model.h"

/* Takes dir. */
static struct amf_model *load(char *dir)
{
    char error[1000] = "";
    struct amf_model *m = amf_model_load(dir, error, sizeof(error));

    cr_assert(m, "%s", error);
    cr_assert_str_empty(error);
    free(dir);
    return m;
}

static const char pair[] =
    "node host1 Host admin 1 aware 1 repair 1 restartable 1 controller 1"
    " failover 10/60000 slot 1 sus=0 depends\n"
    "node host2 Host admin 1 aware 1 repair 1 restartable 1 controller 1"
    " failover 10/60000 slot 2 sus=1 depends\n"
    "su desk1 DeskType admin 1 node 0 sg 0 rank 1 pre 1 restartable 1 comps=0\n"
    "su desk2 DeskType admin 1 node 1 sg 0 rank 2 pre 1 restartable 1 comps=1\n"
    "comp counter1 CounterType su 0 cap 4 prop 1 types[Counting]"
    " argv[ticketd][--quiet][-o][/run/x/tickets.out]"
    " envs[TICKET_MODE=$(literal) & demo] proxy - terminate - cleanup rm -f tickets.pid"
    " restartable 1 reboot 1 level 1 delay 5000 tries 2+1 csis 1/1 recovery 3"
    " ms 21000 11000 12000 13000 14000 20000 20000 20000 health 10000 20000\n"
    "comp counter2 CounterType su 1 cap 4 prop 1 types[Counting]"
    " argv[ticketd][--quiet][-o][/run/x/tickets.out]"
    " envs[TICKET_MODE=$(literal) & demo] proxy - terminate - cleanup rm -f tickets.pid"
    " restartable 1 reboot 1 level 1 delay 5000 tries 2+1 csis 1/1 recovery 3"
    " ms 21000 11000 12000 13000 14000 20000 20000 20000 health 10000 20000\n"
    "sg pair PairType admin 1 red 2 load 1 repair 1 colloc 1 adjust 0 reduce 0"
    " start 5000 pref 1 1 2 2 1 max 1 1 comp 2/10000 su 1/20000 failover 0/300000"
    " alpha 100 beta 0 probation 10000 sus=0,1 sis=0\n"
    "si tickets TicketsType admin 1 sg 0 rank 1 standby 1 order 0 csis=0 depends"
    " preferred\n"
    "csi ticketsCounting Counting si 0 rank 0 attrs[step=1][label=<\"\xc3\xa4\">]"
    " depends\n";

Test(model, both_wrappers_give_the_same_model)
{
    static const char *const dirs[] = {"good-6x", "good-5x"};
    struct amf_model *m;
    char *text;
    size_t i;

    setenv("CLV_TEST_RUN", "/run/x", 1);
    unsetenv("CLV_TEST_UNSET");
    for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
        m = load(model_dir(dirs[i]));
        text = model_print(m);
        cr_expect_str_eq(text, pair, "%s:\n%s", dirs[i], text);
        cr_expect_null(m->warnings, "%s", dirs[i]);
        cr_expect_str_eq(m->comps[0].file, m->files[0], "%s", dirs[i]);
        cr_expect_gt(m->comps[0].line, 40, "%s", dirs[i]);
        free(text);
        amf_model_free(m);
    }
}
