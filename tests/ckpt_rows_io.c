/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. Overwrite, write, read. */
#include "ckpt_case.h"

TestSuite(rows_io, .timeout = 100);

/* ---- write ---------------------------------------------------------- */

static void write_body(void)
{
    ClCkptIOVectorElementT e = piece("s", "x", 0), two[3];
    ClUint32T bad = 9;
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 9, 8, RWC);
    OK(add(h, "s", "abc"));
    OK(add(h, "t", "def"));
    ROW("Write#1", t_write(h, NULL, 1, &bad), NULL_POINTER);
    ROW("Write#2", t_write(h, &e, 0, &bad), INVALID_PARAMETER);
    ROW("Write#3", t_write(0, &e, 1, &bad), INVALID_HANDLE);
    FACT("Write.index#3", bad == 9); /* nothing was looked at */
    e = piece("s", "12345678", 1);
    ROW("Write#5", t_write(h, &e, 1, &bad), INVALID_PARAMETER);
    FACT("Write.index#1", bad == 0);
    e = piece("s", "x", -1);
    ROW("Write.data#4", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    e = piece("s", "x", INT64_MAX);
    ROW("Write.data#4", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    e.dataBuffer = NULL;
    e.dataOffset = 0;
    ROW("Write.data#5", t_write(h, &e, 1, NULL), NULL_POINTER);
    e = piece("none", "x", 0);
    ROW("Write#6", t_write(h, &e, 1, &bad), NOT_EXIST);
    ROW("trap_11", t_write(h, &e, 1, &bad), NOT_EXIST);
    FACT("Write.index#1", bad == 0);
    two[0] = piece("s", "XX", 0);
    two[1] = piece("t", "YY", 0);
    two[2] = piece("none", "ZZ", 0);
    ROW("Write.index#1", t_write(h, two, 3, &bad), NOT_EXIST);
    FACT("Write.index#1", bad == 2);
    cr_expect_str_eq(content(h, "s"), "abc", "row Write.atomic#1, %s", v.name);
    two[1] = piece("t", "123456789", 0);
    ROW("Write.index#1", t_write(h, two, 2, &bad), INVALID_PARAMETER);
    FACT("Write.index#1", bad == 1);
    cr_expect_str_eq(content(h, "s"), "abc", "row Write.atomic#1, %s", v.name);
    bad = 9;
    two[1] = piece("t", "YY", 2);
    ROW_OK("Write.data#1", t_write(h, two, 2, &bad));
    FACT("Write.index#2", bad == (v.b02 ? 9u : 0u));
    cr_expect_str_eq(content(h, "s"), "XXc", "row Write.data#1, %s", v.name);
    cr_expect_str_eq(content(h, "t"), "deYY", "row Write.data#1, %s", v.name);
    ROW_OK("Write.index#4", t_write(h, two, 2, NULL));
    two[0] = piece("s", "1", 0);
    two[1] = piece("s", "2", 1);
    two[2] = piece("s", "3", 1); /* in order, also within one section */
    ROW_OK("Write.order#1", t_write(h, two, 3, NULL));
    cr_expect_str_eq(content(h, "s"), "13c", "row Write.order#1, %s", v.name);
    e = piece("s", "end", 5);
    e.readSize = 77;
    ROW_OK("Write.data#2", t_write(h, &e, 1, NULL));
    FACT("Write.data#6", e.readSize == 77 && e.dataOffset == 5 && e.dataSize == 3);
    {
        char in[8] = "########";
        ClCkptIOVectorElementT r = {
            .sectionId = *sid("s"), .dataBuffer = in, .dataSize = 8};

        OK(t_read(h, &r, 1, NULL));
        FACT("Write.data#2", r.readSize == 8 && memcmp(in, "13c\0\0end", 8) == 0);
    }
    OK(t_close(h));
    end();
}

Test(rows_io, checkpoint_write)
{
    each_variant(write_body);
}

static void long_vector_body(void)
{
    enum { N = 50 };
    static char ids[N][16], data[N][16], in[N][8];
    ClCkptIOVectorElementT vec[N];
    ClUint32T bad = 9;
    ClHandleT h;
    int i;

    begin();
    h = opened(svc, "n", WR, N, 8, RWC);
    for (i = 0; i < N; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%d", i);
        snprintf(data[i], sizeof(data[i]), "d%d", i);
        OK(add(h, ids[i], "x"));
        vec[i] = (ClCkptIOVectorElementT){
            .sectionId = {(ClUint16T)strlen(ids[i]), (ClUint8T *)ids[i]},
            .dataBuffer = data[i],
            .dataSize = strlen(data[i]),
        };
    }
    ROW_OK("Write.data#1", t_write(h, vec, N, NULL));
    for (i = 0; i < N; i++) {
        vec[i].dataBuffer = i % 2 ? in[i] : NULL;
        vec[i].dataSize = 8;
    }
    ROW_OK("Read.ok#1", t_read(h, vec, N, &bad));
    for (i = 0; i < N; i++) {
        FACT("Read.ok#1", vec[i].readSize == strlen(data[i]) &&
                              memcmp(vec[i].dataBuffer, data[i], vec[i].readSize) == 0);
        if (i % 2 == 0)
            free(vec[i].dataBuffer);
        vec[i].dataBuffer = data[i];
        vec[i].dataSize = 1;
    }
    vec[37].sectionId = *sid("none");
    ROW("Write.index#1", t_write(h, vec, N, &bad), NOT_EXIST);
    FACT("Write.index#1", bad == 37);
    ROW("Read.fail#1", t_read(h, vec, N, &bad), NOT_EXIST);
    FACT("Read.fail#1", bad == 37);
    OK(t_close(h));
    end();
}

Test(rows_io, long_vectors)
{
    each_variant(long_vector_body);
}

/* ---- overwrite ------------------------------------------------------ */

static void overwrite_body(void)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "abcdef"));
    ROW("Overwrite#1", t_overwrite(h, NULL, "x", 1), NULL_POINTER);
    ROW("Overwrite#1", t_overwrite(h, sid("s"), NULL, 1), NULL_POINTER);
    ROW("Overwrite#1", t_overwrite(h, sid("s"), NULL, 0), NULL_POINTER);
    ROW("Overwrite#2", t_overwrite(h, sid("s"), "x", 0), INVALID_PARAMETER);
    ROW("Overwrite#2", t_overwrite(0, sid("s"), "x", 0), INVALID_PARAMETER);
    ROW("Overwrite#3", t_overwrite(0, sid("s"), "x", 1), INVALID_HANDLE);
    ROW("Overwrite#6", t_overwrite(h, sid("s"), "123456789", 9), INVALID_PARAMETER);
    ROW("Overwrite#6", t_overwrite(h, sid("none"), "123456789", 9), INVALID_PARAMETER);
    ROW("Overwrite#7", put(h, "none", "x"), NOT_EXIST);
    ROW("trap_11", put(h, "none", "x"), NOT_EXIST);
    ROW_OK("Overwrite#8", put(h, "s", "12345678"));
    ROW_OK("Overwrite#8", put(h, "s", "z"));
    cr_expect_str_eq(content(h, "s"), "z", "row Overwrite#8, %s: content and size",
                     v.name);
    OK(t_close(h));
    end();
}

Test(rows_io, section_overwrite)
{
    each_variant(overwrite_body);
}

/* ---- read ----------------------------------------------------------- */

static void read_body(void)
{
    const ClCkptIOVectorElementT s = {.sectionId = {1, (ClUint8T *)"s"}};
    ClCkptIOVectorElementT e, two[2];
    ClUint32T bad;
    char in[16];
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "abcdef"));
    OK(add(h, "e", ""));
    e = s;
    bad = 9;
    ROW("Read#1", t_read(h, NULL, 1, &bad), NULL_POINTER);
    FACT("Read.index#1", v.sa || bad == 0);
    ROW("Read#2", t_read(h, &e, 0, NULL), INVALID_PARAMETER);
    ROW("Read#3", t_read(0, &e, 1, NULL), INVALID_HANDLE);
    e.sectionId = *sid("none");
    e.dataSize = 99;
    e.dataBuffer = in;
    ROW("Read#7", t_read(h, &e, 1, NULL), NOT_EXIST); /* before its size */
    e.sectionId = s.sectionId;
    ROW("Read#8", t_read(h, &e, 1, &bad), INVALID_PARAMETER);
    e.dataSize = 8;
    e.dataOffset = 9;
    ROW("Read#8", t_read(h, &e, 1, &bad), INVALID_PARAMETER);
    e.dataOffset = -1;
    ROW("Read#9", t_read(h, &e, 1, &bad), INVALID_PARAMETER);

    memset(in, '#', sizeof(in));
    e = s;
    e.dataBuffer = in;
    e.dataSize = 3;
    e.dataOffset = 2;
    ROW_OK("Read.ok#1", t_read(h, &e, 1, NULL));
    FACT("Read.ok#1", e.readSize == 3 && memcmp(in, "cde#", 4) == 0);
    FACT("trap_13", e.dataSize == 3 && e.dataOffset == (v.sa ? 2 : 0));
    e.dataSize = 8;
    e.dataOffset = 4;
    memset(in, '#', sizeof(in));
    ROW_OK("Read.ok#2", t_read(h, &e, 1, NULL));
    FACT("trap_12", e.readSize == 2 && memcmp(in, "ef##", 4) == 0);
    FACT("Read.ok#7", e.dataSize == (v.sa ? 8u : 2u));
    e.dataSize = 8;
    e.dataOffset = 6;
    e.readSize = 99;
    ROW_OK("Read.ok#3", t_read(h, &e, 1, NULL));
    FACT("Read.ok#3", e.readSize == 0 && memcmp(in, "ef##", 4) == 0);
    e.dataSize = 0;
    e.dataOffset = 0;
    ROW_OK("Read.ok#6", t_read(h, &e, 1, NULL));
    FACT("Read.ok#6", e.readSize == 0 && memcmp(in, "ef##", 4) == 0);

    e = s;
    e.dataSize = 99; /* ignored without a buffer */
    ROW_OK("Read.ok#4", t_read(h, &e, 1, NULL));
    FACT("trap_14",
         e.dataBuffer && e.readSize == 6 && memcmp(e.dataBuffer, "abcdef", 7) == 0);
    free(e.dataBuffer);
    e = (ClCkptIOVectorElementT){.sectionId = *sid("e")};
    ROW_OK("Read.ok#4", t_read(h, &e, 1, NULL));
    FACT("trap_14", e.dataBuffer && e.readSize == 0 && *(char *)e.dataBuffer == '\0');
    free(e.dataBuffer);
    e = s;
    e.dataOffset = 4;
    ROW_OK("Read.ok#5", t_read(h, &e, 1, NULL));
    FACT("Read.ok#5", e.readSize == 2 && memcmp(e.dataBuffer, "ef", 3) == 0);
    free(e.dataBuffer);

    two[0] = s;
    two[1] = (ClCkptIOVectorElementT){.sectionId = *sid("none")};
    bad = 9;
    ROW("Read.fail#1", t_read(h, two, 2, &bad), NOT_EXIST);
    FACT("Read.fail#1", bad == 1);
    FACT("Read.fail#2", two[0].dataBuffer == NULL);
    OK(t_close(h));
    end();
}

Test(rows_io, checkpoint_read)
{
    each_variant(read_body);
}
