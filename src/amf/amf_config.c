/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "amf/amf_instances.h"
#include "amf/amf_load.h"
#include "amf/amf_text.h"
#include "amf/amf_types.h"
#include "amf/amf_xml.h"

static const char *const file_names[] = {"clAmfDefinitions.xml", "clAmfConfig.xml"};

static bool dir_check(struct amf_load *l, const char *dir)
{
    struct stat st;

    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    return amf_fail_plain(l, "%s: no such directory, expected one with %s and %s", dir,
                          file_names[0], file_names[1]);
}

static bool files_name(struct amf_load *l, const char *dir)
{
    char *path;
    size_t i;
    bool ok;

    for (i = 0; i < sizeof(file_names) / sizeof(*file_names); i++) {
        if (asprintf(&path, "%s/%s", dir, file_names[i]) < 0)
            return amf_fail_memory(l);
        ok = amf_strings_append(&l->model->files, path, strlen(path));
        free(path);
        if (!ok)
            return amf_fail_memory(l);
    }
    return true;
}

static bool documents_read(struct amf_load *l, const xmlDoc *definitions,
                           const xmlDoc *config)
{
    l->definitions = amf_xml_root(l, definitions, "amfTypes");
    if (!l->definitions)
        return false;
    l->config = amf_xml_root(l, config, "amfConfig");
    return l->config && amf_types_check(l) && amf_instances_read(l) &&
           amf_relations_read(l) && amf_relations_check(l);
}

static bool model_read(struct amf_load *l, const char *dir)
{
    xmlDoc *definitions, *config;
    bool ok;

    if (!dir_check(l, dir) || !files_name(l, dir))
        return false;
    definitions = amf_xml_read(l, l->model->files[0]);
    if (!definitions)
        return false;
    config = amf_xml_read(l, l->model->files[1]);
    ok = config && documents_read(l, definitions, config);
    xmlFreeDoc(config);
    xmlFreeDoc(definitions);
    return ok;
}

struct amf_model *amf_model_load(const char *dir, char *error, size_t size)
{
    struct amf_load l = {.error = error, .size = size};

    l.model = calloc(1, sizeof(*l.model));
    if (!l.model) {
        amf_fail_memory(&l);
        return NULL;
    }
    if (!model_read(&l, dir)) {
        amf_model_free(l.model);
        l.model = NULL;
    }
    free(l.node_els);
    free(l.sg_els);
    free(l.su_els);
    free(l.comp_els);
    free(l.si_els);
    free(l.csi_els);
    return l.model;
}
