/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_model.h"

#define TYPES "clAmfDefinitions.xml"
#define CONFIG "clAmfConfig.xml"
#define LEN(array) (sizeof(array) / sizeof(*(array)))

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

static const char bare[] =
    "node n N admin 3 aware 1 repair 1 restartable 1 controller 0"
    " failover 10/60000 slot 1 sus=0 depends\n"
    "su u U admin 3 node 0 sg 0 rank 0 pre 1 restartable 1 comps=0\n"
    "comp c C su 0 cap 2 prop 1 types[W] argv[c] envs proxy - terminate - cleanup -"
    " restartable 1 reboot 1 level 1 delay 10000 tries 1+1 csis 1/1 recovery 3"
    " ms 20000 20000 20000 20000 20000 20000 20000 20000 health 30000 60000\n"
    "sg g G admin 3 red 2 load 1 repair 1 colloc 1 adjust 0 reduce 0"
    " start 10000 pref 1 1 2 2 1 max 1 1 comp 5/10000 su 5/20000 failover 0/300000"
    " alpha 100 beta 0 probation 10000 sus=0 sis=0\n"
    "si i I admin 2 sg 0 rank 0 standby 0 order 0 csis=0 depends preferred\n"
    "csi w W si 0 rank 1 attrs depends\n";

Test(model, what_is_missing_gets_its_default)
{
    struct amf_model *m = load(model_dir("good-bare"));
    char *text = model_print(m);

    cr_expect_str_eq(text, bare, "%s", text);
    free(text);
    amf_model_free(m);
}

#define NODE "<nodeType name=\"N\">"
#define SG "<sgType name=\"G\">"
#define SU "<suType name=\"U\">"
#define SI "<siType name=\"I\">"
#define CSI "<csiType name=\"W\">"
#define COMP "<compType name=\"C\">"

/* One element put into a type of the bare model, and what then is printed. */
/* clang-format off */
static const struct {
    const char *type, *element, *want;
} elements[] = {
    { NODE, "<adminState>CL_AMS_ADMIN_STATE_NONE</adminState>", "node n N admin 0 " },
    { NODE, "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>", "node n N admin 1 " },
    { NODE, "<adminState>CL_AMS_ADMIN_STATE_LOCKED_A</adminState>", "node n N admin 2 " },
    { NODE, "<adminState>CL_AMS_ADMIN_STATE_LOCKED_I</adminState>", "node n N admin 3 " },
    { NODE, "<adminState>CL_AMS_ADMIN_STATE_SHUTTINGDOWN</adminState>", "node n N admin 4 " },
    { NODE, "<adminState> CL_AMS_ADMIN_STATE_SHUTTINGDOWN_RESTART\n</adminState>", "node n N admin 5 " },
    { NODE, "<classType>CL_AMS_NODE_CLASS_NONE</classType>", "node n N admin 3 " },
    { NODE, "<classType>CL_AMS_NODE_CLASS_D</classType>", "node n N admin 3 " },
    { NODE, "<isASPAware>CL_FALSE</isASPAware>", "aware 0 repair 1 restartable 1" },
    { NODE, "<autoRepair>CL_FALSE</autoRepair>", "aware 1 repair 0 restartable 1" },
    { NODE, "<isRestartable>CL_FALSE</isRestartable>", "aware 1 repair 1 restartable 0 controller" },
    { NODE, "<suFailoverDuration>7</suFailoverDuration>", "failover 10/7 " },
    { NODE, "<suFailoverDuration>0</suFailoverDuration>", "failover 10/60000 " },
    { NODE, "<suFailoverCountMax>0</suFailoverCountMax>", "failover 0/60000 " },
    { NODE, "<id>x</id><somethingElse><adminState>y</adminState></somethingElse>", "node n N admin 3 " },
    { SG, "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>", "sg g G admin 1 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_NONE</redundancyModel>", " red 0 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_NO_REDUNDANCY</redundancyModel>", " red 1 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_TWO_N</redundancyModel>", " red 2 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_M_PLUS_N</redundancyModel>", " red 3 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_N_WAY</redundancyModel>", " red 4 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_N_WAY_ACTIVE</redundancyModel>", " red 5 " },
    { SG, "<redundancyModel>CL_AMS_SG_REDUNDANCY_MODEL_CUSTOM</redundancyModel>", " red 6 " },
    { SG, "<loadingStrategy>CL_AMS_SG_LOADING_STRATEGY_NONE</loadingStrategy>", " load 0 " },
    { SG, "<loadingStrategy>CL_AMS_SG_LOADING_STRATEGY_LEAST_SU_ASSIGNED</loadingStrategy>", " load 2 " },
    { SG, "<loadingStrategy>CL_AMS_SG_LOADING_STRATEGY_LEAST_LOAD_PER_SU</loadingStrategy>", " load 3 " },
    { SG, "<loadingStrategy>CL_AMS_SG_LOADING_STRATEGY_BY_SI_PREFERENCE</loadingStrategy>", " load 4 " },
    { SG, "<loadingStrategy>CL_AMS_SG_LOADING_STRATEGY_USER_DEFINED</loadingStrategy>", " load 5 " },
    { SG, "<autoRepair>CL_FALSE</autoRepair>", " repair 0 colloc 1 " },
    { SG, "<isCollocationAllowed>CL_FALSE</isCollocationAllowed>", " colloc 0 adjust 0 reduce 0 " },
    { SG, "<autoAdjust>CL_TRUE</autoAdjust>", " adjust 1 reduce 0 " },
    { SG, "<reductionProcedure>CL_TRUE</reductionProcedure>", " adjust 0 reduce 1 " },
    { SG, "<restartDuration>77</restartDuration>", " start 77 " },
    { SG, "<numPrefActiveSUs>21</numPrefActiveSUs>", " pref 21 1 2 2 1 " },
    { SG, "<numPrefStandbySUs>22</numPrefStandbySUs>", " pref 1 22 2 2 1 " },
    { SG, "<numPrefInserviceSUs>23</numPrefInserviceSUs>", " pref 1 1 23 2 1 " },
    { SG, "<numPrefAssignedSUs>24</numPrefAssignedSUs>", " pref 1 1 2 24 1 " },
    { SG, "<numPrefActiveSUsPerSI>25</numPrefActiveSUsPerSI>", " pref 1 1 2 2 25 " },
    { SG, "<maxActiveSIsPerSU>26</maxActiveSIsPerSU>", " max 26 1 " },
    { SG, "<maxStandbySIsPerSU>27</maxStandbySIsPerSU>", " max 1 27 " },
    { SG, "<compRestartDuration>28</compRestartDuration>", " comp 5/28 " },
    { SG, "<compRestartCountMax>29</compRestartCountMax>", " comp 29/10000 " },
    { SG, "<suRestartDuration>31</suRestartDuration>", " su 5/31 " },
    { SG, "<suRestartCountMax>32</suRestartCountMax>", " su 32/20000 " },
    { SG, "<failoverDuration>33</failoverDuration>", " failover 0/33 " },
    { SG, "<maxFailovers>34</maxFailovers>", " failover 34/300000 " },
    { SG, "<alphaFactor>35</alphaFactor>", " alpha 35 beta 0 " },
    { SG, "<betaFactor>36</betaFactor>", " alpha 100 beta 36 " },
    { SG, "<autoAdjustProbation>37</autoAdjustProbation>", " probation 37 " },
    { SG, "<failbackOption>CL_TRUE</failbackOption>", " adjust 0 " },
    { SI, "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>", "si i I admin 1 " },
    { SI, "<rank>2147483647</rank>", " rank 2147483647 standby 0 order 0 " },
    { SI, "<numStandbyAssignments>3</numStandbyAssignments>", " standby 3 order 0 " },
    { SI, "<standbyAssignmentOrder>4</standbyAssignmentOrder>", " standby 0 order 4 " },
    { CSI, "<type>Work</type>", "csi w Work si 0 rank 1 " },
    { CSI, "<rank>9</rank>", "csi w W si 0 rank 9 " },
    { CSI, "<nameValueLists><nameValue name='a' value='1'/><nameValue name='a'/></nameValueLists>", " attrs[a=1][a=] " },
    { COMP, "<capabilityModel>CL_AMS_COMP_CAP_X_ACTIVE_AND_Y_STANDBY</capabilityModel>", " cap 1 " },
    { COMP, "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_X_STANDBY</capabilityModel>", " cap 3 " },
    { COMP, "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY</capabilityModel>", " cap 4 " },
    { COMP, "<capabilityModel>CL_AMS_COMP_CAP_X_ACTIVE</capabilityModel>", " cap 5 " },
    { COMP, "<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE</capabilityModel>", " cap 6 " },
    { COMP, "<capabilityModel>CL_AMS_COMP_CAP_NON_PREINSTANTIABLE</capabilityModel>", " cap 7 " },
    { COMP, "<property>CL_AMS_PROXIED_PREINSTANTIABLE</property>", " prop 2 " },
    { COMP, "<property>CL_AMS_PROXIED_NON_PREINSTANTIABLE</property><instantiateCommand/>", " prop 3 types[W] argv envs " },
    { COMP, "<property>CL_AMS_NON_PROXIED_NON_PREINSTANTIABLE</property>", " prop 4 " },
    { COMP, "<processRel>CL_CPM_COMP_NONE</processRel>", " prop 1 " },
    { COMP, "<processRel>CL_CPM_COMP_THREADED</processRel>", " prop 1 " },
    { COMP, "<csiType>Old</csiType>", " types[W][Old] " },
    { COMP, "<proxyCSIType>P</proxyCSIType>", " proxy P " },
    { COMP, "<instantiateCommand>\n a  -b\tc </instantiateCommand>", " argv[a][-b][c] " },
    { COMP, "<args><argument value='two words'/><argument value='$(A)$(B)$(A)$(C'/></args>",
      " argv[c][two words][$(B)$(B)$(C] " },
    { COMP, "<args><argument value=''/></args>", " argv[c][] " },
    { COMP, "<args argument=''/>", " argv[c] " },
    { COMP, "<envs nameValue=''/>", " envs proxy " },
    { COMP, "<envs><nameValue name='E' value='$(A)'/></envs>", " envs[E=$(A)] " },
    { COMP, "<terminateCommand>kill it</terminateCommand>", " terminate kill it " },
    { COMP, "<cleanupCommand>rm &lt;x&gt; &amp;&amp; true</cleanupCommand>", " cleanup rm <x> && true " },
    { COMP, "<cleanupCommand><![CDATA[a && b]]></cleanupCommand>", " cleanup a && b " },
    { COMP, "<amStartCommand>x</amStartCommand><numMaxTerminate>x</numMaxTerminate>", " terminate - " },
    { COMP, "<isRestartable>CL_FALSE</isRestartable>", " restartable 0 reboot 1 " },
    { COMP, "<nodeRebootCleanupFail>CL_FALSE</nodeRebootCleanupFail>", " restartable 1 reboot 0 " },
    { COMP, "<instantiateLevel>0</instantiateLevel>", " level 1 " },
    { COMP, "<instantiateLevel>4</instantiateLevel>", " level 4 " },
    { COMP, "<instantiateDelay>5</instantiateDelay>", " delay 5 " },
    { COMP, "<timeouts><instantiateDelay>5</instantiateDelay></timeouts>", " delay 10000 " },
    { COMP, "<numMaxInstantiate>6</numMaxInstantiate>", " tries 6+1 " },
    { COMP, "<numMaxInstantiateWithDelay>7</numMaxInstantiateWithDelay>", " tries 1+7 " },
    { COMP, "<numMaxActiveCSIs>8</numMaxActiveCSIs>", " csis 8/1 " },
    { COMP, "<numMaxStandbyCSIs>9</numMaxStandbyCSIs>", " csis 1/9 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_NO_RECOMMENDATION</recoveryOnTimeout>", " recovery 1 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_COMP_RESTART</recoveryOnTimeout>", " recovery 2 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_NODE_SWITCHOVER</recoveryOnTimeout>", " recovery 4 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_NODE_FAILOVER</recoveryOnTimeout>", " recovery 5 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_NODE_FAILFAST</recoveryOnTimeout>", " recovery 6 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_CLUSTER_RESET</recoveryOnTimeout>", " recovery 7 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_INTERNALLY_RECOVERED</recoveryOnTimeout>", " recovery 20 " },
    { COMP, "<recoveryOnTimeout>CL_AMS_RECOVERY_SU_RESTART</recoveryOnTimeout>", " recovery 21 " },
    { COMP, "<timeouts><instantiateTimeout>11</instantiateTimeout></timeouts>", " ms 11 20000 20000 20000 20000 20000 20000 20000 " },
    { COMP, "<timeouts><terminateTimeout>12</terminateTimeout></timeouts>", " ms 20000 12 20000 " },
    { COMP, "<timeouts><cleanupTimeout>13</cleanupTimeout></timeouts>", " ms 20000 20000 13 20000 " },
    { COMP, "<timeouts><csiSetTimeout>14</csiSetTimeout></timeouts>", " ms 20000 20000 20000 14 20000 " },
    { COMP, "<timeouts><csiRemoveTimeout>15</csiRemoveTimeout></timeouts>", " 20000 15 20000 20000 20000 " },
    { COMP, "<timeouts><quiescingCompleteTimeout>16</quiescingCompleteTimeout></timeouts>", " 20000 16 20000 20000 " },
    { COMP, "<timeouts><proxiedCompInstantiateTimeout>17</proxiedCompInstantiateTimeout></timeouts>", " 20000 17 20000 health" },
    { COMP, "<timeouts><proxiedCompCleanupTimeout>18</proxiedCompCleanupTimeout></timeouts>", " 20000 18 health" },
    { COMP, "<healthCheck><period>6000</period><maxDuration>12000</maxDuration></healthCheck>", " health 6000 12000\n" },
    { COMP, "<healthCheck><period>0</period><maxDuration>0</maxDuration></healthCheck>", " health 30000 60000\n" },
    { COMP, "<healthCheck><period>1</period><maxDuration>1</maxDuration></healthCheck>", " health 5000 10000\n" },
    { COMP, "<healthCheck><period>20000</period><maxDuration>39999</maxDuration></healthCheck>", " health 20000 40000\n" },
    { SU, "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>", "su u U admin 1 " },
    { SU, "<rank>12</rank>", " rank 12 pre 1 " },
    { SU, "<isPreinstantiable>CL_FALSE</isPreinstantiable>", " pre 0 restartable 1 comps" },
    { SU, "<isRestartable>CL_FALSE</isRestartable>", " pre 1 restartable 0 comps" },
    { SU, "<isContainerSU>CL_TRUE</isContainerSU><numComponents>1</numComponents>", " pre 1 " },
};
/* clang-format on */

/* The text of the model with something more behind a tag of one file. */
static char *with(const char *file, const char *tag, const char *more, char ***warnings)
{
    char *dir = model_copy("good-bare"), *replace, *text, error[1000];
    struct amf_model *m;

    cr_assert_geq(asprintf(&replace, "%s%s", tag, more), 0);
    model_edit(dir, file, tag, replace);
    m = amf_model_load(dir, error, sizeof(error));
    cr_assert(m, "%s: %s", more, error);
    text = model_print(m);
    if (warnings) {
        *warnings = m->warnings;
        m->warnings = NULL;
    }
    amf_model_free(m);
    free(replace);
    model_remove(dir);
    return text;
}

Test(model, each_element_of_a_type_arrives, .timeout = 60)
{
    char *text;
    size_t i;

    unsetenv("A");
    setenv("B", "wrong", 1);
    setenv("A", "$(B)", 1); /* what a variable holds is not expanded again */
    unsetenv("B");
    for (i = 0; i < LEN(elements); i++) {
        text = with(TYPES, elements[i].type, elements[i].element, NULL);
        cr_expect(strstr(text, elements[i].want), "row %zu: %s\nno %s in\n%s", i,
                  elements[i].element, elements[i].want, text);
        free(text);
    }
}

/* The same for the instances; tag is that of the bare model. */
/* clang-format off */
static const struct {
    const char *tag, *more, *want;
} instances[] = {
    { "<nodeInstance name=\"n\" type=\"N\"", " slotId='7' chassisId='1'", " slot 7 " },
    { "<nodeInstance name=\"n\" type=\"N\"", " slotId=''", " slot 1 " },
    { "<serviceUnitInstance name=\"u\" type=\"U\"", " rank='5' level='x'", " rank 5 " },
    { "<amfConfig>", "<cpmConfigs><cpmConfig nodeType='N' cpmType='GLOBAL'/></cpmConfigs>", " controller 1 " },
    { "<amfConfig>", "<cpmConfigs><cpmConfig nodeType='N' cpmType='LOCAL'/></cpmConfigs>", " controller 0 " },
    { "<amfConfig>", "<cpmConfigs/><amsConfig><amsLogging/></amsConfig>", " controller 0 " },
    { "<nodeInstances>", "<nodeInstance name='a&amp;b' type='N'/>", "node a&b N " },
    { "<nodeInstances>", "<nodeInstance name='m' type='N'><dependencies><node>n</node><node>n</node></dependencies></nodeInstance>",
      " slot 1 sus depends=1\n" },
    { "<componentInstances>", "<componentInstance name='d' type='C'><exeName value='other'/></componentInstance>", "argv[other] " },
    { "<componentInstances>", "<componentInstance name='d' type='C'><exeName value=''/></componentInstance>", "argv[c] " },
    { "<componentInstances>", "<componentInstance name='d' type='C'><args><argument value='1'/><argument value='2'/></args></componentInstance>",
      "argv[c][1][2] " },
    { "<componentInstances>", "<componentInstance name='d' type='C'/>", " comps=0,1\n" },
    { "<componentServiceInstances>", "<componentServiceInstance name='v' type='W'><dependencies>"
      "<componentServiceInstance>w</componentServiceInstance></dependencies></componentServiceInstance>", "csi v W si 0 rank 1 attrs depends=1\n" },
    { "<serviceInstances>", "<serviceInstance name='h' type='I'><dependencies><serviceInstance>i</serviceInstance></dependencies></serviceInstance>",
      " csis depends=1 preferred\n" },
    { "<serviceInstances>", "<serviceInstance name='h' type='I'><prefferedServiceUnits><prefferedServiceUnit>u</prefferedServiceUnit>"
      "<prefferedServiceUnit/></prefferedServiceUnits></serviceInstance>", " csis depends preferred=0\n" },
    { "<associatedServiceUnits>", "<!-- none --><associatedServiceUnit/>", " sus=0 sis=0\n" },
};
/* clang-format on */

Test(model, each_element_of_an_instance_arrives, .timeout = 60)
{
    char *text;
    size_t i;

    for (i = 0; i < LEN(instances); i++) {
        text = with(CONFIG, instances[i].tag, instances[i].more, NULL);
        cr_expect(strstr(text, instances[i].want), "row %zu: %s\nno %s in\n%s", i,
                  instances[i].more, instances[i].want, text);
        free(text);
    }
}

Test(model, csis_are_in_order_of_rank_and_then_of_the_file)
{
    char *dir = model_copy("good-bare"), *text;
    struct amf_model *m;

    model_edit(dir, TYPES, "<csiTypes>",
               "<csiTypes><csiType name='low'><rank>0</rank></csiType>"
               "<csiType name='high'><rank>8</rank></csiType>");
    model_edit(
        dir, CONFIG, "<componentServiceInstances>",
        "<componentServiceInstances><componentServiceInstance name='c0' type='high'/>"
        "<componentServiceInstance name='c1' type='W'/>");
    model_edit(
        dir, CONFIG, "</componentServiceInstances>",
        "<componentServiceInstance name='c3' type='low'/></componentServiceInstances>");
    m = load(strdup(dir));
    text = model_print(m);
    cr_expect(strstr(text, " csis=3,1,2,0 "), "%s", text);
    free(text);
    amf_model_free(m);
    model_remove(dir);
}

/* Legal, but hardly meant. */
static const struct {
    const char *type, *element, *want;
} doubts[] = {
    {SG, "<autoAdjust>true</autoAdjust>",
     "<sgType name=\"G\"><autoAdjust>: \"true\" counts as false, expected CL_TRUE or "
     "CL_FALSE"},
    {SG, "<restartDuration>5s</restartDuration>",
     "<sgType name=\"G\"><restartDuration>: \"5s\" counts as 5, expected only digits"},
    {SU, "<numComponents>2</numComponents>",
     "<serviceUnitInstance name=\"u\">: 1 components, expected 2 by numComponents of its "
     "type"},
    {COMP, "<healthCheck><period>1</period><maxDuration>1</maxDuration></healthCheck>",
     "<compType name=\"C\"><healthCheck>: period 1 and maxDuration 1 are raised to 5000 "
     "and "
     "10000, expected at least 5000, and twice the period"},
};

Test(model, what_is_hardly_meant_is_a_warning, .timeout = 60)
{
    char **warnings;
    size_t i;

    for (i = 0; i < LEN(doubts); i++) {
        free(with(TYPES, doubts[i].type, doubts[i].element, &warnings));
        cr_assert(warnings && warnings[0], "row %zu", i);
        cr_expect(strstr(warnings[0], doubts[i].want), "row %zu: %s", i, warnings[0]);
        cr_expect_null(warnings[1], "row %zu", i);
        free(warnings[0]);
        free(warnings);
    }
}

static const struct {
    const char *name;
    size_t len;
    int node, sg, su, comp, si, csi;
} lookups[] = {
    {"host1", 5, 0, -1, -1, -1, -1, -1},
    {"host2", 6, 1, -1, -1, -1, -1, -1},
    {"host2", 4, -1, -1, -1, -1, -1, -1},
    {"host2\0", 7, -1, -1, -1, -1, -1, -1},
    {"pair", 4, -1, 0, -1, -1, -1, -1},
    {"desk2", 5, -1, -1, 1, -1, -1, -1},
    {"counter2", 8, -1, -1, -1, 1, -1, -1},
    {"tickets", 7, -1, -1, -1, -1, 0, -1},
    {"ticketsCounting", 15, -1, -1, -1, -1, -1, 0},
    {"", 0, -1, -1, -1, -1, -1, -1},
    {"", 1, -1, -1, -1, -1, -1, -1},
};

Test(model, names_are_found_with_and_without_their_nul)
{
    struct amf_model *m = load(model_dir("good-6x"));
    size_t i;

    for (i = 0; i < LEN(lookups); i++) {
        const char *name = lookups[i].name;
        const size_t len = lookups[i].len;

        cr_expect_eq(amf_model_node(m, name, len), lookups[i].node, "row %zu", i);
        cr_expect_eq(amf_model_sg(m, name, len), lookups[i].sg, "row %zu", i);
        cr_expect_eq(amf_model_su(m, name, len), lookups[i].su, "row %zu", i);
        cr_expect_eq(amf_model_comp(m, name, len), lookups[i].comp, "row %zu", i);
        cr_expect_eq(amf_model_si(m, name, len), lookups[i].si, "row %zu", i);
        cr_expect_eq(amf_model_csi(m, name, len), lookups[i].csi, "row %zu", i);
    }
    amf_model_free(m);
}

Test(model, freeing_nothing_is_fine)
{
    amf_model_free(NULL);
}
