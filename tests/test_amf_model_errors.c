/* SPDX-License-Identifier: Apache-2.0 */
/* Every way in which a model can be wrong, and the one line that says so. */
#include <criterion/criterion.h>

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_model.h"

#define TYPES "clAmfDefinitions.xml"
#define CONFIG "clAmfConfig.xml"
#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define NAME_OF_256 "name=\"" X32 X32 X32 X32 X32 X32 X32 X32 "\""
#define LEN(array) (sizeof(array) / sizeof(*(array)))

/* The error of a model that must not load, without the directory in it. */
static void error_get(const char *dir, char *out, size_t size)
{
    char error[1000] = "", *at;
    struct amf_model *m = amf_model_load(dir, error, sizeof(error));
    const size_t len = strlen(dir) + 1;

    amf_model_free(m);
    while ((at = strstr(error, dir)))
        memmove(at, at + len, strlen(at + len) + 1);
    snprintf(out, size, "%s%s", m ? "loaded" : "", error);
}

/* One edit of the good model and its error; '*' stands for libxml2's words. */
/* clang-format off */
static const struct {
    const char *file, *find, *replace, *want;
} faults[] = {
    { TYPES, "v1=\"4.0.0\"",
      "v1=\"4.0.1\"",
      "clAmfDefinitions.xml:4: <openClovisAsp>: no version that is known, expected <version v0=\"4.0.0\">" },
    { CONFIG, "<version v0=\"4.0.0\">",
      "<version x0=\"4.0.0\" v=\"4.0.0\" v0x=\"4.0.0\">",
      "clAmfConfig.xml:3: <openClovisAsp>: no version that is known, expected <version v0=\"4.0.0\">" },
    { TYPES, "amfDefinitions:amfTypes xmlns",
      "amfDefinitions:amfType xmlns",
      "clAmfDefinitions.xml:102: *, expected well-formed XML" },
    { CONFIG, "<amfConfig xmlns=\"cpmconfig.ecore\" version=\"B.01.01\">",
      "<amfConfig2/><amfConfig xmlns=\"cpmconfig.ecore\" version=\"B.01.01>",
      "clAmfConfig.xml:6: *, expected well-formed XML" },
    { CONFIG, "<openClovisAsp>",
      "<openClovis>",
      "clAmfConfig.xml:49: *, expected well-formed XML" },
    { CONFIG, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
      "<!DOCTYPE a [<!ENTITY b \"c\">]>\n",
      "clAmfConfig.xml:1: <!DOCTYPE a>: a model has no document type, expected elements only" },
    { CONFIG, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
      "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\">\n",
      "clAmfConfig.xml:1: <!DOCTYPE a>: a model has no document type, expected elements only" },
    { CONFIG, "name=\"desk1\"",
      "name=\"&lol;\"",
      "clAmfConfig.xml:15: *, expected well-formed XML" },
    { CONFIG, "encoding=\"UTF-8\"",
      "encoding=\"no-such-code\"",
      "clAmfConfig.xml:1: *, expected well-formed XML" },
    { TYPES, "CL_AMS_ADMIN_STATE_UNLOCKED",
      "CL_AMS_ADMIN_STATE_OPEN",
      "clAmfDefinitions.xml:18: <nodeType name=\"Host\"><adminState>: \"CL_AMS_ADMIN_STATE_OPEN\" is not known, expected CL_AMS_ADMIN_STATE_{NONE,UNLOCKED,LOCKED_A,LOCKED_I,SHUTTINGDOWN,SHUTTINGDOWN_RESTART}" },
    { TYPES, "CL_AMS_NODE_CLASS_B",
      "B",
      "clAmfDefinitions.xml:11: <nodeType name=\"Host\"><classType>: \"B\" is not known, expected CL_AMS_NODE_CLASS_{NONE,A,B,C,D}" },
    { TYPES, "CL_AMS_SG_REDUNDANCY_MODEL_TWO_N",
      "CL_AMS_SG_REDUNDANCY_MODEL_2N",
      "clAmfDefinitions.xml:26: <sgType name=\"PairType\"><redundancyModel>: \"CL_AMS_SG_REDUNDANCY_MODEL_2N\" is not known, expected CL_AMS_SG_REDUNDANCY_MODEL_{NONE,NO_REDUNDANCY,TWO_N,M_PLUS_N,N_WAY,N_WAY_ACTIVE,CUSTOM}" },
    { TYPES, "CL_AMS_SG_LOADING_STRATEGY_LEAST_SI_PER_SU",
      "CL_AMS_SG_LOADING_STRATEGY_",
      "clAmfDefinitions.xml:27: <sgType name=\"PairType\"><loadingStrategy>: \"CL_AMS_SG_LOADING_STRATEGY_\" is not known, expected CL_AMS_SG_LOADING_STRATEGY_{NONE,LEAST_SI_PER_SU,LEAST_SU_ASSIGNED,LEAST_LOAD_PER_SU,BY_SI_PREFERENCE,USER_DEFINED}" },
    { TYPES, "CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY",
      "CL_AMS_COMP_CAP_TWO_ACTIVE",
      "clAmfDefinitions.xml:63: <compType name=\"CounterType\"><capabilityModel>: \"CL_AMS_COMP_CAP_TWO_ACTIVE\" is not known, expected CL_AMS_COMP_CAP_{X_ACTIVE_AND_Y_STANDBY,X_ACTIVE_OR_Y_STANDBY,ONE_ACTIVE_OR_X_STANDBY,ONE_ACTIVE_OR_ONE_STANDBY,X_ACTIVE,ONE_ACTIVE,NON_PREINSTANTIABLE}" },
    { TYPES, "CL_AMS_SA_AWARE",
      "CL_AMS_COMP_PROPERTY_SA_AWARE",
      "clAmfDefinitions.xml:64: <compType name=\"CounterType\"><property>: \"CL_AMS_COMP_PROPERTY_SA_AWARE\" is not known, expected CL_AMS_{SA_AWARE,PROXIED_PREINSTANTIABLE,PROXIED_NON_PREINSTANTIABLE,NON_PROXIED_NON_PREINSTANTIABLE}" },
    { TYPES, "CL_CPM_COMP_SINGLE_PROCESS",
      "CL_CPM_COMP_SINGLE",
      "clAmfDefinitions.xml:65: <compType name=\"CounterType\"><processRel>: \"CL_CPM_COMP_SINGLE\" is not known, expected CL_CPM_COMP_{NONE,MULTI_PROCESS,SINGLE_PROCESS,THREADED}" },
    { TYPES, "CL_AMS_RECOVERY_COMP_FAILOVER",
      "CL_AMS_RECOVERY_APP_RESTART",
      "clAmfDefinitions.xml:81: <compType name=\"CounterType\"><recoveryOnTimeout>: \"CL_AMS_RECOVERY_APP_RESTART\" is not known, expected CL_AMS_RECOVERY_{NO_RECOMMENDATION,INTERNALLY_RECOVERED,COMP_RESTART,SU_RESTART,COMP_FAILOVER,NODE_SWITCHOVER,NODE_FAILOVER,NODE_FAILFAST,CLUSTER_RESET}" },
    { CONFIG, "cpmType=\"GLOBAL\"",
      "cpmType=\"global\"",
      "clAmfConfig.xml:7: <cpmConfig>: \"global\" is not known, expected {GLOBAL,LOCAL}" },
    { TYPES, "<property>CL_AMS_SA_AWARE</property>",
      "",
      "clAmfDefinitions.xml:60: <compType name=\"CounterType\">: no <property>, expected it with a value" },
    { TYPES, "<property>CL_AMS_SA_AWARE</property>",
      "<property> </property>",
      "clAmfDefinitions.xml:60: <compType name=\"CounterType\">: no <property>, expected it with a value" },
    { TYPES, "<processRel>CL_CPM_COMP_SINGLE_PROCESS</processRel>",
      "",
      "clAmfDefinitions.xml:60: <compType name=\"CounterType\">: no <processRel>, expected it with a value" },
    { TYPES, "<instantiateCommand>ticketd --quiet</instantiateCommand>",
      "",
      "clAmfDefinitions.xml:60: <compType name=\"CounterType\">: no <instantiateCommand>, expected it" },
    { TYPES, "<instantiateCommand>ticketd --quiet</instantiateCommand>",
      "<instantiateCommand/>",
      "clAmfDefinitions.xml:66: <compType name=\"CounterType\"><instantiateCommand>: empty, expected a command line (only a proxied component has none)" },
    { TYPES, "<csiTypes><csiType name=\"Counting\"/></csiTypes>",
      "<csiTypes/>",
      "clAmfDefinitions.xml:60: <compType name=\"CounterType\">: no <csiTypes>, expected at least one <csiType name=\"…\"/>" },
    { TYPES, "<period>10000</period>",
      "",
      "clAmfDefinitions.xml:90: <compType name=\"CounterType\"><healthCheck>: no <period>, expected both period and maxDuration" },
    { TYPES, "<maxDuration>20000</maxDuration>",
      "",
      "clAmfDefinitions.xml:90: <compType name=\"CounterType\"><healthCheck>: no <maxDuration>, expected both period and maxDuration" },
    { TYPES, "<argument value=\"-o\"/>",
      "<argument/>",
      "clAmfDefinitions.xml:68: <compType name=\"CounterType\"><argument>: no value, expected value=\"…\"" },
    { TYPES, "<nameValue name=\"TICKET_MODE\"",
      "<nameValue Name=\"TICKET_MODE\"",
      "clAmfDefinitions.xml:71: <compType name=\"CounterType\"><nameValue>: no name, expected name=\"…\"" },
    { TYPES, "<suType name=\"DeskType\">",
      "<suType>",
      "clAmfDefinitions.xml:43: <suType>: no name, expected name=\"…\"" },
    { CONFIG, "<nodeInstances>",
      "<nodeInstance>x</nodeInstance><nodeInstances/><x>",
      "clAmfConfig.xml:28: *, expected well-formed XML" },
    { CONFIG, "cpmType=\"GLOBAL\" ",
      "",
      "clAmfConfig.xml:7: <cpmConfig>: no cpmType, expected cpmType=\"…\"" },
    { CONFIG, "nodeType=\"Host\"",
      "",
      "clAmfConfig.xml:7: <cpmConfig>: no nodeType, expected nodeType=\"…\"" },
    { CONFIG, "<serviceUnitInstance name=\"desk1\"",
      "<serviceUnitInstance name=\"\"",
      "clAmfConfig.xml:15: <serviceUnitInstance name=\"\">: no name, expected name=\"…\"" },
    { CONFIG, "name=\"counter1\" type=\"CounterType\"",
      "name=\"counter1\"",
      "clAmfConfig.xml:16: <componentInstance name=\"counter1\">: no type, expected type=\"…\"" },
    { CONFIG, "name=\"counter1\"",
      NAME_OF_256,
      "clAmfConfig.xml:16: <componentInstance name=\"*\">: name of 256 bytes, expected at most 255" },
    { CONFIG, "name=\"host1\" type=\"Host\"",
      "name=\"host1\" type=\"Horst\"",
      "clAmfConfig.xml:13: <nodeInstance name=\"host1\">: type \"Horst\" is not defined, expected a <nodeType> of clAmfDefinitions.xml" },
    { CONFIG, "cpmType=\"GLOBAL\" nodeType=\"Host\"",
      "cpmType=\"GLOBAL\" nodeType=\"Blade\"",
      "clAmfConfig.xml:7: <cpmConfig>: type \"Blade\" is not defined, expected a <nodeType> of clAmfDefinitions.xml" },
    { CONFIG, "name=\"desk1\" type=\"DeskType\"",
      "name=\"desk1\" type=\"Desk\"",
      "clAmfConfig.xml:15: <serviceUnitInstance name=\"desk1\">: type \"Desk\" is not defined, expected a <suType> of clAmfDefinitions.xml" },
    { CONFIG, "name=\"counter2\" type=\"CounterType\"",
      "name=\"counter2\" type=\"counterType\"",
      "clAmfConfig.xml:24: <componentInstance name=\"counter2\">: type \"counterType\" is not defined, expected a <compType> of clAmfDefinitions.xml" },
    { CONFIG, "name=\"pair\" type=\"PairType\"",
      "name=\"pair\" type=\"TripleType\"",
      "clAmfConfig.xml:30: <serviceGroup name=\"pair\">: type \"TripleType\" is not defined, expected a <sgType> of clAmfDefinitions.xml" },
    { CONFIG, "name=\"tickets\" type=\"TicketsType\"",
      "name=\"tickets\" type=\"Tickets\"",
      "clAmfConfig.xml:32: <serviceInstance name=\"tickets\">: type \"Tickets\" is not defined, expected a <siType> of clAmfDefinitions.xml" },
    { CONFIG, "name=\"ticketsCounting\" type=\"Counting\"",
      "name=\"ticketsCounting\" type=\"Count&#10;ing\"",
      "clAmfConfig.xml:34: <componentServiceInstance name=\"ticketsCounting\">: type \"Count?ing\" is not defined, expected a <csiType> of clAmfDefinitions.xml" },
    { TYPES, "<suTypes>",
      "<suTypes><suType name=\"DeskType\"/>",
      "clAmfDefinitions.xml:43: <suType name=\"DeskType\">: already defined in line 42, expected each name once" },
    { CONFIG, "name=\"host2\"",
      "name=\"host1\"",
      "clAmfConfig.xml:21: <nodeInstance name=\"host1\">: already defined in line 13, expected each name once" },
    { CONFIG, "name=\"desk2\"",
      "name=\"desk1\"",
      "clAmfConfig.xml:23: <serviceUnitInstance name=\"desk1\">: already defined in line 15, expected each name once" },
    { CONFIG, "name=\"counter2\"",
      "name=\"counter1\"",
      "clAmfConfig.xml:24: <componentInstance name=\"counter1\">: already defined in line 16, expected each name once" },
    { CONFIG, "</serviceGroups>",
      "<serviceGroup name=\"pair\" type=\"PairType\"/></serviceGroups>",
      "clAmfConfig.xml:46: <serviceGroup name=\"pair\">: already defined in line 30, expected each name once" },
    { CONFIG, "</serviceInstances>",
      "<serviceInstance name=\"tickets\" type=\"TicketsType\"/></serviceInstances>",
      "clAmfConfig.xml:39: <serviceInstance name=\"tickets\">: already defined in line 32, expected each name once" },
    { CONFIG, "</componentServiceInstances>",
      "<componentServiceInstance name=\"ticketsCounting\" type=\"Counting\"/></componentServiceInstances>",
      "clAmfConfig.xml:35: <componentServiceInstance name=\"ticketsCounting\">: already defined in line 34, expected each name once" },
    { CONFIG, "<dependencies node=\"\"/>",
      "<dependencies><node>host3</node></dependencies>",
      "clAmfConfig.xml:19: <nodeInstance name=\"host1\"><node>: \"host3\" does not exist, expected the name of a node" },
    { CONFIG, "<associatedServiceUnit>desk2",
      "<associatedServiceUnit>desk3",
      "clAmfConfig.xml:43: <serviceGroup name=\"pair\"><associatedServiceUnit>: \"desk3\" does not exist, expected the name of an SU" },
    { CONFIG, "<prefferedServiceUnits prefferedServiceUnit=\"\"/>",
      "<prefferedServiceUnits><prefferedServiceUnit>host1</prefferedServiceUnit></prefferedServiceUnits>",
      "clAmfConfig.xml:37: <serviceInstance name=\"tickets\"><prefferedServiceUnit>: \"host1\" does not exist, expected the name of an SU" },
    { CONFIG, "<dependencies><serviceInstance></serviceInstance></dependencies>",
      "<dependencies><serviceInstance>other</serviceInstance></dependencies>",
      "clAmfConfig.xml:36: <serviceInstance name=\"tickets\"><serviceInstance>: \"other\" does not exist, expected the name of an SI" },
    { CONFIG, "type=\"Counting\"/>",
      "type=\"Counting\"><dependencies><componentServiceInstance>other</componentServiceInstance></dependencies></componentServiceInstance>",
      "clAmfConfig.xml:34: <componentServiceInstance name=\"ticketsCounting\"><componentServiceInstance>: \"other\" does not exist, expected the name of a CSI" },
    { CONFIG, "</serviceGroups>",
      "<serviceGroup name=\"second\" type=\"PairType\"><associatedServiceUnits><associatedServiceUnit>desk2</associatedServiceUnit></associatedServiceUnits></serviceGroup></serviceGroups>",
      "clAmfConfig.xml:46: <serviceGroup name=\"second\"><associatedServiceUnits>: SU \"desk2\" is in group \"pair\" already, expected one group for each SU" },
    { TYPES, "<numCSIs>1</numCSIs>",
      "<numCSIs>2</numCSIs>",
      "clAmfConfig.xml:32: <serviceInstance name=\"tickets\">: 1 CSIs, expected 2 by numCSIs in line 55 of clAmfDefinitions.xml" },
    { CONFIG, "<componentServiceInstance name=\"ticketsCounting\" type=\"Counting\"/>",
      "",
      "clAmfConfig.xml:32: <serviceInstance name=\"tickets\">: 0 CSIs, expected 1 by numCSIs in line 55 of clAmfDefinitions.xml" },
    { TYPES, "<rank>1</rank>",
      "<rank>first</rank>",
      "clAmfDefinitions.xml:54: <siType name=\"TicketsType\"><rank>: \"first\", expected a whole number from 0 to 2147483647" },
    { TYPES, "<instantiateDelay>5000",
      "<instantiateDelay>-5000",
      "clAmfDefinitions.xml:76: <compType name=\"CounterType\"><instantiateDelay>: \"-5000\", expected a whole number from 0 to 2147483647" },
    { TYPES, "<csiSetTimeout>13000",
      "<csiSetTimeout>2147483648",
      "clAmfDefinitions.xml:86: <compType name=\"CounterType\"><csiSetTimeout>: \"2147483648\", expected a whole number from 0 to 2147483647" },
    { TYPES, "<numCSIs>1</numCSIs>",
      "<numCSIs>one</numCSIs>",
      "clAmfDefinitions.xml:55: <siType name=\"TicketsType\"><numCSIs>: \"one\", expected a whole number from 0 to 2147483647" },
    { TYPES, "<numComponents>1<",
      "<numComponents>x<",
      "clAmfDefinitions.xml:46: <suType name=\"DeskType\"><numComponents>: \"x\", expected a whole number from 0 to 2147483647" },
    { CONFIG, "rank=\"2\"",
      "rank=\"-1\"",
      "clAmfConfig.xml:23: <serviceUnitInstance name=\"desk2\">: rank=\"-1\", expected a whole number from 0 to 2147483647" },
    { CONFIG, "nodeMoId=\"\\Rack:0\\Host:1\"",
      "slotId=\"left\"",
      "clAmfConfig.xml:13: <nodeInstance name=\"host1\">: slotId=\"left\", expected a whole number from 0 to 2147483647" },
    { CONFIG, "<dependencies node=\"\"/>",
      "<dependencies><node>host1</node></dependencies>",
      "clAmfConfig.xml:13: <nodeInstance name=\"host1\">: depends on itself, directly or through others, expected no cycle" },
    { CONFIG, "<dependencies><serviceInstance></serviceInstance></dependencies>",
      "<dependencies><serviceInstance>tickets</serviceInstance></dependencies>",
      "clAmfConfig.xml:32: <serviceInstance name=\"tickets\">: depends on itself, directly or through others, expected no cycle" },
    { CONFIG, "type=\"Counting\"/>",
      "type=\"Counting\"><dependencies><componentServiceInstance>ticketsCounting</componentServiceInstance></dependencies></componentServiceInstance>",
      "clAmfConfig.xml:34: <componentServiceInstance name=\"ticketsCounting\">: depends on itself, directly or through others, expected no cycle" },
};
/* clang-format on */

Test(model_errors, each_fault_is_one_line_with_its_place, .timeout = 60)
{
    char error[1000];
    char *dir;
    size_t i;

    for (i = 0; i < LEN(faults); i++) {
        dir = model_copy("good-6x");
        model_edit(dir, faults[i].file, faults[i].find, faults[i].replace);
        error_get(dir, error, sizeof(error));
        cr_expect_eq(fnmatch(faults[i].want, error, 0), 0,
                     "row %zu: %s\n    gives: %s\n want: %s", i, faults[i].replace, error,
                     faults[i].want);
        cr_expect_null(strchr(error, '\n'), "row %zu", i);
        model_remove(dir);
    }
}

/* Contents that are no XML at all, or too much of it. */
static const struct {
    const char *text;
    size_t len;
    const char *want;
} contents[] = {
    {"", 0, CONFIG ":1: *, expected well-formed XML"},
    {"\0\0\0\0", 4, CONFIG ":*, expected well-formed XML"},
    {"hello\n", 6, CONFIG ":1: *, expected well-formed XML"},
    {"<a>\n<b>\n</a>", 12, CONFIG ":3: *, expected well-formed XML"},
    {"<a/><b/>", 8, CONFIG ":1: *, expected well-formed XML"},
    {"\xff\xfe<\0a", 5, CONFIG ":*, expected well-formed XML"},
    {"<a>\xff</a>", 8, CONFIG ":1: *, expected well-formed XML"},
    {"<amfTypes/>", 11,
     CONFIG ":1: <amfTypes>: not a model, expected <openClovisAsp> or <amfConfig>"},
    {"<openClovisAsp/>", 16,
     CONFIG
     ":1: <openClovisAsp>: no version that is known, expected <version v0=\"4.0.0\">"},
    {"<openClovisAsp><version v0='4.0.0'/></openClovisAsp>", 52,
     CONFIG ":1: <version>: no content, expected <amfConfig>"},
    {"<amfConfig/>", 12,
     CONFIG ":1: <amfConfig>: no node, expected <nodeInstances><nodeInstance …>"},
    {"<amfConfig>\n<nodeInstances>\n</nodeInstances></amfConfig>", 56,
     CONFIG ":1: <amfConfig>: no node, expected <nodeInstances><nodeInstance …>"},
    {"<!DOCTYPE a [\n<!ENTITY b \"b\">\n<!ENTITY c \"&b;&b;&b;\">]><amfConfig "
     "a=\"&c;\"/>",
     74, CONFIG ":1: <!DOCTYPE a>: a model has no document type, expected elements only"},
};

Test(model_errors, what_is_not_xml_is_refused, .timeout = 60)
{
    char error[1000];
    char *dir;
    size_t i;

    for (i = 0; i < LEN(contents); i++) {
        dir = model_copy("good-6x");
        model_write(dir, CONFIG, contents[i].text, contents[i].len);
        error_get(dir, error, sizeof(error));
        cr_expect_eq(fnmatch(contents[i].want, error, 0), 0, "row %zu: %s", i, error);
        model_remove(dir);
    }
}

Test(model_errors, deep_nesting_is_an_error_and_no_crash, .timeout = 60)
{
    enum { DEPTH = 100000 };
    char *text = malloc(3 * DEPTH + 1), *dir = model_copy("good-6x");
    char error[1000];
    size_t i;

    for (i = 0; i < DEPTH; i++)
        memcpy(text + 3 * i, "<a>", 4);
    model_write(dir, CONFIG, text, 3 * DEPTH);
    error_get(dir, error, sizeof(error));
    cr_expect_eq(fnmatch(CONFIG ":1: *depth*, expected well-formed XML", error, 0), 0,
                 "%s", error);
    free(text);
    model_remove(dir);
}

Test(model_errors, a_directory_that_is_not_there_is_named)
{
    char error[1000];

    cr_expect_null(amf_model_load("/no/such", error, sizeof(error)));
    cr_expect_str_eq(error, "/no/such: no such directory, expected one with "
                            "clAmfDefinitions.xml and clAmfConfig.xml");
    cr_expect_null(amf_model_load("/dev/null", error, sizeof(error)));
    cr_expect_eq(strncmp(error, "/dev/null: no such directory", 28), 0, "%s", error);
}

Test(model_errors, a_file_that_cannot_be_read_is_named, .timeout = 60)
{
    static const char *const wants[] = {
        TYPES ": cannot read: No such file or directory, expected a model file",
        TYPES ": not a plain file of at most 67108864 bytes, expected XML",
        TYPES ": not a plain file of at most 67108864 bytes, expected XML",
    };
    char error[1000], path[300];
    char *dir;
    size_t i;

    for (i = 0; i < LEN(wants); i++) {
        dir = model_copy("good-6x");
        snprintf(path, sizeof(path), "%s/" TYPES, dir);
        unlink(path);
        if (i == 1)
            cr_assert_eq(mkdir(path, 0700), 0);
        if (i == 2)
            cr_assert_eq(mkfifo(path, 0600), 0); /* must not be waited for */
        error_get(dir, error, sizeof(error));
        cr_expect_str_eq(error, wants[i], "row %zu: %s", i, error);
        model_remove(dir);
    }
}

Test(model_errors, a_file_without_permission_is_named)
{
    char error[1000], path[300];
    char *dir;

    if (geteuid() == 0)
        cr_skip_test("root reads everything");
    dir = model_copy("good-6x");
    snprintf(path, sizeof(path), "%s/" CONFIG, dir);
    cr_assert_eq(chmod(path, 0), 0);
    error_get(dir, error, sizeof(error));
    cr_expect_str_eq(error,
                     CONFIG ": cannot read: Permission denied, expected a model file");
    model_remove(dir);
}

Test(model_errors, a_short_buffer_cuts_the_text)
{
    char *dir = model_copy("good-6x");
    char error[24], one[1] = {'x'};
    size_t size;

    model_edit(dir, CONFIG, "name=\"host1\"", "name=\"\"");
    for (size = 1; size <= sizeof(error); size++) {
        memset(error, 'x', sizeof(error));
        cr_expect_null(amf_model_load(dir, error, size));
        cr_expect_eq(strlen(error), size - 1, "%zu", size);
    }
    cr_expect_null(amf_model_load(dir, one, 0));
    cr_expect_eq(one[0], 'x');
    model_remove(dir);
}
