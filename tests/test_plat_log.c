/* SPDX-License-Identifier: Apache-2.0 */
/* clLog: lines on the console, filters, streams and their files. */
#include <criterion/criterion.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clLogApi.h>

#include "base/thread.h"
#include "fixture_fork.h"

#define BAD_HANDLE 0x00300005u
#define BAD_PARAMETER 0x000b0002u

static char dir[200], console[256];

static void setup(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(dir, sizeof(dir), "%s/log.%d", tmp ? tmp : "/tmp", (int)getpid());
    snprintf(console, sizeof(console), "%s.console", dir);
    mkdir(dir, 0755);
    setenv("ASP_COMPNAME", "comp1", 1);
    setenv("ASP_NODENAME", "blade1", 1);
    setenv("ASP_DIR", dir, 1);
    setenv("CL_LOG_TO_FILE", console, 1);
    setenv("CL_LOG_TIME_ENABLE", "no", 1);
}

TestSuite(plat_log, .init = setup, .timeout = 60);

static const char *text_of(const char *path)
{
    static char text[65536];
    const int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static ClLogHandleT log_initialize(void)
{
    ClVersionT v = {'B', 1, 1};
    ClLogHandleT h = 0;

    cr_assert_eq(clLogInitialize(&h, NULL, &v), CL_OK);
    return h;
}

static ClLogStreamAttributesT attributes(void)
{
    static ClCharT name[] = "records", location[] = ".:var/log";

    return (ClLogStreamAttributesT){.fileName = name,
                                    .fileLocation = location,
                                    .fileUnitSize = 6000,
                                    .recordSize = 300,
                                    .fileFullAction = CL_LOG_FILE_FULL_ACTION_ROTATE,
                                    .maxFilesRotated = 3,
                                    .flushFreq = 1,
                                    .waterMark = {10, 90}};
}

static ClNameT name_of(const char *text)
{
    ClNameT n;

    clNameSet(&n, text);
    return n;
}

static ClRcT stream_open(ClLogHandleT h, ClLogStreamAttributesT *a,
                         ClLogStreamHandleT *out)
{
    return clLogStreamOpen(h, name_of("stream_1"), CL_LOG_STREAM_GLOBAL, a,
                           CL_LOG_STREAM_CREATE, 0, out);
}

Test(plat_log, a_console_line_has_the_published_layout)
{
    char want[256];

    clAppLog(0, CL_LOG_SEV_ERROR, 10, "ARE", "CTX", "text %d", 17);
    clAppLog(0, CL_LOG_SEV_WARNING, 10, NULL, NULL, "%s", "more");
    snprintf(want, sizeof(want),
             "(blade1.%d : comp1.ARE.CTX.00001 :  ERROR) text 17\n"
             "(blade1.%d : comp1.---.---.00002 :   WARN) more\n",
             (int)getpid(), (int)getpid());
    cr_expect_str_eq(text_of(console), want);
}

Test(plat_log, time_and_source_position_stand_in_front)
{
    setenv("CL_LOG_TIME_ENABLE", "yes", 1);
    setenv("CL_LOG_CODE_LOCATION_ENABLE", "yes", 1);
    clLogMsgWrite(0, CL_LOG_SEV_ERROR, 1, "A", "B", "file.c", 42, "x");
    cr_expect(strstr(text_of(console), " [file.c:42] (blade1."), "%s", text_of(console));
    cr_expect_eq(text_of(console)[3], ' ');
    cr_expect_eq(text_of(console)[19], '.', "milliseconds: %s", text_of(console));
}

Test(plat_log, the_console_shows_up_to_notice_unless_told_otherwise)
{
    clLog(CL_LOG_SEV_NOTICE, "A", "B", "notice");
    clLog(CL_LOG_SEV_INFO, "A", "B", "info");
    cr_expect(strstr(text_of(console), "notice"));
    cr_expect_null(strstr(text_of(console), "info"));
}

Test(plat_log, the_level_is_a_setting)
{
    setenv("CL_LOG_SEVERITY", "TRACE", 1);
    clLog(CL_LOG_SEV_TRACE, "A", "B", "trace");
    clLog(CL_LOG_SEV_DEBUG6, "A", "B", "debug6");
    cr_expect(strstr(text_of(console), " TRACE) trace"));
    cr_expect_null(strstr(text_of(console), "debug6"));
}

Test(plat_log, a_long_text_is_cut_and_the_line_still_ends)
{
    char text[3000];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    clLog(CL_LOG_SEV_ERROR, text, text, "%s", text);
    cr_expect_lt(strlen(text_of(console)), 1536);
    cr_expect_eq(text_of(console)[strlen(text_of(console)) - 1], '\n');
}

Test(plat_log, a_write_never_fails_whatever_the_handle)
{
    const ClHandleT bad[] = {0, 1, 99999, ~(ClHandleT)0};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        cr_expect_eq(
            clLogMsgWrite(bad[i], CL_LOG_SEV_ERROR, 1, "A", "B", "f", 1, "row%zu", i),
            CL_OK);
        cr_expect_eq(
            clLogMsgWriteDeferred(bad[i], CL_LOG_SEV_ERROR, 1, "A", "B", "f", 1, "x"),
            CL_OK);
        cr_expect_eq(
            clLogMsgWriteConsole(bad[i], CL_LOG_SEV_ERROR, 1, "A", "B", "f", 1, "x"),
            CL_OK);
    }
    cr_expect(strstr(text_of(console), "row3"));
}

Test(plat_log, initialize_checks_arguments_and_version)
{
    ClVersionT v = {'B', 2, 0};
    ClLogHandleT h = 0;

    cr_expect_eq(CL_LOG_HANDLE_APP, 0);
    cr_expect_eq(clLogInitialize(NULL, NULL, &v), 0x000b0003u);
    cr_expect_eq(clLogInitialize(&h, NULL, NULL), 0x000b0003u);
    cr_expect_eq(clLogInitialize(&h, NULL, &v), 0x0031000fu);
    cr_expect_eq(v.majorVersion, 1);
    cr_expect_eq(clLogInitialize(&h, NULL, &v), CL_OK);
    cr_expect_neq(CL_LOG_HANDLE_APP, 0);
    cr_expect_neq(CL_LOG_HANDLE_SYS, 0);
    cr_expect_eq(clLogStreamClose(h), BAD_HANDLE, "not a stream");
    cr_expect_eq(clLogFinalize(h), CL_OK);
    cr_expect_eq(clLogFinalize(h), BAD_HANDLE);
    cr_expect_eq(clLogFinalize(0), BAD_HANDLE);
}

Test(plat_log, opening_checks_its_arguments)
{
    const ClLogHandleT h = log_initialize();
    ClLogStreamAttributesT good = attributes();
    ClLogStreamHandleT s;
    ClNameT name = name_of("stream_1");

    cr_expect_eq(stream_open(0, &good, &s), BAD_HANDLE);
    cr_expect_eq(clLogStreamOpen(h, name_of(""), 0, &good, 1, 0, &s), BAD_PARAMETER);
    cr_expect_eq(clLogStreamOpen(h, name_of("a b"), 0, &good, 1, 0, &s), BAD_PARAMETER);
    name.length = 129;
    cr_expect_eq(clLogStreamOpen(h, name, 0, &good, 1, 0, &s), BAD_PARAMETER);
    name = name_of("stream_1");
    cr_expect_eq(clLogStreamOpen(h, name, 2, &good, 1, 0, &s), BAD_PARAMETER);
    cr_expect_eq(clLogStreamOpen(h, name, 0, &good, 2, 0, &s), 0x000b0022u);
    cr_expect_eq(clLogStreamOpen(h, name, 0, &good, 0, 0, &s), BAD_PARAMETER);
    cr_expect_eq(clLogStreamOpen(h, name, 0, NULL, 1, 0, &s), BAD_PARAMETER);
    cr_expect_eq(clLogStreamOpen(h, name, 0, &good, 1, -1, &s), BAD_PARAMETER);
    cr_expect_eq(clLogStreamOpen(h, name, 0, &good, 1, 0, NULL), 0x000b0003u);
    cr_expect_eq(clLogStreamOpen(h, name, 0, NULL, 0, 0, &s), 0x000b0004u, "not there");
}

Test(plat_log, attributes_are_checked)
{
    static ClCharT empty[] = "", slash[] = "a/b", control[] = ".:a\nb";
    const ClLogHandleT h = log_initialize();
    ClLogStreamHandleT s;

    for (int row = 0; row < 13; row++) {
        ClLogStreamAttributesT a = attributes();

        switch (row) {
        case 0:
            a.fileName = NULL;
            break;
        case 1:
            a.fileLocation = NULL;
            break;
        case 2:
            a.fileName = empty;
            break;
        case 3:
            a.fileName = slash;
            break;
        case 4:
            a.fileLocation = control;
            break;
        case 5:
            a.recordSize = 20;
            break;
        case 6:
            a.fileUnitSize = 599;
            break;
        case 7:
            a.fileFullAction = 3;
            break;
        case 8:
            a.flushInterval = -1;
            break;
        case 9:
            a.flushFreq = 0;
            break;
        case 10:
            a.waterMark.highLimit = 101;
            break;
        case 11:
            a.waterMark.lowLimit = 91;
            break;
        case 12:
            a.haProperty = 2;
            break;
        }
        cr_expect_eq(stream_open(h, &a, &s), BAD_PARAMETER, "row %d", row);
    }
}

static unsigned units(const char *name, size_t *bytes)
{
    char path[600];
    const struct dirent *e;
    unsigned n = 0;
    DIR *d;

    snprintf(path, sizeof(path), "%s/var/log", dir);
    d = opendir(path);
    *bytes = 0;
    while (d && (e = readdir(d))) {
        struct stat st;

        if (strncmp(e->d_name, name, strlen(name)) != 0 || e->d_name[strlen(name)] != '_')
            continue;
        cr_assert_eq(fstatat(dirfd(d), e->d_name, &st, 0), 0);
        *bytes += (size_t)st.st_size;
        n++;
    }
    if (d)
        closedir(d);
    return n;
}

static ClLogStreamHandleT stream_with(ClLogFileFullActionT action)
{
    ClLogStreamAttributesT a = attributes();
    ClLogStreamHandleT s = 0;

    a.fileFullAction = action;
    cr_assert_eq(stream_open(log_initialize(), &a, &s), CL_OK);
    return s;
}

static void records_write(ClLogStreamHandleT s, int n)
{
    for (int i = 0; i < n; i++)
        clAppLog(s, CL_LOG_SEV_INFO, 10, "ARE", "CTX", "record %06d", i);
}

static const char *latest(void)
{
    char path[600];

    snprintf(path, sizeof(path), "%s/var/log/records.latest", dir);
    return text_of(path);
}

Test(plat_log, a_stream_writes_a_file_below_the_location)
{
    const ClLogStreamHandleT s = stream_with(CL_LOG_FILE_FULL_ACTION_ROTATE);
    ClLogStreamHandleT again;
    ClLogStreamAttributesT a = attributes();

    clAppLog(s, CL_LOG_SEV_INFO, 10, "ARE", "CTX", "hello %d", 5);
    clAppLog(s, CL_LOG_SEV_TRACE, 10, "ARE", "CTX", "too fine");
    cr_expect(strstr(latest(), "INFO) hello 5\n"), "%s", latest());
    cr_expect_null(strstr(latest(), "too fine"));
    cr_expect_eq(stream_open(log_initialize(), &a, &again), CL_OK, "equal attributes");
    a.recordSize = 301;
    cr_expect_eq(stream_open(log_initialize(), &a, &again), 0x000b0010u);
    cr_expect_eq(clLogStreamClose(s), CL_OK);
    cr_expect_eq(clLogStreamClose(s), BAD_HANDLE);
    clAppLog(s, CL_LOG_SEV_ERROR, 10, "ARE", "CTX", "after close");
    cr_expect_null(strstr(latest(), "after close"));
    cr_expect(strstr(text_of(console), "after close"));
}

Test(plat_log, rotation_keeps_the_newest_units)
{
    size_t bytes;

    records_write(stream_with(CL_LOG_FILE_FULL_ACTION_ROTATE), 1000);
    cr_expect_eq(units("records", &bytes), 3);
    cr_expect_leq(bytes, 3 * 6000);
    cr_expect(strstr(latest(), "record 000999\n"));
}

Test(plat_log, wrap_begins_anew_and_halt_stops)
{
    size_t bytes;

    records_write(stream_with(CL_LOG_FILE_FULL_ACTION_WRAP), 1000);
    cr_expect_eq(units("records", &bytes), 1);
    cr_expect_leq(bytes, 6000);
    cr_expect(strstr(latest(), "record 000999\n"));
}

Test(plat_log, halt_keeps_the_oldest)
{
    size_t bytes;

    records_write(stream_with(CL_LOG_FILE_FULL_ACTION_HALT), 1000);
    cr_expect_eq(units("records", &bytes), 1);
    cr_expect_leq(bytes, 6000);
    cr_expect(strstr(latest(), "record 000000\n"));
    cr_expect_null(strstr(latest(), "record 000999\n"));
}

Test(plat_log, processes_share_the_units_of_a_file)
{
    const ClLogStreamHandleT s = stream_with(CL_LOG_FILE_FULL_ACTION_ROTATE);
    size_t bytes;
    int status;
    pid_t pid;

    (void)s;
    pid = fork_among_threads();
    if (pid == 0) {
        records_write(stream_with(CL_LOG_FILE_FULL_ACTION_ROTATE), 500);
        _exit(0);
    }
    records_write(s, 500);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect_eq(status, 0);
    cr_expect_eq(units("records", &bytes), 3);
    cr_expect_leq(bytes, 3 * 6000 + 300);
}

Test(plat_log, finalize_closes_the_streams_of_its_handle)
{
    const ClLogHandleT h = log_initialize(), other = log_initialize();
    ClLogStreamAttributesT a = attributes();
    ClLogStreamHandleT s, kept;

    cr_assert_eq(stream_open(h, &a, &s), CL_OK);
    cr_assert_eq(stream_open(other, &a, &kept), CL_OK);
    cr_assert_eq(clLogFinalize(h), CL_OK);
    cr_expect_eq(clLogStreamClose(s), BAD_HANDLE);
    cr_expect_eq(clLogStreamClose(kept), CL_OK);
}

Test(plat_log, a_place_that_cannot_be_written_loses_records_and_nothing_else)
{
    static ClCharT nowhere[] = ".:/proc/no/such/place";
    ClLogStreamAttributesT a = attributes();
    ClLogStreamHandleT s;

    a.fileLocation = nowhere;
    cr_assert_eq(stream_open(log_initialize(), &a, &s), CL_OK);
    records_write(s, 3);
    clAppLog(s, CL_LOG_SEV_ERROR, 10, "ARE", "CTX", "still here");
    cr_expect(strstr(text_of(console), "still here"));
}

static void *small_stack_log(void *arg)
{
    records_write(*(ClLogStreamHandleT *)arg, 40);
    clLog(CL_LOG_SEV_ERROR, "A", "B", "%s %g", "x", 1.5);
    return NULL;
}

Test(plat_log, sixteen_kibibytes_of_stack_are_enough)
{
    ClLogStreamHandleT s = stream_with(CL_LOG_FILE_FULL_ACTION_ROTATE);
    pthread_t t = 0;

#if defined(__SANITIZE_ADDRESS__)
    cr_skip("instrumented frames are larger");
#endif
    cr_assert(clv_thread_start(small_stack_log, &s, 16384, &t));
    pthread_join(t, NULL);
    cr_expect(strstr(latest(), "record 000039"));
}
