/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_settings.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "amf/amf_must.h"
#include "amf/amf_proto.h"
#include "base/settings.h"

enum { STOP_SECONDS = 60, LEASE_MS = 1000, CLUSTER_NAME_MAX = 64 };

static const char usage[] =
    "usage: clovis-amfd [OPTION]... --model DIR (--node NAME... | --all-nodes)\n"
    "Play nodes of a cluster: launch their components and drive their HA states.\n"
    "\n"
    "  -m, --model DIR     directory of clAmfDefinitions.xml and clAmfConfig.xml\n"
    "                      (default: $ASP_CONFIG)\n"
    "  -n, --node NAME     play this node; may be given again (default: $ASP_NODENAME)\n"
    "  -a, --all-nodes     play every node of the model\n"
    "  -c, --cluster NAME  the other nodes are played elsewhere; meet them in the store\n"
    "                      of CLOVIS_REDIS_URL (default: $CLOVIS_AMF_CLUSTER)\n"
    "  -r, --run-dir DIR   socket, state, process id (default: $ASP_RUNDIR, "
    "/run/clovis)\n"
    "  -b, --bin-dir DIR   where relative commands are (default: $ASP_BINDIR, bin "
    "beside\n"
    "                      the model, the model)\n"
    "  -l, --log-dir DIR   output of the components (default: $ASP_LOGDIR, the run dir)\n"
    "      --foreground    stay in the foreground (always the case)\n"
    "      --fresh         take nothing over from an earlier daemon\n"
    "      --record FILE   write down what is decided, for clovis amf replay\n"
    "      --record-limit KIB  at that size FILE becomes FILE.1 (default: 65536)\n"
    "  -h, --help          show this text\n"
    "  -V, --version       show the version\n";

/* One line to standard error; the level of the log does not matter for it. */
static void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void complain(const char *fmt, ...)
{
    va_list ap;

    fputs("clovis-amfd: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

#define wrong(...) (complain(__VA_ARGS__), AMF_SETTINGS_WRONG)

static char *joined(const char *dir, const char *name)
{
    const size_t size = strlen(dir) + strlen(name) + 2;
    char *path = amf_must(malloc(size));

    snprintf(path, size, "%s/%s", dir, name);
    return path;
}

static void replace(char **at, const char *value)
{
    free(*at);
    *at = value ? amf_must(strdup(value)) : NULL;
}

static bool node_is_there(const struct amf_settings *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->n_nodes && strcmp(s->nodes[i], name) != 0; i++)
        ;
    return i < s->n_nodes;
}

static void node_add(struct amf_settings *s, const char *name)
{
    s->nodes = amf_must(realloc(s->nodes, (s->n_nodes + 1) * sizeof(*s->nodes)));
    s->nodes[s->n_nodes++] = amf_must(strdup(name));
}

/* ---- the command line ------------------------------------------------------------ */

enum { OPT_FOREGROUND = 256, OPT_FRESH, OPT_RECORD, OPT_RECORD_LIMIT };

enum { RECORD_KIB = 65536, RECORD_KIB_MAX = 1 << 30 };

static const struct option options[] = {
    {"model", required_argument, NULL, 'm'},
    {"node", required_argument, NULL, 'n'},
    {"all-nodes", no_argument, NULL, 'a'},
    {"cluster", required_argument, NULL, 'c'},
    {"run-dir", required_argument, NULL, 'r'},
    {"bin-dir", required_argument, NULL, 'b'},
    {"log-dir", required_argument, NULL, 'l'},
    {"foreground", no_argument, NULL, OPT_FOREGROUND},
    {"fresh", no_argument, NULL, OPT_FRESH},
    {"record", required_argument, NULL, OPT_RECORD},
    {"record-limit", required_argument, NULL, OPT_RECORD_LIMIT},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static enum amf_settings_result record_limit_read(struct amf_settings *s,
                                                  const char *word)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(word, &end, 10);
    if (errno || end == word || *end || n < 1 || n > RECORD_KIB_MAX)
        return wrong("--record-limit %s: expected a number of KiB from 1 to %d", word,
                     RECORD_KIB_MAX);
    s->record_kib = (uint32_t)n;
    return AMF_SETTINGS_OK;
}

static enum amf_settings_result option_take(struct amf_settings *s, int c)
{
    switch (c) {
    case 'm':
        replace(&s->model_dir, optarg);
        break;
    case 'n':
        if (node_is_there(s, optarg))
            return wrong("--node %s: given twice, expected each node once", optarg);
        node_add(s, optarg);
        break;
    case 'a':
        s->all_nodes = true;
        break;
    case 'c':
        replace(&s->cluster, optarg);
        break;
    case 'r':
        replace(&s->run_dir, optarg);
        break;
    case 'b':
        replace(&s->bin_dir, optarg);
        break;
    case 'l':
        replace(&s->log_dir, optarg);
        break;
    case OPT_FOREGROUND:
        break;
    case OPT_RECORD:
        replace(&s->record, optarg);
        break;
    case OPT_RECORD_LIMIT:
        return record_limit_read(s, optarg);
    case OPT_FRESH:
        s->fresh = true;
        break;
    case 'h':
        fputs(usage, stdout);
        return AMF_SETTINGS_HELP;
    case 'V':
        printf("clovis-amfd (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
        return AMF_SETTINGS_HELP;
    default:
        return AMF_SETTINGS_WRONG;
    }
    return AMF_SETTINGS_OK;
}

/* What getopt_long() stumbled over. */
static enum amf_settings_result option_unknown(int c, const char *word)
{
    const char *what = c == ':' ? "needs a value" : "is not an option";

    if (optopt > 0 && optopt < OPT_FOREGROUND && strncmp(word, "--", 2) != 0)
        return wrong("-%c %s; clovis-amfd --help lists all", optopt, what);
    return wrong("%s %s; clovis-amfd --help lists all", word, what);
}

static enum amf_settings_result options_read(struct amf_settings *s, int argc,
                                             char **argv)
{
    enum amf_settings_result r = AMF_SETTINGS_OK;
    int c;

    opterr = 0;
    while (r == AMF_SETTINGS_OK &&
           (c = getopt_long(argc, argv, ":m:n:ac:r:b:l:hV", options, NULL)) != -1)
        r = c == '?' || c == ':' ? option_unknown(c, argv[optind - 1])
                                 : option_take(s, c);
    if (r == AMF_SETTINGS_OK && optind < argc)
        return wrong("unexpected argument \"%s\", expected options only", argv[optind]);
    return r;
}

/* ---- directories ------------------------------------------------------------------ */

/* Make *dir absolute. what names the option for the error text. */
static enum amf_settings_result dir_resolve(char **dir, const char *what)
{
    struct stat st;
    char *real = realpath(*dir, NULL);

    if (!real)
        return wrong("%s %s: %s", what, *dir, strerror(errno));
    if (stat(real, &st) == 0 && !S_ISDIR(st.st_mode)) {
        free(real);
        return wrong("%s %s: not a directory", what, *dir);
    }
    free(*dir);
    *dir = real;
    return AMF_SETTINGS_OK;
}

/* Make it when it is not there, and see that we may write. */
static enum amf_settings_result dir_make(char **dir, mode_t mode, const char *what)
{
    enum amf_settings_result r;

    if (mkdir(*dir, mode) != 0 && errno != EEXIST)
        return wrong("%s %s: cannot be made: %s", what, *dir, strerror(errno));
    r = dir_resolve(dir, what);
    if (r == AMF_SETTINGS_OK && access(*dir, W_OK | X_OK) != 0)
        return wrong("%s %s: %s", what, *dir, strerror(errno));
    return r;
}

static bool is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* bin beside the model, else the model itself. */
static char *bin_dir_default(const char *model_dir)
{
    char *beside = joined(model_dir, "../bin");

    if (is_dir(beside))
        return beside;
    free(beside);
    return amf_must(strdup(model_dir));
}

static void from_environment(char **at, const char *key, const char *otherwise)
{
    const char *value = *at ? *at : clv_setting(key);
    char *copy;

    if (!value)
        value = otherwise;
    copy = value ? amf_must(strdup(value)) : NULL;
    free(*at);
    *at = copy;
}

static enum amf_settings_result dirs_find(struct amf_settings *s)
{
    enum amf_settings_result r;

    from_environment(&s->model_dir, "ASP_CONFIG", NULL);
    if (!s->model_dir)
        return wrong("no model: expected --model DIR, or ASP_CONFIG in the environment");
    r = dir_resolve(&s->model_dir, "--model");
    if (r == AMF_SETTINGS_OK) {
        from_environment(&s->run_dir, "ASP_RUNDIR", "/run/clovis");
        r = dir_make(&s->run_dir, 0700, "--run-dir");
    }
    if (r == AMF_SETTINGS_OK) {
        from_environment(&s->log_dir, "ASP_LOGDIR", s->run_dir);
        r = dir_make(&s->log_dir, 0750, "--log-dir");
    }
    if (r == AMF_SETTINGS_OK) {
        from_environment(&s->bin_dir, "ASP_BINDIR", NULL);
        if (!s->bin_dir)
            s->bin_dir = bin_dir_default(s->model_dir);
        r = dir_resolve(&s->bin_dir, "--bin-dir");
    }
    from_environment(&s->db_dir, "ASP_DBDIR", s->run_dir);
    from_environment(&s->work_dir, "ASP_CPM_CWD", s->run_dir);
    if (r == AMF_SETTINGS_OK && s->work_dir)
        r = dir_resolve(&s->work_dir, "ASP_CPM_CWD");
    return r;
}

/* ---- files in the run directory ------------------------------------------ */

static enum amf_settings_result files_name(struct amf_settings *s, bool run_dir_given)
{
    const size_t room = sizeof(((struct sockaddr_un *)NULL)->sun_path);

    s->state_file = joined(s->run_dir, "clovis-amfd.state");
    s->pid_file = joined(s->run_dir, "clovis-amfd.pid");
    s->socket = run_dir_given || !clv_setting("CLOVIS_AMF_SOCKET")
                    ? joined(s->run_dir, "clovis-amfd.sock")
                    : amf_must(strdup(clv_setting("CLOVIS_AMF_SOCKET")));
    if (strlen(s->socket) < room)
        return AMF_SETTINGS_OK;
    return wrong("%s: too long for a socket, expected at most %zu bytes", s->socket,
                 room - 1);
}

static bool is_console(const char *key)
{
    const char *value = clv_setting(key);

    return value && strcmp(value, "console") == 0;
}

static void nodes_default(struct amf_settings *s)
{
    const char *name = clv_setting("ASP_NODENAME");

    if (!s->n_nodes && !s->all_nodes && name)
        node_add(s, name);
}

static enum amf_settings_result cluster_read(struct amf_settings *s)
{
    size_t i;

    from_environment(&s->cluster, "CLOVIS_AMF_CLUSTER", NULL);
    if (!clv_setting_int("CLOVIS_AMF_LEASE_MS", 100, 600000, LEASE_MS, &s->lease_ms))
        return AMF_SETTINGS_WRONG;
    /* A beat may be a quarter of the lease old when the daemon dies. */
    if (!clv_setting_int("CLOVIS_AMF_ORPHAN_MS", 0, 3600000,
                         s->lease_ms - s->lease_ms / 4, &s->orphan_ms))
        return AMF_SETTINGS_WRONG;
    if (!s->cluster)
        return AMF_SETTINGS_OK;
    i = strspn(s->cluster, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789._-");
    if (i && !s->cluster[i] && i <= CLUSTER_NAME_MAX)
        return AMF_SETTINGS_OK;
    return wrong("--cluster %s: expected 1 to %d letters, digits or ._-", s->cluster,
                 CLUSTER_NAME_MAX);
}

enum amf_settings_result amf_settings_read(struct amf_settings *s, int argc, char **argv)
{
    enum amf_settings_result r;
    int64_t stop_s;
    bool run_dir_given;

    memset(s, 0, sizeof(*s));
    s->record_kib = RECORD_KIB;
    r = options_read(s, argc, argv);
    run_dir_given = s->run_dir != NULL;
    if (r == AMF_SETTINGS_OK &&
        !clv_setting_int("ASP_SHUTDOWN_TIMEOUT", 1, 86400, STOP_SECONDS, &stop_s))
        r = AMF_SETTINGS_WRONG;
    if (r == AMF_SETTINGS_OK)
        r = dirs_find(s);
    if (r == AMF_SETTINGS_OK)
        r = cluster_read(s);
    if (r == AMF_SETTINGS_OK)
        r = files_name(s, run_dir_given);
    if (r != AMF_SETTINGS_OK)
        return r;
    s->stop_ms = (int)stop_s * 1000;
    s->console = is_console("ASP_CPM_LOGFILE") || is_console("ASP_STDOUT_LOGFILE");
    nodes_default(s);
    return AMF_SETTINGS_OK;
}

void amf_settings_free(struct amf_settings *s)
{
    size_t i;

    for (i = 0; i < s->n_nodes; i++)
        free(s->nodes[i]);
    free(s->nodes);
    free(s->cluster);
    free(s->model_dir);
    free(s->run_dir);
    free(s->bin_dir);
    free(s->log_dir);
    free(s->db_dir);
    free(s->socket);
    free(s->state_file);
    free(s->pid_file);
    free(s->work_dir);
    free(s->record);
    memset(s, 0, sizeof(*s));
}
