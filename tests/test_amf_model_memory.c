/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of a load fails in turn, ours (through the linker's --wrap) and
 * libxml2's (through its hooks), until the model loads.
 */
#include <criterion/criterion.h>

#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_model.h"

static long left = -1; /* allocations that still succeed; negative: all do */
static bool once;      /* only the next one fails */
static bool refused;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

static bool refuse(void)
{
    if (left > 0)
        left--;
    else if (left == 0) {
        refused = true;
        if (once)
            left = -1;
        return true;
    }
    return false;
}

void *__wrap_malloc(size_t size)
{
    return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return refuse() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return refuse() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *s)
{
    return refuse() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
    return refuse() ? NULL : __real_strndup(s, n);
}

/* The nth allocation fails; all after it, too, unless only one is to fail. Either
 * there is an error, or the whole model. */
static void each_load_fails(const char *dir, const char *whole)
{
    char error[300], *text;
    struct amf_model *m;
    long nth;

    for (nth = 0, refused = true; refused; nth++) {
        error[0] = '\0';
        refused = false;
        left = nth;
        m = amf_model_load(dir, error, sizeof(error));
        left = -1;
        if (m) {
            text = model_print(m);
            cr_assert_str_eq(text, whole, "allocation %ld: a part is missing: %s", nth,
                             text);
            free(text);
            amf_model_free(m);
        } else {
            cr_assert_neq(error[0], '\0', "allocation %ld", nth);
        }
    }
    cr_expect_gt(nth, 100);
}

static void each_fails(bool only_one)
{
    char *dir = model_copy("good-6x"), error[300], *whole;
    struct amf_model *m = amf_model_load(dir, error, sizeof(error));

    cr_assert(m, "%s", error);
    whole = model_print(m);
    amf_model_free(m);
    once = only_one;
    each_load_fails(dir, whole);
    free(whole);
    model_remove(dir);
}

Test(model_memory, each_of_our_allocations_may_fail, .timeout = 60)
{
    each_fails(true);
    each_fails(false);
}

/* libxml2 2.9 itself goes on without an attribute when the one allocation for it
 * fails and the next succeeds; nothing tells. */
Test(model_memory, memory_may_end_anywhere_in_the_parser, .timeout = 60)
{
    xmlInitParser(); /* once per process; not what is tested */
    cr_assert_eq(xmlMemSetup(free, __wrap_malloc, __wrap_realloc, __wrap_strdup), 0);
    each_fails(false);
}
