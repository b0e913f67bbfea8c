/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkpoint library, with its databases in a real Redis and in files: the rows of
 * its contract, restarts of the program, and a program that is killed while it writes.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCkptExtApi.h>
#include <clHeapApi.h>

#include "fixture_fork.h"
#include "fixture_redis.h"
#include "shim/lib_db.h"

TestSuite(library, .timeout = 120);

#define CKPT(code) CL_RC(CL_CID_CKPT, CL_ERR_##code)
#define DBAL(code) CL_RC(CL_CID_DBAL, CL_ERR_##code)
#define UNKNOWN CL_RC(CL_CID_CNT, CL_ERR_NOT_EXIST)

/* ---- the two worlds ---------------------------------------------------------- */

static struct redis server;
static bool in_files;
static char dir[256];

static void world_begin(bool files)
{
    const char *tmp = getenv("TMPDIR");

    in_files = files;
    snprintf(dir, sizeof(dir), "%s/library.XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(dir));
    setenv("ASP_NODENAME", "nodeA", 1);
    setenv("ASP_COMPNAME", "comp", 1);
    setenv("ASP_RUNDIR", dir, 1);
    setenv("CLOVIS_OP_TIMEOUT_MS", "10000", 1);
    if (files) {
        setenv("CLOVIS_LIBRARY_DB", "file", 1);
        /* nothing of it needs the store */
        setenv("CLOVIS_REDIS_URL", "unix:///nonexistent/redis.sock", 1);
    } else {
        redis_start(&server, false, NULL);
        setenv("CLOVIS_REDIS_URL", server.url, 1);
    }
}

static void world_end(void)
{
    char command[300];

    snprintf(command, sizeof(command), "rm -rf '%s'", dir);
    if (system(command) != 0)
        perror(dir);
    if (!in_files)
        redis_end(&server);
}

#define WORLDS(name)                                                                     \
    static void name(void);                                                              \
    Test(library, name##_in_redis)                                                       \
    {                                                                                    \
        world_begin(false);                                                              \
        name();                                                                          \
        world_end();                                                                     \
    }                                                                                    \
    Test(library, name##_in_files)                                                       \
    {                                                                                    \
        world_begin(true);                                                               \
        name();                                                                          \
        world_end();                                                                     \
    }                                                                                    \
    static void name(void)

static void row_at(int line, const char *what, ClRcT got, ClRcT want)
{
    cr_assert_eq(got, want, "line %d: %s: got %#x, expected %#x", line, what, got, want);
}
#define ROW(got, want) row_at(__LINE__, #got, got, want)

/* ---- a program ----------------------------------------------------------------- */

/* What serialisers give next, and what deserialisers were given, "id:bytes " each. */
static char give[64], story[1024];
static ClRcT give_rc, take_rc;
static bool give_nothing;

static ClRcT serialise(ClUint32T id, ClAddrT *buffer, ClUint32T *length, ClPtrT cookie)
{
    (void)id, (void)cookie;
    cr_assert_null(*buffer);
    cr_assert_eq(*length, 0);
    if (give_nothing || give_rc != CL_OK)
        return give_rc;
    *length = (ClUint32T)strlen(give);
    *buffer = clHeapAllocate(*length + 1);
    memcpy(*buffer, give, *length);
    return CL_OK;
}

static ClRcT note(const char *kind, ClUint32T id, ClAddrT buffer, ClUint32T length)
{
    const size_t used = strlen(story);

    snprintf(story + used, sizeof(story) - used, "%s%u:%.*s ", kind, id, (int)length,
             (const char *)buffer);
    return take_rc;
}

static ClRcT deserialise(ClUint32T id, ClAddrT buffer, ClUint32T length, ClPtrT cookie)
{
    (void)cookie;
    return note("set", id, buffer, length);
}

static ClRcT element_deserialise(ClUint32T id, ClAddrT buffer, ClUint32T length,
                                 ClPtrT cookie)
{
    (void)cookie;
    return note("element", id, buffer, length);
}

static ClNameT name_of(const char *text)
{
    ClNameT name;

    clNameSet(&name, text);
    return name;
}

static ClNameT one, two, unknown;
static ClCkptSvcHdlT h;

static void start(void)
{
    one = name_of("one");
    two = name_of("dir/two");
    unknown = name_of("unknown");
    give_rc = take_rc = CL_OK;
    give_nothing = false;
    story[0] = '\0';
    ROW(clCkptLibraryInitialize(&h), CL_OK);
}

static void restart(void)
{
    ROW(clCkptLibraryFinalize(h), CL_OK);
    start();
}

static void write_set(ClNameT *name, ClUint32T id, const char *bytes)
{
    snprintf(give, sizeof(give), "%s", bytes);
    ROW(clCkptLibraryCkptDataSetWrite(h, name, id, NULL), CL_OK);
}

static void write_element(ClNameT *name, ClUint32T id, const char *key, const char *bytes)
{
    snprintf(give, sizeof(give), "%s", bytes);
    ROW(clCkptLibraryCkptElementWrite(h, name, id, (ClPtrT)(uintptr_t)key,
                                      (ClUint32T)strlen(key), NULL),
        CL_OK);
}

static const char *read_set(ClNameT *name, ClUint32T id)
{
    story[0] = '\0';
    ROW(clCkptLibraryCkptDataSetRead(h, name, id, NULL), CL_OK);
    return story;
}

static void open_one(void)
{
    ROW(clCkptLibraryCkptCreate(h, &one), CL_OK);
    ROW(clCkptLibraryCkptDataSetCreate(h, &one, 1, 0, 0, serialise, deserialise), CL_OK);
}

/* ---- rows ------------------------------------------------------------------------ */

WORLDS(bad_arguments)
{
    ClVersionT v4 = {4, 0, 0}, v5 = {5, 0, 0};
    ClCkptDataSetCallbackT table = {{4, 0, 0}, serialise, deserialise};
    char key[] = "k";
    ClBoolT flag;

    ROW(clCkptLibraryInitialize(NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryInitializeDB(NULL, "x"), CKPT(NULL_POINTER));
    ROW(clCkptLibraryInitializeDB(&h, NULL), CKPT(NULL_POINTER));
    unsetenv("ASP_COMPNAME");
    ROW(clCkptLibraryInitialize(&h), CL_RC(CL_CID_CPM, CL_ERR_DOESNT_EXIST));
    setenv("ASP_COMPNAME", "comp", 1);
    start();
    open_one();

    ROW(clCkptLibraryFinalize(0), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptCreate(0, &one), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptCreate(h + 1, &one), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptCreate(h, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDelete(0, &one), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptDelete(h, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDelete(h, &unknown), UNKNOWN);
    ROW(clCkptLibraryDoesCkptExist(0, &one, &flag), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryDoesCkptExist(h, NULL, &flag), CKPT(NULL_POINTER));
    ROW(clCkptLibraryDoesCkptExist(h, &one, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryDoesDatasetExist(0, &one, 1, &flag), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryDoesDatasetExist(h, NULL, 1, &flag), CKPT(NULL_POINTER));
    ROW(clCkptLibraryDoesDatasetExist(h, &one, 1, NULL), CKPT(NULL_POINTER));

    ROW(clCkptLibraryCkptDataSetCreate(0, &one, 1, 0, 0, serialise, deserialise),
        CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptDataSetCreate(h, NULL, 1, 0, 0, serialise, deserialise),
        CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDataSetCreate(h, &one, 0, 0, 0, serialise, deserialise),
        CKPT(INVALID_PARAMETER));
    ROW(clCkptLibraryCkptDataSetCreate(h, &unknown, 1, 0, 0, serialise, deserialise),
        UNKNOWN);
    ROW(clCkptLibraryCkptDataSetVersionCreate(h, &one, 1, 0, 0, NULL, 1),
        CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDataSetVersionCreate(h, &one, 1, 0, 0, &table, 0),
        CKPT(INVALID_PARAMETER));
    ROW(clCkptLibraryCkptDataSetDelete(0, &one, 1), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptDataSetDelete(h, NULL, 1), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDataSetDelete(h, &one, 0), CKPT(INVALID_PARAMETER));
    ROW(clCkptLibraryCkptDataSetDelete(h, &one, 9), CKPT(NOT_EXIST));
    ROW(clCkptLibraryCkptDataSetDelete(h, &unknown, 1), UNKNOWN);

    ROW(clCkptLibraryCkptDataSetWrite(0, &one, 1, NULL), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptDataSetWrite(h, NULL, 1, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDataSetWrite(h, &unknown, 1, NULL), UNKNOWN);
    ROW(clCkptLibraryCkptDataSetWrite(h, &one, 9, NULL), CKPT(NOT_EXIST));
    ROW(clCkptLibraryCkptDataSetVersionWrite(h, &one, 1, NULL, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDataSetVersionWrite(h, &one, 1, NULL, &v5), CKPT(NOT_EXIST));
    give_nothing = true;
    ROW(clCkptLibraryCkptDataSetWrite(h, &one, 1, NULL), CKPT(NOT_EXIST));
    give_nothing = false;
    give_rc = 0x1234;
    ROW(clCkptLibraryCkptDataSetWrite(h, &one, 1, NULL), 0x1234);
    give_rc = CL_OK;
    ROW(clCkptLibraryCkptDataSetVersionWrite(h, &one, 1, NULL, &v4), CL_OK);

    ROW(clCkptLibraryCkptElementCreate(0, &one, 1, serialise, deserialise),
        CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptElementCreate(h, &unknown, 1, serialise, deserialise), UNKNOWN);
    ROW(clCkptLibraryCkptElementCreate(h, &one, 9, serialise, deserialise),
        CKPT(NOT_EXIST));
    ROW(clCkptLibraryCkptElementVersionCreate(h, &one, 1, NULL, 1), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptElementVersionCreate(h, &one, 1, &table, 0),
        CKPT(INVALID_PARAMETER));
    ROW(clCkptLibraryCkptElementWrite(h, &one, 1, key, 1, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptElementCreate(h, &one, 1, serialise, element_deserialise),
        CL_OK);
    ROW(clCkptLibraryCkptElementWrite(h, &one, 1, key, 0, NULL), CKPT(INVALID_PARAMETER));
    ROW(clCkptLibraryCkptElementWrite(h, &one, 1, NULL, 1, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptElementWrite(h, &one, 9, key, 1, NULL), CKPT(NOT_EXIST));
    ROW(clCkptLibraryCkptElementVersionWrite(h, &one, 1, key, 1, NULL, NULL),
        CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptElementVersionWrite(h, &one, 1, key, 1, NULL, &v5),
        CKPT(NOT_EXIST));
    ROW(clCkptLibraryCkptElementDelete(h, &one, 1, key, 0), CKPT(INVALID_PARAMETER));
    ROW(clCkptLibraryCkptElementDelete(h, &one, 9, key, 1), CKPT(NOT_EXIST));
    ROW(clCkptLibraryCkptElementDelete(h, &one, 1, key, 1), DBAL(NOT_EXIST));

    ROW(clCkptLibraryCkptDataSetRead(0, &one, 1, NULL), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptDataSetRead(h, &unknown, 1, NULL), UNKNOWN);
    ROW(clCkptLibraryCkptDataSetRead(h, &one, 9, NULL), CKPT(NOT_EXIST));
    ROW(clCkptLibraryFinalize(h), CL_OK);
    ROW(clCkptLibraryFinalize(h), CKPT(INVALID_HANDLE));
    ROW(clCkptLibraryCkptCreate(h, &one), CKPT(INVALID_HANDLE));
}

WORLDS(data_survives_a_restart)
{
    char key[] = "k1";

    start();
    open_one();
    ROW(clCkptLibraryCkptDataSetRead(h, &one, 1, NULL), CKPT(NOT_EXIST)); /* empty */
    ROW(clCkptLibraryCkptElementCreate(h, &one, 1, serialise, element_deserialise),
        CL_OK);
    write_set(&one, 1, "data");
    write_element(&one, 1, "k2", "second");
    write_element(&one, 1, "k1", "first");
    write_element(&one, 1, "k1", "first again");
    write_set(&one, 1, "new data");
    cr_assert_str_eq(read_set(&one, 1),
                     "element1:first again element1:second set1:new data ");

    restart();
    /* known, but its database is not open, and no callback is registered */
    ROW(clCkptLibraryCkptDataSetWrite(h, &one, 1, NULL), CKPT(NULL_POINTER));
    ROW(clCkptLibraryCkptDataSetRead(h, &one, 1, NULL), DBAL(INVALID_HANDLE));
    ROW(clCkptLibraryCkptCreate(h, &one), CL_OK);
    ROW(clCkptLibraryCkptDataSetRead(h, &one, 1, NULL), CKPT(NULL_POINTER));
    open_one();
    ROW(clCkptLibraryCkptElementCreate(h, &one, 1, serialise, element_deserialise),
        CL_OK);
    cr_assert_str_eq(read_set(&one, 1),
                     "element1:first again element1:second set1:new data ");

    ROW(clCkptLibraryCkptElementDelete(h, &one, 1, key, 2), CL_OK);
    cr_assert_str_eq(read_set(&one, 1), "element1:second set1:new data ");
    take_rc =
        0x77; /* that of an element is ignored, that of the data set is the answer */
    story[0] = '\0';
    ROW(clCkptLibraryCkptDataSetRead(h, &one, 1, NULL), 0x77);
    cr_assert_str_eq(story, "element1:second set1:new data ");
    ROW(clCkptLibraryFinalize(h), CL_OK);
}

WORLDS(checkpoints_and_data_sets_come_and_go)
{
    ClNameT same = name_of("elsewhere/two");
    ClBoolT flag;
    char path[300];

    snprintf(path, sizeof(path), "%s/dir", dir);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_assert_eq(chdir(dir), 0); /* the directory of two is relative */
    start();
    open_one();
    ROW(clCkptLibraryCkptCreate(h, &two), CL_OK);
    ROW(clCkptLibraryCkptDataSetCreate(h, &two, 1, 5, 6, serialise, deserialise), CL_OK);
    ROW(clCkptLibraryCkptDataSetCreate(h, &two, 0xfffffff0, 5, 6, serialise, deserialise),
        CL_OK);
    write_set(&one, 1, "one");
    write_set(&two, 1, "two");
    write_set(&two, 0xfffffff0, "big");
    cr_assert_str_eq(read_set(&two, 1), "set1:two ");
    cr_assert_str_eq(read_set(&same, 0xfffffff0), "set4294967280:big ");
    ROW(clCkptLibraryCkptDataSetCreate(h, &two, 3, 0, 0, serialise, deserialise), CL_OK);
    ROW(clCkptLibraryCkptDataSetRead(h, &two, 3, NULL), DBAL(NOT_EXIST));

    ROW(clCkptLibraryCkptDataSetDelete(h, &two, 1), CL_OK);
    ROW(clCkptLibraryDoesDatasetExist(h, &two, 1, &flag), CL_OK);
    cr_assert_eq(flag, CL_FALSE);
    ROW(clCkptLibraryDoesDatasetExist(h, &unknown, 1, &flag), CL_OK);
    cr_assert_eq(flag, CL_FALSE);

    restart();
    ROW(clCkptLibraryDoesDatasetExist(h, &two, 0xfffffff0, &flag), CL_OK);
    cr_assert_eq(flag, CL_TRUE);
    ROW(clCkptLibraryDoesCkptExist(h, &unknown, &flag), CL_OK);
    cr_assert_eq(flag, CL_FALSE);
    ROW(clCkptLibraryDoesCkptExist(h, &two, &flag), CL_OK); /* and opens it */
    cr_assert_eq(flag, CL_TRUE);
    ROW(clCkptLibraryCkptDataSetCreate(h, &two, 0xfffffff0, 0, 0, serialise, deserialise),
        CL_OK);
    cr_assert_str_eq(read_set(&two, 0xfffffff0), "set4294967280:big ");
    ROW(clCkptLibraryCkptDelete(h, &two), CL_OK);
    ROW(clCkptLibraryDoesCkptExist(h, &two, &flag), CL_OK);
    cr_assert_eq(flag, CL_FALSE);

    restart(); /* what was deleted is new, and empty */
    ROW(clCkptLibraryCkptCreate(h, &two), CL_OK);
    ROW(clCkptLibraryCkptDataSetCreate(h, &two, 0xfffffff0, 0, 0, serialise, deserialise),
        CL_OK);
    ROW(clCkptLibraryCkptDataSetRead(h, &two, 0xfffffff0, NULL), CKPT(NOT_EXIST));
    open_one();
    cr_assert_str_eq(read_set(&one, 1), "set1:one ");
    ROW(clCkptLibraryFinalize(h), CL_OK);
    cr_assert_eq(chdir("/"), 0);
}

WORLDS(versions)
{
    ClCkptDataSetCallbackT table[] = {{{4, 0, 0}, serialise, deserialise},
                                      {{4, 1, 0}, serialise, element_deserialise}};
    ClVersionT v41 = {4, 1, 0};

    start();
    ROW(clCkptLibraryCkptCreate(h, &one), CL_OK);
    ROW(clCkptLibraryCkptDataSetVersionCreate(h, &one, 1, 0, 0, table, 2), CL_OK);
    snprintf(give, sizeof(give), "newer");
    ROW(clCkptLibraryCkptDataSetVersionWrite(h, &one, 1, NULL, &v41), CL_OK);
    cr_assert_str_eq(read_set(&one, 1), "element1:newer "); /* what that version takes */
    /* an older program does not know that version */
    ROW(clCkptLibraryCkptDataSetVersionCreate(h, &one, 1, 0, 0, table, 1), CL_OK);
    ROW(clCkptLibraryCkptDataSetRead(h, &one, 1, NULL), CKPT(NOT_EXIST));
    ROW(clCkptLibraryFinalize(h), CL_OK);
}

static ClRcT call_again(ClUint32T id, ClAddrT *buffer, ClUint32T *length, ClPtrT cookie)
{
    (void)cookie;
    ROW(clCkptLibraryCkptDelete(h, &one), CKPT(INUSE));
    snprintf(give, sizeof(give), "inner");
    ROW(clCkptLibraryCkptDataSetWrite(h, &one, 2, NULL), CL_OK);
    return serialise(id, buffer, length, NULL);
}

WORLDS(callbacks_may_call_the_library)
{
    start();
    open_one();
    ROW(clCkptLibraryCkptDataSetCreate(h, &one, 2, 0, 0, serialise, deserialise), CL_OK);
    ROW(clCkptLibraryCkptDataSetCreate(h, &one, 3, 0, 0, call_again, deserialise), CL_OK);
    ROW(clCkptLibraryCkptDataSetWrite(h, &one, 3, NULL), CL_OK);
    cr_assert_str_eq(read_set(&one, 2), "set2:inner ");
    ROW(clCkptLibraryFinalize(h), CL_OK);
}

/* ---- a program that is killed ----------------------------------------------------- */

static ClUint32T writes;

static ClRcT serialise_count(ClUint32T id, ClAddrT *buffer, ClUint32T *length,
                             ClPtrT cookie)
{
    ClUint32T *const words = clHeapAllocate(4096);

    (void)id, (void)cookie;
    for (int i = 0; i < 1024; i++)
        words[i] = writes;
    *buffer = (ClAddrT)words;
    *length = 4096;
    return CL_OK;
}

static ClUint32T found;

static ClRcT deserialise_count(ClUint32T id, ClAddrT buffer, ClUint32T length,
                               ClPtrT cookie)
{
    const ClUint32T *const words = (const ClUint32T *)(const void *)buffer;

    (void)id, (void)cookie;
    cr_assert_eq(length, 4096);
    for (int i = 0; i < 1024; i++)
        cr_assert_eq(words[i], words[0], "a record is half old, half new");
    found = words[0];
    return CL_OK;
}

static void open_count(void)
{
    start();
    ROW(clCkptLibraryCkptCreate(h, &one), CL_OK);
    ROW(clCkptLibraryCkptDataSetCreate(h, &one, 1, 0, 0, serialise_count,
                                       deserialise_count),
        CL_OK);
}

/* Writes until it is killed, and says after each write that it is done. */
static void write_for_ever(int done, ClUint32T first)
{
    open_count();
    for (writes = first;; writes++) {
        ROW(clCkptLibraryCkptDataSetWrite(h, &one, 1, NULL), CL_OK);
        if (write(done, &writes, sizeof(writes)) != sizeof(writes))
            _exit(1);
    }
}

WORLDS(what_was_written_survives_a_kill)
{
    ClUint32T last = 0;

    for (int round = 0; round < 5; round++) {
        int done[2];
        pid_t pid;

        cr_assert_eq(pipe(done), 0);
        pid = fork_among_threads();
        if (pid == 0) {
            close(done[0]);
            write_for_ever(done[1], last + 1);
        }
        close(done[1]);
        for (int i = 0; i <= 3 * round; i++)
            cr_assert_eq(read(done[0], &last, sizeof(last)), (ssize_t)sizeof(last));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        while (read(done[0], &last, sizeof(last)) == (ssize_t)sizeof(last))
            ;
        close(done[0]);
        open_count();
        ROW(clCkptLibraryCkptDataSetRead(h, &one, 1, NULL), CL_OK);
        cr_assert(found == last || found == last + 1, "%u was done, %u is there", last,
                  found);
        last = found;
        ROW(clCkptLibraryFinalize(h), CL_OK);
    }
}

/* ---- where the data lies -------------------------------------------------------------
 */

static bool exists(const char *file)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/%s", dir, file);
    return access(path, F_OK) == 0;
}

Test(library, files_have_their_names)
{
    char path[320], other[300];

    world_begin(true);
    start();
    open_one();
    write_set(&one, 1, "x");
    ROW(clCkptLibraryFinalize(h), CL_OK);
    cr_assert(exists("nodeACKPT_DBcomp.db"));
    cr_assert(exists("nodeAone.db"));
    cr_assert_not(exists("nodeAone.db-journal"));

    snprintf(path, sizeof(path), "%s/own", dir);
    ROW(clCkptLibraryInitializeDB(&h, path), CL_OK);
    ROW(clCkptLibraryFinalize(h), CL_OK);
    cr_assert(exists("nodeAown.db"));

    snprintf(other, sizeof(other), "%s/other", dir);
    snprintf(path, sizeof(path), "file:%s", other);
    cr_assert_eq(mkdir(other, 0700), 0);
    setenv("CLOVIS_LIBRARY_DB", path, 1);
    ROW(clCkptLibraryInitializeDB(&h, "own"), CL_OK);
    ROW(clCkptLibraryFinalize(h), CL_OK);
    cr_assert(exists("other/nodeAown.db"));
    world_end();
}

static void file_write(const char *file, const char *text)
{
    char path[300];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, file);
    f = fopen(path, "w");
    cr_assert(f);
    for (int i = 0; i < 100; i++)
        fputs(text, f);
    fclose(f);
}

Test(library, a_place_that_is_not_usable)
{
    char path[300];

    world_begin(true);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_LIBRARY_DB", "tape", 1);
    ROW(clCkptLibraryInitialize(&h), DBAL(NO_RESOURCE));
    setenv("CLOVIS_LIBRARY_DB", "file:", 1);
    ROW(clCkptLibraryInitialize(&h), DBAL(NO_RESOURCE));
    snprintf(path, sizeof(path), "file:%s/missing", dir);
    setenv("CLOVIS_LIBRARY_DB", path, 1);
    ROW(clCkptLibraryInitialize(&h), DBAL(NO_RESOURCE));
    setenv("CLOVIS_LIBRARY_DB", "file", 1);
    file_write("nodeACKPT_DBcomp.db", "this is no database at all\n");
    ROW(clCkptLibraryInitialize(&h), DBAL(BAD_OPERATION));
    cr_assert_eq(
        unlink((snprintf(path, sizeof(path), "%s/nodeACKPT_DBcomp.db", dir), path)), 0);
    start();
    file_write("nodeAone.db", "a stale file is truncated\n");
    open_one();
    write_set(&one, 1, "x");
    cr_assert_str_eq(read_set(&one, 1), "set1:x ");
    ROW(clCkptLibraryFinalize(h), CL_OK);
    world_end();
}

/* What Initialize says when the list of checkpoints is these bytes. */
static ClRcT with_list(const unsigned char *bytes, size_t size)
{
    static const struct clv_bytes key = {"\0\0\0\x14", 4};
    struct lib_place place;
    struct lib_db *db;
    ClRcT rc;

    cr_assert_eq(lib_place_begin(&place), STORE_OK);
    cr_assert_eq(lib_place_open(&place, "CKPT_DBcomp", false, &db), STORE_OK);
    cr_assert_eq(db->ops->put(db, key, (struct clv_bytes){bytes, size}), STORE_OK);
    db->ops->close(db);
    lib_place_end(&place);
    rc = clCkptLibraryInitialize(&h);
    if (rc == CL_OK)
        ROW(clCkptLibraryFinalize(h), CL_OK);
    return rc;
}

Test(library, a_list_that_is_damaged)
{
    /* format 1, one checkpoint "one" with the data set {7, 8, 9} */
    static const unsigned char good[] = {0, 0,   0,   1,   0, 0, 0, 1, 0, 0, 0,
                                         3, 'o', 'n', 'e', 0, 0, 0, 1, 0, 0, 0,
                                         7, 0,   0,   0,   8, 0, 0, 0, 9};
    ClBoolT flag;

    world_begin(true);
    setenv("CLOVIS_LOG", "none", 1);
    ROW(with_list(good, sizeof(good)), CL_OK);
    start();
    ROW(clCkptLibraryDoesDatasetExist(h, &one, 7, &flag), CL_OK);
    cr_assert_eq(flag, CL_TRUE);
    ROW(clCkptLibraryFinalize(h), CL_OK);
    for (size_t size = 0; size < sizeof(good); size++)
        cr_assert_eq(with_list(good, size), DBAL(BAD_OPERATION), "%zu bytes", size);
    for (size_t i = 0; i < sizeof(good); i++) {
        unsigned char bad[sizeof(good)];
        ClRcT rc;

        memcpy(bad, good, sizeof(good));
        bad[i] ^= 0xff;
        rc = with_list(bad, sizeof(bad));
        cr_assert(rc == CL_OK || rc == DBAL(BAD_OPERATION), "byte %zu: %#x", i, rc);
    }
    world_end();
}

Test(library, a_redis_that_is_away)
{
    world_begin(false);
    start();
    open_one();
    ROW(clCkptLibraryFinalize(h), CL_OK);
    redis_kill(&server);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_OP_TIMEOUT_MS", "300", 1);
    ROW(clCkptLibraryInitialize(&h), DBAL(TRY_AGAIN));
    world_end();
}
