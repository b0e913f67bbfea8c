/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_must.h"

/* FNV-1a, 64 bits: enough to notice an edit. */
static bool file_hash(const char *path, uint64_t *hash)
{
    FILE *f = fopen(path, "re");
    int c;

    if (!f)
        return false;
    while ((c = getc(f)) != EOF)
        *hash = (*hash ^ (uint64_t)(unsigned char)c) * UINT64_C(0x100000001b3);
    *hash = (*hash ^ 0x100) * UINT64_C(0x100000001b3); /* between two files */
    c = ferror(f);
    fclose(f);
    return !c;
}

uint64_t amf_model_fingerprint(const struct amf_model *m)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t i;

    for (i = 0; m->files && m->files[i]; i++)
        if (!file_hash(m->files[i], &hash))
            return 0;
    return hash;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    ssize_t done;

    while (n) {
        done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

bool amf_state_write(const char *path, const char *text)
{
    const size_t room = strlen(path) + sizeof(".tmp");
    char *tmp = amf_must(malloc(room));
    bool ok = false;
    int fd, kept;

    snprintf(tmp, room, "%s.tmp", path);
    fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ok = write_all(fd, text, strlen(text));
        kept = errno;
        close(fd);
        errno = kept;
        ok = ok && rename(tmp, path) == 0;
    }
    kept = errno;
    free(tmp);
    errno = kept;
    return ok;
}

json_t *amf_state_read(const char *path, char *why, size_t size)
{
    json_error_t error;
    json_t *state;

    why[0] = '\0';
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return NULL;
    state = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!state) {
        snprintf(why, size, "%s:%d: %s", path, error.line, error.text);
        return NULL;
    }
    if (json_integer_value(json_object_get(state, "version")) != AMF_STATE_VERSION) {
        snprintf(why, size, "%s: not a state of version %d", path, AMF_STATE_VERSION);
        json_decref(state);
        return NULL;
    }
    return state;
}
