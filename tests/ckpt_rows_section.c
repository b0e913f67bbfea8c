/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. Sections: create, delete, expire, ids, the default section. */
#include "ckpt_case.h"

#include <poll.h>

#include "base/clock.h"

TestSuite(rows_section, .timeout = 100);

/* ---- sections ------------------------------------------------------- */

static void section_create_body(void)
{
    ClUint8T bytes[16] = "id";
    id_t_ id = {2, bytes}, null_id = {2, NULL};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END}, no_id = {NULL, CL_TIME_END},
                                     no_bytes = {&null_id, CL_TIME_END};
    ClHandleT h, unlimited;

    begin();
    h = opened(svc, "n", WR, 2, 4, RWC);
    ROW("SectionCreate#1", t_create(h, NULL, "x", 1), NULL_POINTER);
    ROW("SectionCreate#1", t_create(h, &no_id, "x", 1), NULL_POINTER);
    ROW("SectionCreate#1", t_create(h, &no_bytes, "x", 1), NULL_POINTER);
    ROW("SectionCreate#2", t_create(h, &a, "x", 0), INVALID_PARAMETER);
    ROW("SectionCreate#3", t_create(h, &a, NULL, 1), NULL_POINTER);
    ROW("SectionCreate#2", t_create(0, &a, "x", 0), INVALID_PARAMETER);
    ROW("SectionCreate#4", t_create(0, &a, "x", 1), INVALID_HANDLE);
    id.idLen = 9;
    ROW("SectionCreate#7", t_create(h, &a, "x", 1), INVALID_PARAMETER);
    id.idLen = 8;
    ROW_OK("SectionCreate#7", t_create(h, &a, "x", 1));
    OK(t_section_delete(h, &id));
    id.idLen = 2;
    ROW("SectionCreate#8", t_create(h, &a, "12345", 5), INVALID_PARAMETER);
    ROW_OK("SectionCreate#8", t_create(h, &a, "1234", 4));
    ROW("SectionCreate#10", t_create(h, &a, "x", 1), ALREADY_EXIST);
    ROW_OK("SectionCreate#3", add(h, "empty", ""));
    cr_expect_str_eq(content(h, "empty"), "", "row SectionCreate#3, %s", v.name);
    ROW("SectionCreate#11", add(h, "third", "x"), NO_SPACE);
    ROW("trap_10", t_create(h, &a, "x", 1), ALREADY_EXIST); /* before NO_SPACE */
    OK(t_section_delete(h, &id));
    ROW_OK("SectionCreate#11", add(h, "third", "x"));
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 4, RWC);
    ROW("SectionCreate#9", t_create(h, &a, "x", 1), ALREADY_EXIST);
    id = (id_t_){0, NULL};
    ROW("GeneratedId#6", t_create(h, &a, "x", 1), ALREADY_EXIST);
    OK(t_close(h));
    unlimited = opened(svc, "n", WR, 2, 0, RWC);
    ROW_OK("trap_15", add(unlimited, "s", "as long as it likes to be"));
    OK(t_close(unlimited));
    end();
}

Test(rows_section, section_create)
{
    each_variant(section_create_body);
}

static void strict_id_size_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    id_t_ id = {0, NULL};
    ClCkptSectionCreationAttributesT gen = {&id, CL_TIME_END};
    ClHandleT h;

    begin();
    a.maxSectionIdSize = 0;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    ROW("trap_15", add(h, "a", "1"), INVALID_PARAMETER);
    ROW_OK("Attributes.id#1",
           t_create(h, &gen, NULL, 0)); /* a generated id is not compared */
    free(id.id);
    OK(t_close(h));
    end();
}

Test(rows_section, max_section_id_size_zero_is_strict)
{
    each_variant(strict_id_size_body);
}

static void generated_body(void)
{
    id_t_ id[4] = {{0, NULL}};
    ClCkptSectionCreationAttributesT a;
    ClUint8T own[8] = "own";
    id_t_ borrowed = {0, own};
    char want[40];
    ClHandleT h;
    int i;

    begin();
    h = opened(svc, "n", WR, 3, 16, RWC);
    for (i = 0; i < 3; i++) {
        id[i] = (id_t_){0, NULL};
        a = (ClCkptSectionCreationAttributesT){&id[i], CL_TIME_END};
        ROW_OK("GeneratedId#1", t_create(h, &a, "x", 1));
        snprintf(want, sizeof(want), "generatedSection%d", i);
        cr_assert_not_null(id[i].id);
        FACT("trap_06",
             id[i].idLen == strlen(want) + 1 && memcmp(id[i].id, want, id[i].idLen) == 0);
    }
    id[3] = (id_t_){0, NULL};
    a = (ClCkptSectionCreationAttributesT){&id[3], CL_TIME_END};
    ROW("GeneratedId#2", t_create(h, &a, "x", 1), NO_SPACE);
    FACT("GeneratedId#2", id[3].id == NULL && id[3].idLen == 0);
    ROW_OK("GeneratedId#3", t_overwrite(h, &id[0], "y", 1));
    ROW_OK("GeneratedId#3", t_section_delete(h, &id[0]));
    ROW_OK("GeneratedId#2", t_create(h, &a, "x", 1)); /* a number is never used again */
    FACT("GeneratedId#2", id[3].id &&
                              strcmp((char *)id[3].id, "generatedSection0") != 0 &&
                              strcmp((char *)id[3].id, "generatedSection2") != 0);
    for (i = 0; i < 4; i++)
        free(id[i].id);
    OK(t_close(h));
    h = opened(svc, "m", WR, 3, 16, RWC);
    a = (ClCkptSectionCreationAttributesT){&borrowed, CL_TIME_END};
    row_at(__LINE__, "Rules.empty#1", t_create(h, &a, "x", 1),
           v.b02 ? CL_ERR_INVALID_PARAMETER : CL_OK);
    FACT("GeneratedId#5", borrowed.id == own && borrowed.idLen == 0);
    FACT("GeneratedId#5", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == (v.b02 ? 0 : 1));
    OK(t_close(h));
    end();
}

Test(rows_section, generated_ids)
{
    each_variant(generated_body);
}

static void id_equality_body(void)
{
    ClUint8T a1[] = "a", bin1[] = {0, 1, 0xff}, bin2[] = {0, 1, 0xfe};
    id_t_ id = {1, a1}, with_nul = {2, a1}, b1 = {3, bin1}, b2 = {3, bin2};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(t_create(h, &a, "1", 1));
    ROW("trap_07", t_overwrite(h, &with_nul, "2", 1), NOT_EXIST);
    a.sectionId = &with_nul;
    ROW_OK("Common.id#1", t_create(h, &a, "2", 1));
    a.sectionId = &b1;
    ROW_OK("Common.id#1", t_create(h, &a, "3", 1));
    ROW("Common.id#1", t_overwrite(h, &b2, "4", 1), NOT_EXIST);
    ROW_OK("Common.id#1", t_overwrite(h, &b1, "4", 1));
    cr_expect_str_eq(content(h, "a"), "1", "row trap_07, %s", v.name);
    FACT("Common.id#1", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 3);
    OK(t_close(h));
    end();
}

Test(rows_section, section_ids_are_counted_bytes)
{
    each_variant(id_equality_body);
}

static void null_bytes_body(void)
{
    id_t_ none = {3, NULL};
    ClCkptIOVectorElementT e = {
        .sectionId = {3, NULL}, .dataBuffer = (void *)"x", .dataSize = 1};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    ROW("Common.id#2", t_overwrite(h, &none, "x", 1), INVALID_PARAMETER);
    ROW("Common.id#2", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("Common.id#2", t_read(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("SectionDelete#2", t_section_delete(h, &none), INVALID_PARAMETER);
    ROW("ExpirationSet#2", t_expire(h, &none, CL_TIME_END), INVALID_PARAMETER);
    if (!v.sa)
        ROW("Common.id#2", clCkptSectionCheck(h, &none), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

Test(rows_section, an_id_with_a_length_needs_bytes)
{
    each_variant(null_bytes_body);
}

static void section_delete_body(void)
{
    id_t_ empty = {0, NULL};
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(add(h, "s", "1"));
    ROW("SectionDelete#1", t_section_delete(h, NULL), NULL_POINTER);
    ROW("SectionDelete#2", t_section_delete(h, &empty), INVALID_PARAMETER);
    ROW("SectionDelete#3", t_section_delete(0, sid("s")), INVALID_HANDLE);
    ROW("SectionDelete#2", t_section_delete(0, &empty), INVALID_PARAMETER);
    ROW("SectionDelete#4", t_section_delete(h, sid("t")), NOT_EXIST);
    ROW_OK("SectionDelete#5", t_section_delete(h, sid("s")));
    ROW("SectionDelete#4", t_section_delete(h, sid("s")), NOT_EXIST);
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 16, RWC);
    ROW("trap_08", t_section_delete(h, &empty), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

Test(rows_section, section_delete)
{
    each_variant(section_delete_body);
}

static void expire_body(void)
{
    id_t_ empty = {0, NULL};
    ClHandleT h;
    int i;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(add(h, "s", "1"));
    ROW("ExpirationSet#1", t_expire(h, NULL, CL_TIME_END), NULL_POINTER);
    ROW("ExpirationSet#2", t_expire(h, &empty, CL_TIME_END), INVALID_PARAMETER);
    ROW("ExpirationSet#3", t_expire(0, sid("s"), CL_TIME_END), INVALID_HANDLE);
    ROW("ExpirationSet#5", t_expire(h, sid("t"), CL_TIME_END), NOT_EXIST);
    ROW_OK("ExpirationSet#7", t_expire(h, sid("s"), CL_TIME_END));
    ROW_OK("ExpirationSet#8", t_expire(h, sid("s"), clv_wall_ns() + 60 * CLV_NS_PER_S));
    FACT("ExpirationSet#8", count_chosen(h, CL_CKPT_SECTIONS_FOREVER, 0) == 0);
    ROW_OK("ExpirationSet#7", t_expire(h, sid("s"), CL_TIME_END));
    FACT("ExpirationSet#7", count_chosen(h, CL_CKPT_SECTIONS_FOREVER, 0) == 1);
    ROW_OK("ExpirationSet#6", t_expire(h, sid("s"), clv_wall_ns() - CLV_NS_PER_S));
    ROW("Time.expire#2", put(h, "s", "1"), NOT_EXIST);
    OK(add(h, "s", "1"));
    ROW_OK("ExpirationSet#6", t_expire(h, sid("s"), 0));
    ROW("Time.expire#2", put(h, "s", "1"), NOT_EXIST);
    OK(add(h, "s", "1"));
    OK(t_expire(h, sid("s"), 500 * CLV_NS_PER_MS)); /* from now */
    ROW_OK("Time.expire#1", put(h, "s", "2"));
    /* writing does not keep it alive */
    for (i = 0; i < 2000 && put(h, "s", "2") == (v.sa ? SA_AIS_OK : CL_OK); i++)
        poll(NULL, 0, 10);
    ROW("ExpirationSet#9", put(h, "s", "2"), NOT_EXIST);
    FACT("Time.expire#3", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 0);
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 16, RWC);
    ROW("ExpirationSet#4", t_expire(h, sid("s"), CL_TIME_END), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

Test(rows_section, section_expiration_time_set)
{
    each_variant(expire_body);
}

static void expiry_while_closed_body(void)
{
    attrs_t a = attrs(WR, 9, 16);
    ClHandleT h;

    begin();
    a.retentionDuration = INT64_MAX;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(add_until(h, "a", 60 * CLV_NS_PER_MS));
    OK(add(h, "b", "stays"));
    OK(t_close(h));
    poll(NULL, 0, 90);
    OK(t_open(svc, nm("n"), NULL, R | W, &h));
    ROW("Close.expiry#1", put(h, "a", "x"), NOT_EXIST);
    cr_expect_str_eq(content(h, "b"), "stays", "row Close.expiry#1, %s", v.name);
    OK(t_delete(svc, nm("n")));
    OK(t_close(h));
    end();
}

Test(rows_section, sections_expire_while_nobody_has_them_open)
{
    each_variant(expiry_while_closed_body);
}

static void create_expiry_body(void)
{
    ClCkptSectionDescriptorT d;
    ClTimeT before;
    ClHandleT h, it;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    ROW("SectionCreate#12", add_until(h, "a", clv_wall_ns() - 2 * CLV_NS_PER_S),
        INVALID_PARAMETER);
    ROW("trap_22", add_until(h, "a", 0), INVALID_PARAMETER);
    ROW("trap_22", add_until(h, "a", -1), INVALID_PARAMETER);
    ROW("Time.create#2", add_until(h, "a", 8 * DAY_NS),
        INVALID_PARAMETER); /* 1970-01-09 */
    FACT("SectionCreate#12", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 0);
    before = clv_wall_ns();
    ROW_OK("Time.create#1", add_until(h, "a", 6 * DAY_NS));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_next(it, &d));
    FACT("Time.create#3",
         d.expirationTime >= before + 6 * DAY_NS - CLV_NS_PER_S &&
             d.expirationTime <= clv_wall_ns() + 6 * DAY_NS + CLV_NS_PER_S);
    free(d.sectionId.id);
    OK(t_iter_end(it));
    ROW_OK("SectionCreate#12", add_until(h, "b", clv_wall_ns() + 60 * CLV_NS_PER_S));
    ROW_OK("Time.create#1", add_until(h, "c", 50 * CLV_NS_PER_MS));
    poll(NULL, 0, 80);
    FACT("Time.create#4", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 2);
    ROW_OK("Time.create#4", add_until(h, "c", CL_TIME_END)); /* the id is free again */
    OK(t_close(h));
    end();
}

Test(rows_section, section_create_expiration_time)
{
    each_variant(create_expiry_body);
}

static void default_section_body(void)
{
    id_t_ empty = {0, NULL};
    ClUint8T named[] = "defaultSection";
    ClCkptIOVectorElementT e = {.dataBuffer = (void *)"abc", .dataSize = 3};
    char in[8] = "";
    ClHandleT h;

    begin();
    h = opened(svc, "one", WR, 1, 8, RWC);
    ROW_OK("Life#1", t_read(h, &(ClCkptIOVectorElementT){.dataBuffer = in, .dataSize = 8},
                            1, NULL));
    ROW_OK("Overwrite#8", t_overwrite(h, &empty, "12345", 5));
    ROW_OK("Write.data#3", t_write(h, &e, 1, NULL));
    e.dataBuffer = in;
    e.dataSize = sizeof(in);
    ROW_OK("Read.ok#1", t_read(h, &e, 1, NULL));
    FACT("Overwrite#8", e.readSize == 5 && memcmp(in, "abc45", 5) == 0);
    e = (ClCkptIOVectorElementT){
        .sectionId = {15, named}, .dataBuffer = in, .dataSize = 8};
    ROW_OK("Life#1", t_read(h, &e, 1, NULL)); /* its other name */
    FACT("Life#1", e.readSize == 5);
    OK(t_close(h));
    h = opened(svc, "many", WR, 2, 8, RWC);
    e = (ClCkptIOVectorElementT){.dataBuffer = in, .dataSize = 3};
    ROW("trap_09", t_overwrite(h, &empty, "12345", 5), INVALID_PARAMETER);
    ROW("Overwrite#5", t_overwrite(h, &empty, "12345", 5), INVALID_PARAMETER);
    ROW("Write#4", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("Read#6", t_read(h, &e, 1, NULL), NULL_POINTER);
    OK(t_close(h));
    end();
}

Test(rows_section, default_section)
{
    each_variant(default_section_body);
}
