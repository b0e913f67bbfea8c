/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the daemon works and what it plays: the command line over the environment
 * over the defaults. All paths are absolute, because components inherit them.
 */
#ifndef AMF_SETTINGS_H
#define AMF_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct amf_settings {
    /* all owned */
    char *model_dir, *run_dir, *bin_dir, *log_dir, *db_dir;
    char *socket, *state_file, *pid_file;
    char *work_dir;      /* where components start */
    char *record;        /* file for what the engine decides; NULL: none */
    uint32_t record_kib; /* the size at which it becomes FILE.1 */
    bool console;        /* components write to our standard output */
    bool fresh;          /* forget what an earlier daemon left */
    bool all_nodes;
    char **nodes; /* names asked for */
    size_t n_nodes;
    char *cluster;     /* owned; NULL: alone */
    int64_t lease_ms;  /* how long a silent daemon of the cluster counts as alive */
    int64_t orphan_ms; /* how long its components live on without it, 0: for ever */
    int stop_ms;       /* an orderly stop takes no longer than this */
};

enum amf_settings_result { AMF_SETTINGS_OK, AMF_SETTINGS_HELP, AMF_SETTINGS_WRONG };

/* Read the command line and make the directories. On WRONG (usage, a setting that
 * cannot be used) one line has gone to standard error. */
enum amf_settings_result amf_settings_read(struct amf_settings *s, int argc, char **argv);
void amf_settings_free(struct amf_settings *s);

#endif
