/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/settings.h"

Test(clock, a_deadline_saturates_instead_of_wrapping)
{
    cr_expect_eq(clv_deadline_ns(INT64_MAX), CLV_DEADLINE_NEVER);
    cr_expect_eq(clv_deadline_left_ms(CLV_DEADLINE_NEVER), -1);
    cr_expect_eq(clv_deadline_left_ms(clv_deadline_ns(-5)), 0);
    cr_expect_eq(clv_deadline_left_ms(clv_deadline_ns(INT64_MAX / 4)), INT32_MAX);
}

Test(clock, a_deadline_is_rounded_up_to_whole_milliseconds)
{
    cr_expect_geq(clv_deadline_left_ms(clv_now_ns() + 60 * CLV_NS_PER_S), 59000);
    cr_expect_leq(clv_deadline_left_ms(clv_now_ns() + 60 * CLV_NS_PER_S), 60001);
}

Test(bytes, length_and_content_count)
{
    cr_expect(
        clv_bytes_equal((struct clv_bytes){"a\0", 2}, (struct clv_bytes){"a\0", 2}));
    cr_expect_not(
        clv_bytes_equal((struct clv_bytes){"a", 1}, (struct clv_bytes){"a\0", 2}));
    cr_expect(clv_bytes_equal((struct clv_bytes){NULL, 0}, (struct clv_bytes){"x", 0}));
}

static void conf_write(const char *text)
{
    static char path[] = "/tmp/clv-conf.XXXXXX";
    const int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");

    fputs(text, f);
    fclose(f);
    setenv("CLOVIS_CONF", path, 1);
}

Test(settings, the_environment_goes_before_the_file)
{
    int64_t n;

    conf_write(
        "# comment\n\nCLOVIS_A = 1 \nCLOVIS_B=from file\nCLOVIS_B=later\nCLOVIS_N=12x\n");
    setenv("CLOVIS_A", "2", 1);
    cr_expect_str_eq(clv_setting("CLOVIS_A"), "2");
    cr_expect_str_eq(clv_setting_origin("CLOVIS_A"), "environment");
    cr_expect_str_eq(clv_setting("CLOVIS_B"), "later");
    cr_expect(strstr(clv_setting_origin("CLOVIS_B"), ":5"), "%s",
              clv_setting_origin("CLOVIS_B"));
    cr_expect_null(clv_setting("CLOVIS_C"));
    cr_expect(clv_setting_int("CLOVIS_A", 0, 9, 5, &n) && n == 2);
    cr_expect(clv_setting_int("CLOVIS_C", 0, 9, 5, &n) && n == 5);
    cr_expect_not(clv_setting_int("CLOVIS_A", 3, 9, 5, &n));
    cr_expect_eq(n, 5);
    cr_expect_not(clv_setting_int("CLOVIS_N", 0, 99, 7, &n));
    cr_expect_eq(n, 7);
    unlink(getenv("CLOVIS_CONF"));
}

Test(proto, lines_arrive_whole_however_they_are_cut)
{
    static const char stream[] = "{\"t\":\"a\"}\n{\"t\":\"b\",\"x\":\"\\n\"}\n";
    struct amf_reader r = {0};
    char seen[8] = "";
    bool bad;
    json_t *o;
    size_t i;

    for (i = 0; i < sizeof(stream) - 1; i++) {
        cr_assert(amf_reader_feed(&r, stream + i, 1));
        while ((o = amf_reader_next(&r, &bad))) {
            strcat(seen, json_string_value(json_object_get(o, "t")));
            json_decref(o);
        }
        cr_assert_not(bad);
    }
    cr_expect_str_eq(seen, "ab");
    amf_reader_free(&r);
}

Test(proto, what_is_not_an_object_is_reported_and_skipped)
{
    static const char *const lines[] = {"[1]\n", "\n", "{\n", "{\"a\":1,\"a\":2}\n",
                                        "\xff\n"};
    struct amf_reader r = {0};
    bool bad;
    json_t *o;
    size_t i;

    for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        cr_assert(amf_reader_feed(&r, lines[i], strlen(lines[i])));
        o = amf_reader_next(&r, &bad);
        cr_expect(!o && bad, "row %zu: %s", i, lines[i]);
    }
    cr_assert(amf_reader_feed(&r, "{}\n", 3));
    o = amf_reader_next(&r, &bad);
    cr_expect(o && !bad);
    json_decref(o);
    amf_reader_free(&r);
}

Test(proto, a_line_without_end_is_refused)
{
    static char block[65536];
    struct amf_reader r = {0};
    size_t fed = 0;
    bool bad;

    memset(block, 'x', sizeof(block));
    while (amf_reader_feed(&r, block, sizeof(block))) {
        fed += sizeof(block);
        cr_assert_null(amf_reader_next(&r, &bad));
        cr_assert_leq(fed, 2 * AMF_LINE_MAX);
    }
    amf_reader_free(&r);
}

Test(proto, a_written_line_reads_back)
{
    struct amf_reader r = {0};
    json_t *o = json_pack("{s:s,s:i}", "t", "re", "id", 7), *back;
    size_t len;
    char *line = amf_line(o, &len);
    bool bad;

    cr_assert(line && line[len - 1] == '\n');
    cr_assert(amf_reader_feed(&r, line, len));
    back = amf_reader_next(&r, &bad);
    cr_expect(json_equal(o, back));
    json_decref(o);
    json_decref(back);
    free(line);
    amf_reader_free(&r);
}

Test(proto, the_socket_path_follows_its_rule)
{
    char path[300];

    unsetenv("CLOVIS_AMF_SOCKET");
    unsetenv("ASP_RUNDIR");
    cr_expect(amf_socket_path(path, sizeof(path)));
    cr_expect_str_eq(path, "/run/clovis/clovis-amfd.sock");
    setenv("ASP_RUNDIR", "/tmp/x", 1);
    cr_expect(amf_socket_path(path, sizeof(path)));
    cr_expect_str_eq(path, "/tmp/x/clovis-amfd.sock");
    setenv("CLOVIS_AMF_SOCKET", "/tmp/y.sock", 1);
    cr_expect(amf_socket_path(path, sizeof(path)));
    cr_expect_str_eq(path, "/tmp/y.sock");
}
