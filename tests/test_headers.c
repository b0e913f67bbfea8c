/* SPDX-License-Identifier: Apache-2.0 */
/* The code that lies in the public headers: trees, hash buckets, macros. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdlib.h>

#include <clCommon.h>
#include <clCommonErrors.h>
#include <clDebugApi.h>
#include <clHash.h>
#include <clLogApi.h>
#include <clRbTree.h>

/* ---- what the macros call: it records the lines ---------------------------- */

ClHandleT CL_LOG_HANDLE_SYS = 7;
static char story[2048];

ClRcT clLogMsgWrite(ClHandleT stream, ClLogSeverityT severity, ClUint16T serviceId,
                    const ClCharT *area, const ClCharT *context, const ClCharT *file,
                    ClUint32T line, const ClCharT *format, ...)
{
    size_t used = strlen(story);
    va_list args;

    cr_assert(file && line);
    used += (size_t)snprintf(story + used, sizeof(story) - used, "%llu %d %u %s %s ",
                             stream, (int)severity, serviceId, area ? area : "NULL",
                             context ? context : "NULL");
    va_start(args, format);
    used += (size_t)vsnprintf(story + used, sizeof(story) - used, format, args);
    va_end(args);
    snprintf(story + used, sizeof(story) - used, "|");
    return CL_OK;
}

/* ---- trees ----------------------------------------------------------------- */

struct entry {
    ClRbTreeT node;
    int key;
    int in_tree;
};

static ClInt32T entry_compare(ClRbTreeT *a, ClRbTreeT *b)
{
    int i = CL_RBTREE_ENTRY(a, struct entry, node)->key;
    int j = CL_RBTREE_ENTRY(b, struct entry, node)->key;

    return i < j ? -1 : i > j;
}

static CL_RBTREE_DECLARE(tree, entry_compare);

/* Black nodes from here down, or -1 when colours or parents are wrong. */
static int black_height(const ClRbTreeT *node, const ClRbTreeT *parent)
{
    int left, right;

    if (!node)
        return 0;
    if (node->parent != parent)
        return -1;
    if (node->colour == CL_RBTREE_RED && parent && parent->colour == CL_RBTREE_RED)
        return -1;
    left = black_height(node->left, node);
    right = black_height(node->right, node);
    if (left < 0 || left != right)
        return -1;
    return left + (node->colour == CL_RBTREE_BLACK);
}

static void check_tree(const struct entry *entries, size_t n, unsigned step)
{
    ClRbTreeT *iter;
    size_t want = 0, seen = 0;
    int last = -1;

    for (size_t i = 0; i < n; i++)
        want += (size_t)entries[i].in_tree;
    cr_assert(black_height(tree.root, NULL) >= 0, "step %u: not red-black", step);
    cr_assert(!tree.root || tree.root->colour == CL_RBTREE_BLACK, "step %u: root", step);
    CL_RBTREE_FOR_EACH(iter, &tree)
    {
        struct entry *e = CL_RBTREE_ENTRY(iter, struct entry, node);

        cr_assert(e->in_tree && e->key >= last, "step %u: key %d", step, e->key);
        last = e->key;
        seen++;
    }
    cr_assert_eq(seen, want, "step %u: %zu of %zu nodes", step, seen, want);
    cr_assert_eq(tree.nodes, want, "step %u: count", step);
    cr_assert(!tree.root ||
                  CL_RBTREE_ENTRY(clRbTreeMax(&tree), struct entry, node)->key == last,
              "step %u: max", step);
}

Test(headers, a_tree_stays_sorted_and_balanced_under_random_changes)
{
    static struct entry entries[200];
    const size_t n = sizeof(entries) / sizeof(*entries);
    struct entry key = {.key = 0};
    unsigned seed = 20260117;

    for (size_t i = 0; i < n; i++)
        entries[i].key = (int)i / 2; /* pairs of equal keys */
    for (unsigned step = 0; step < 20000; step++) {
        struct entry *e = &entries[(size_t)rand_r(&seed) % n];

        /* inserting what is in, and deleting what is not, changes nothing */
        if (rand_r(&seed) % 3) {
            cr_assert_eq(clRbTreeInsert(&tree, &e->node), CL_OK);
            e->in_tree = 1;
        } else {
            cr_assert_eq(clRbTreeDelete(&tree, &e->node), CL_OK);
            e->in_tree = 0;
        }
        if (step % 16 == 0)
            check_tree(entries, n, step);
        key.key = e->key;
        cr_assert_eq(clRbTreeFind(&tree, &key.node) != NULL,
                     entries[e->key * 2].in_tree || entries[e->key * 2 + 1].in_tree,
                     "step %u: find %d", step, e->key);
    }
    for (size_t i = 0; i < n; i++) {
        clRbTreeDelete(&tree, &entries[i].node);
        entries[i].in_tree = 0;
        check_tree(entries, n, (unsigned)i);
    }
    cr_assert_null(clRbTreeMin(&tree));
    cr_assert_null(clRbTreeMax(&tree));
}

/* ---- hash buckets ---------------------------------------------------------- */

struct item {
    int value;
    struct hashStruct link;
};

Test(headers, hash_entries_come_and_go_at_any_place_of_a_bucket)
{
    struct hashStruct *table[2] = {NULL, NULL};
    struct item items[3] = {{.value = 0}, {.value = 1}, {.value = 2}};

    cr_assert_eq(hashDel(&items[0].link), CL_ERR_INVALID_PARAMETER);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(hashAdd(table, 1, &items[i].link), CL_OK);
    cr_assert_null(table[0]);
    cr_assert_eq(hashEntry(table[1], struct item, link)->value, 2, "pushed at the head");
    cr_assert_eq(hashDel(&items[1].link), CL_OK);
    cr_assert_eq(table[1], &items[2].link);
    cr_assert_eq(items[2].link.pNext, &items[0].link);
    cr_assert_eq(hashDel(&items[1].link), CL_ERR_INVALID_PARAMETER, "gone already");
    cr_assert_eq(hashDel(&items[2].link), CL_OK);
    cr_assert_eq(hashDel(&items[0].link), CL_OK);
    cr_assert_null(table[1]);
}

/* ---- macros ---------------------------------------------------------------- */

Test(headers, return_codes_are_stamped_and_taken_apart)
{
    static const struct {
        ClUint32T cid, err, want;
    } rows[] = {
        {CL_CID_CKPT, CL_OK, 0},
        {CL_CID_CKPT, CL_ERR_ALREADY_EXIST, 0x160010},
        {CL_CID_VERSION, CL_ERR_VERSION_MISMATCH, 0x31000f},
        {CL_CID_CKPT, 0x30000f, 0x16000f}, /* stamped anew */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ClRcT rc = CL_RC(rows[i].cid, rows[i].err);

        cr_assert_eq(rc, rows[i].want, "row %zu: 0x%x", i, rc);
        cr_assert(rc == CL_OK || (CL_GET_CID(rc) == rows[i].cid &&
                                  CL_GET_ERROR_CODE(rc) == (rows[i].err & 0xffff)),
                  "row %zu", i);
    }
}

Test(headers, a_printed_name_is_cropped_and_its_length_is_that_of_the_text)
{
    char text[400];
    ClNameT name;
    SaNameT sa_name;

    clNamePrintf(name, "ckpt_%d", 17);
    cr_assert_eq(name.length, 7);
    cr_assert_str_eq(name.value, "ckpt_17");
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = 0;
    clNamePrintf(sa_name, "%s", text);
    cr_assert_eq(sa_name.length, 254);
    cr_assert_eq(strlen((char *)sa_name.value), 254);
    clNamePrintf(name, "%s", "");
    cr_assert_eq(name.length, 0);
}

Test(headers, rounding_macros_take_expressions)
{
    cr_assert_eq(CL_ROUNDUP(5 + 4, 2 + 2), 12);
    cr_assert_eq(CL_ROUNDUP(8, 4), 8);
    cr_assert_eq(CL_ROUNDDOWN(5 + 4, 2 + 2), 8);
    cr_assert_eq(CL_BIT(1 + 2), 8);
    cr_assert_eq(CL_MAX(1 + 1, 3) - CL_MIN(1, 2), 2);
}

Test(headers, log_macros_pass_area_and_context_through)
{
    story[0] = 0;
    clLogError("AREA", NULL, "%d of %d", 1, 2);
    clAppLog(9, CL_LOG_SEV_INFO, 10, NULL, "CTX", "plain");
    clLogWrite(3, CL_LOG_DEBUG, "LIB", "text");
    cr_assert_str_eq(story, "7 4 1 AREA NULL 1 of 2|"
                            "9 7 10 NULL CTX plain|"
                            "7 8 1 LIB --- text|");
}

Test(headers, a_text_of_several_lines_is_logged_line_by_line)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"one", "7 6 1 A C one|"},
        {"one\ntwo\n\nfour",
         "7 6 1 A C one|7 6 1 A C - two|7 6 1 A C - |7 6 1 A C - four|"},
        {"one\n", "7 6 1 A C one|"},
        {"", "7 6 1 A C |"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        story[0] = 0;
        clLogMultiline(CL_LOG_SEV_NOTICE, "A", "C", "%s", rows[i].text);
        cr_assert_str_eq(story, rows[i].want, "row %zu: %s", i, story);
    }
}

Test(headers, a_debug_print_keeps_255_characters_and_obeys_the_threshold)
{
    char text[300];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = 0;
    story[0] = 0;
    CL_DEBUG_PRINT(CL_DEBUG_INFO, ("below the threshold"));
    cr_assert_str_eq(story, "");
    CL_DEBUG_PRINT(CL_DEBUG_ERROR, ("%d%s", 1, text));
    cr_assert_eq(strlen(story), strlen("7 4 1 --- --- |") + 255);
}
