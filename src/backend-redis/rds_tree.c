/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_tree.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROOM = 384,       /* of every reply: the answer of a transaction of a few commands */
    BLOCK_MIN = 1024, /* what is added when that is not enough, twice as much each time */
    BLOCK_MAX = 64 * 1024,
    ALIGN = sizeof(void *)
};

struct block {
    struct block *next;
    max_align_t at[];
};

/* What a reply's address is that of. */
struct tree {
    redisReply top;       /* first */
    struct block *blocks; /* owned */
    size_t block_size;    /* of the last one */
    char *free;
    size_t left;
    max_align_t room[];
};

static size_t aligned(size_t size)
{
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

/* size bytes of the reply's memory, or NULL. */
static void *take(struct tree *tree, size_t size)
{
    struct block *b;
    void *at;

    size = aligned(size);
    if (size > tree->left) {
        if (tree->block_size < BLOCK_MAX)
            tree->block_size = tree->block_size ? 2 * tree->block_size : BLOCK_MIN;
        tree->left = size > tree->block_size ? size : tree->block_size;
        /* zeroed by the kernel: a length that nothing follows touches no memory */
        b = size > BLOCK_MAX ? calloc(1, sizeof(*b) + tree->left)
                             : malloc(sizeof(*b) + tree->left);
        if (!b) {
            tree->left = 0;
            return NULL;
        }
        b->next = tree->blocks;
        tree->blocks = b;
        tree->free = (char *)b->at;
    }
    at = tree->free;
    tree->free += size;
    tree->left -= size;
    return at;
}

static struct tree *tree_of(const redisReadTask *task)
{
    while (task->parent)
        task = task->parent;
    return task->obj;
}

/* A new reply, at the top or as an element; more: bytes that it will take besides. */
static redisReply *reply_new(const redisReadTask *task, size_t more, struct tree **tree)
{
    const redisReply *parent;
    redisReply *r;

    if (task->parent) {
        *tree = tree_of(task);
        r = take(*tree, sizeof(*r));
        if (!r)
            return NULL;
        parent = task->parent->obj;
        parent->element[task->idx] = r;
    } else {
        more = more > ROOM ? aligned(more) : ROOM;
        *tree = malloc(sizeof(**tree) + more);
        if (!*tree)
            return NULL;
        (*tree)->blocks = NULL;
        (*tree)->block_size = 0;
        (*tree)->free = (char *)(*tree)->room;
        (*tree)->left = more;
        r = &(*tree)->top;
    }
    memset(r, 0, sizeof(*r));
    r->type = task->type;
    return r;
}

/* It could not be completed: what has a tree of its own goes. */
static void *reply_undo(const redisReadTask *task, redisReply *r)
{
    if (!task->parent)
        rds_reply_free(r);
    return NULL;
}

static void *make_string(const redisReadTask *task, char *text, size_t size)
{
    struct tree *tree;
    redisReply *r = reply_new(task, size + 1, &tree);

    if (!r)
        return NULL;
    r->str = take(tree, size + 1);
    if (!r->str)
        return reply_undo(task, r);
    memcpy(r->str, text, size);
    r->str[size] = '\0';
    r->len = size;
    return r;
}

static void *make_array(const redisReadTask *task, RDS_ELEMENTS n)
{
    struct tree *tree;
    redisReply *r = reply_new(task, 0, &tree);
    const size_t size = (size_t)n * sizeof(void *);

    if (!r || n == 0)
        return r;
    r->element = take(tree, size);
    if (!r->element)
        return reply_undo(task, r);
    if (size <= BLOCK_MAX) /* else it is zeroed */
        memset(r->element, 0, size);
    r->elements = (size_t)n;
    return r;
}

static void *make_integer(const redisReadTask *task, long long value)
{
    struct tree *tree;
    redisReply *r = reply_new(task, 0, &tree);

    if (r)
        r->integer = value;
    return r;
}

static void *make_nil(const redisReadTask *task)
{
    struct tree *tree;
    redisReply *r = reply_new(task, 0, &tree);

    if (r)
        r->type = REDIS_REPLY_NIL; /* the task says what it is the lack of */
    return r;
}

void rds_reply_free(void *reply)
{
    struct tree *tree = reply;
    struct block *b;

    while (tree && (b = tree->blocks)) {
        tree->blocks = b->next;
        free(b);
    }
    free(tree);
}

redisReader *rds_tree_reader(void)
{
    static redisReplyObjectFunctions fns = {.createString = make_string,
                                            .createArray = make_array,
                                            .createInteger = make_integer,
                                            .createNil = make_nil,
                                            .freeObject = rds_reply_free};

    return redisReaderCreateWithFunctions(&fns);
}
