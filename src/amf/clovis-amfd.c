/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clovis-amfd: plays the nodes of an AMF cluster.
 *
 *   $ clovis-amfd --model model --all-nodes --run-dir /tmp/demo
 *   10:00:00.012 clovis-amfd[812] info: node blade1 is up
 *   10:00:00.013 clovis-amfd[812] info: counter1: launched, pid 813
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "amf/amf_daemon.h"
#include "amf/amf_settings.h"
#include "base/logline.h"

enum { EXIT_USAGE = 2 };

/* The names of the model's nodes, for an error text; cut to size. */
static void node_names(const struct amf_model *m, char *text, size_t size)
{
    size_t i, used = 0;
    int n;

    text[0] = '\0';
    for (i = 0; i < m->n_nodes && used < size; i++) {
        n = snprintf(text + used, size - used, "%s%s", i ? ", " : "", m->nodes[i].name);
        used += n > 0 ? (size_t)n : 0;
    }
}

static bool nodes_known(const struct amf_settings *s, const struct amf_model *m)
{
    char names[400];
    size_t i;

    node_names(m, names, sizeof(names));
    for (i = 0; i < s->n_nodes; i++) {
        if (amf_model_node(m, s->nodes[i], strlen(s->nodes[i])) >= 0)
            continue;
        fprintf(stderr,
                "clovis-amfd: node \"%s\" is not in the model, expected one of: %s\n",
                s->nodes[i], names);
        return false;
    }
    if (s->n_nodes || s->all_nodes)
        return true;
    fprintf(
        stderr,
        "clovis-amfd: no node: expected --node NAME with one of: %s; or --all-nodes\n",
        names);
    return false;
}

/* The lock that keeps a second daemon from the run directory; held until the process
 * ends, also by kill -9. */
static int lock_take(const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char text[24] = "";
    ssize_t n;

    if (fd < 0) {
        fprintf(stderr, "clovis-amfd: %s: %s\n", path, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        n = read(fd, text, sizeof(text) - 1);
        text[n > 0 ? n : 0] = '\0';
        text[strcspn(text, "\n")] = '\0';
        fprintf(stderr, "clovis-amfd: %s: another clovis-amfd runs here, pid %s\n", path,
                text);
        close(fd);
        return -1;
    }
    n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        fprintf(stderr, "clovis-amfd: %s: %s\n", path, strerror(errno));
    return fd;
}

static int run(const struct amf_settings *s, struct amf_model *m)
{
    struct amf_daemon d;
    uv_loop_t loop;
    int status = EXIT_FAILURE;

    if (uv_loop_init(&loop)) {
        fputs("clovis-amfd: cannot make an event loop\n", stderr);
        return EXIT_FAILURE;
    }
    if (amf_daemon_open(&d, &loop, s, m)) {
        amf_daemon_begin(&d);
        uv_run(&loop, UV_RUN_DEFAULT);
        status = d.exit_status;
    }
    amf_daemon_close(&d);
    uv_loop_close(&loop);
    return status;
}

static int run_locked(const struct amf_settings *s, struct amf_model *m)
{
    const int lock = lock_take(s->pid_file);
    int status;

    if (lock < 0)
        return EXIT_FAILURE;
    status = run(s, m);
    unlink(s->socket);
    /* The file stays: removing it while another daemon has it open would let two run. */
    if (ftruncate(lock, 0) != 0)
        clv_log(CLV_LOG_DEBUG, "%s: %s", s->pid_file, strerror(errno));
    close(lock);
    return status;
}

/* Unless CLOVIS_LOG says otherwise, a daemon tells what it does; that is for itself
 * only, not for the components, which inherit the environment. */
static void log_prepare(void)
{
    const bool unset = !getenv("CLOVIS_LOG");

    clv_log_name_set("clovis-amfd");
    if (unset)
        setenv("CLOVIS_LOG", "info", 1);
    clv_log(CLV_LOG_DEBUG, "version %s", PACKAGE_VERSION);
    if (unset)
        unsetenv("CLOVIS_LOG");
}

int main(int argc, char **argv)
{
    struct amf_settings s;
    struct amf_model *m = NULL;
    enum amf_settings_result r;
    char error[512];
    int status = EXIT_USAGE;

    log_prepare();
    signal(SIGPIPE, SIG_IGN);
    r = amf_settings_read(&s, argc, argv);
    if (r == AMF_SETTINGS_HELP)
        status = EXIT_SUCCESS;
    if (r != AMF_SETTINGS_OK)
        goto free_settings;
    m = amf_model_load(s.model_dir, error, sizeof(error));
    if (!m)
        fprintf(stderr, "clovis-amfd: %s\n", error);
    else if (nodes_known(&s, m))
        status = run_locked(&s, m);
    amf_model_free(m);
free_settings:
    amf_settings_free(&s);
    return status;
}
