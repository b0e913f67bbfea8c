/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a log stream. A file is a row of units NAME_TIMESTAMP; the symbolic link
 * NAME.latest names the current one, and NAME.cfg says how they were made. Processes
 * that write the same file share its units: who finds the unit full makes the next
 * one, under a lock on NAME.cfg.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/logline.h"
#include "shim/plat_log.h"

struct log_file {
    pthread_mutex_t lock; /* guards fd and unit */
    char *dir, *name;     /* owned */
    uint64_t unit_bytes;  /* 0: unlimited */
    ClLogFileFullActionT action;
    unsigned max_units; /* ROTATE; 0: all are kept */
    int dir_fd, fd;     /* -1: not open */
    char *unit;         /* owned; name of the open unit */
    bool given_up;
};

/* ---- where --------------------------------------------------------------- */

/* NODE:DIR, written by this process whatever the node: there is no log server. A
 * relative directory is below $ASP_DIR; without that, all is in $ASP_LOGDIR or ./log. */
static char *dir_of(const char *location)
{
    const char *colon = strchr(location, ':');
    const char *dir = colon ? colon + 1 : location;
    const char *root = getenv("ASP_DIR"), *log_dir = getenv("ASP_LOGDIR");
    char *path = NULL;

    if (*dir == '/')
        return strdup(dir);
    if (root && *root)
        return asprintf(&path, "%s/%s", root, dir) < 0 ? NULL : path;
    return strdup(log_dir && *log_dir ? log_dir : "./log");
}

/* Make path and what leads to it. */
static bool dir_make(char *path)
{
    char *slash = path;

    while ((slash = strchr(slash + 1, '/'))) {
        *slash = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST && access(path, F_OK) < 0) {
            *slash = '/';
            return false;
        }
        *slash = '/';
    }
    return mkdir(path, 0755) == 0 || errno == EEXIST;
}

struct log_file *log_file_new(const ClLogStreamAttributesT *attrs)
{
    struct log_file *f = calloc(1, sizeof(*f));

    if (!f)
        return NULL;
    pthread_mutex_init(&f->lock, NULL);
    f->dir_fd = f->fd = -1;
    f->unit_bytes = attrs->fileUnitSize;
    f->action = attrs->fileFullAction;
    f->max_units = attrs->fileFullAction == CL_LOG_FILE_FULL_ACTION_ROTATE
                       ? attrs->maxFilesRotated
                       : 0;
    f->dir = dir_of(attrs->fileLocation);
    f->name = strdup(attrs->fileName);
    if (f->dir && f->name)
        return f;
    log_file_free(f);
    return NULL;
}

static void unit_close(struct log_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    free(f->unit);
    f->unit = NULL;
}

void log_file_free(struct log_file *f)
{
    unit_close(f);
    if (f->dir_fd >= 0)
        close(f->dir_fd);
    pthread_mutex_destroy(&f->lock);
    free(f->dir);
    free(f->name);
    free(f);
}

/* ---- units; lock held ---------------------------------------------------- */

/* NAME + what follows it; new, NULL: no memory. */
static char *name_with(const struct log_file *f, const char *ending)
{
    char *path = NULL;

    return asprintf(&path, "%s%s", f->name, ending) < 0 ? NULL : path;
}

static bool has_room(const struct log_file *f, size_t size)
{
    struct stat st;

    if (!f->unit_bytes)
        return true;
    return fstat(f->fd, &st) == 0 && (uint64_t)st.st_size + size <= f->unit_bytes;
}

static bool unit_open(struct log_file *f, const char *unit, int flags)
{
    unit_close(f);
    f->unit = strdup(unit);
    f->fd = openat(f->dir_fd, unit, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags,
                   0640);
    return f->unit && f->fd >= 0;
}

/* The unit that NAME.latest points to, if there is one. */
static bool latest_open(struct log_file *f)
{
    char *link = name_with(f, ".latest");
    char unit[512];
    ssize_t n;

    if (!link)
        return false;
    n = readlinkat(f->dir_fd, link, unit, sizeof(unit) - 1);
    free(link);
    if (n <= 0)
        return false;
    unit[n] = '\0';
    return !strchr(unit, '/') && unit_open(f, unit, 0);
}

/* Point NAME.latest at the open unit. */
static void latest_set(struct log_file *f)
{
    char *link = name_with(f, ".latest"), *made = name_with(f, ".latest.new");

    if (link && made) {
        unlinkat(f->dir_fd, made, 0);
        if (symlinkat(f->unit, f->dir_fd, made) == 0)
            renameat(f->dir_fd, made, f->dir_fd, link);
    }
    free(link);
    free(made);
}

static bool next_open(struct log_file *f)
{
    const int64_t now_ns = clv_wall_ns();
    const time_t now = (time_t)(now_ns / CLV_NS_PER_S);
    char date[32], ending[64], *unit;
    struct tm tm;
    bool ok;

    localtime_r(&now, &tm);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(ending, sizeof(ending), "_%s.%06d", date,
             (int)(now_ns % CLV_NS_PER_S / 1000));
    unit = name_with(f, ending);
    ok = unit && unit_open(f, unit, O_CREAT);
    free(unit);
    if (ok)
        latest_set(f);
    return ok;
}

static bool is_unit(const struct log_file *f, const char *entry)
{
    const size_t n = strlen(f->name);

    return strncmp(entry, f->name, n) == 0 && entry[n] == '_';
}

/* Remove the oldest unit if there are too many; false: there are not. Timestamps sort
 * as they read. */
static bool oldest_remove(const struct log_file *f)
{
    DIR *dir = opendir(f->dir);
    char oldest[256] = "";
    const struct dirent *e;
    unsigned n = 0;

    while (dir && (e = readdir(dir))) {
        if (!is_unit(f, e->d_name))
            continue;
        n++;
        if (!*oldest || strcmp(e->d_name, oldest) < 0)
            snprintf(oldest, sizeof(oldest), "%s", e->d_name);
    }
    if (dir)
        closedir(dir);
    return n > f->max_units && unlinkat(f->dir_fd, oldest, 0) == 0;
}

/* NAME.cfg, locked; -1: it cannot be made. */
static int cfg_lock(const struct log_file *f)
{
    char *name = name_with(f, ".cfg"), text[128];
    int fd, n;

    if (!name)
        return -1;
    fd = openat(f->dir_fd, name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    free(name);
    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    n = snprintf(text, sizeof(text),
                 "fileUnitSize=%llu\nfileFullAction=%d\nmaxFilesRotated=%u\n",
                 (unsigned long long)f->unit_bytes, (int)f->action, f->max_units);
    if (pwrite(fd, text, (size_t)n, 0) != n || ftruncate(fd, n) < 0)
        clv_log(CLV_LOG_DEBUG, "%s/%s.cfg: %s", f->dir, f->name, strerror(errno));
    return fd;
}

/* The current unit with room for size bytes, or the next one. */
static bool unit_ready(struct log_file *f, size_t size)
{
    const int cfg = cfg_lock(f);
    bool ok;

    if (cfg < 0)
        return false;
    ok = latest_open(f);
    if (!ok || (f->action == CL_LOG_FILE_FULL_ACTION_ROTATE && !has_room(f, size))) {
        ok = next_open(f);
        while (ok && f->max_units && oldest_remove(f))
            ;
    }
    close(cfg);
    return ok;
}

static bool first_open(struct log_file *f, size_t size)
{
    if (f->given_up)
        return false;
    if (dir_make(f->dir))
        f->dir_fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dir_fd >= 0 && unit_ready(f, size))
        return true;
    f->given_up = true;
    clv_log(CLV_LOG_ERROR, "log file \"%s\" in %s: %s; its records are lost", f->name,
            f->dir, strerror(errno));
    return false;
}

/* The unit is full: false when the record is not to be written. */
static bool full_handle(struct log_file *f, size_t size)
{
    switch (f->action) {
    case CL_LOG_FILE_FULL_ACTION_ROTATE:
        return unit_ready(f, size);
    case CL_LOG_FILE_FULL_ACTION_WRAP:
        return ftruncate(f->fd, 0) == 0;
    default:
        return false; /* HALT */
    }
}

void log_file_lock(struct log_file *f)
{
    pthread_mutex_lock(&f->lock);
}

void log_file_unlock(struct log_file *f)
{
    pthread_mutex_unlock(&f->lock);
}

void log_file_write(struct log_file *f, const char *line, size_t size)
{
    pthread_mutex_lock(&f->lock);
    if ((f->fd >= 0 || first_open(f, size)) &&
        (has_room(f, size) || full_handle(f, size)))
        if (write(f->fd, line, size) < 0)
            clv_log(CLV_LOG_DEBUG, "%s/%s: %s", f->dir, f->unit, strerror(errno));
    pthread_mutex_unlock(&f->lock);
}
