/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red-black trees whose links lie inside the caller's entries. Entries that compare equal
 * may be together in a tree. The code is all in this header.
 */
#ifndef CLOVIS_CL_RB_TREE_H
#define CLOVIS_CL_RB_TREE_H

#include <stddef.h>

#include "clCommon.h"
#include "clCommonErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define CL_RBTREE_RED       1
#define CL_RBTREE_BLACK     2

/* in flags */
#define CL_RBTREE_INSERTED  0x1
#define CL_RBTREE_DELETED   0x2
/* clang-format on */

/* Embedded in an entry; zero before its first use. */
typedef struct ClRbTree {
    struct ClRbTree *left;
    struct ClRbTree *right;
    struct ClRbTree *parent;
    ClUint32T colour;
    ClUint32T flags;
} ClRbTreeT;

/* Negative, 0 or positive, as the first is before, like or after the second. */
typedef ClInt32T (*ClRbTreeCmpT)(ClRbTreeT *node, ClRbTreeT *other);

typedef struct ClRbTreeRoot {
    ClRbTreeT *root;
    ClUint32T nodes;
    ClInt32T (*compare)(ClRbTreeT *node, ClRbTreeT *other);
} ClRbTreeRootT;

/* Define an empty tree; "static" may stand before it. */
#define CL_RBTREE_DECLARE(name, cmp) ClRbTreeRootT name = {NULL, 0, cmp}

/* The structure around a node. */
#define CL_RBTREE_ENTRY(node, type, member)                                              \
    ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* In order. The tree must not change meanwhile. */
#define CL_RBTREE_FOR_EACH(iter, tree)                                                   \
    for ((iter) = clRbTreeMin(tree); (iter); (iter) = clRbTreeNext((tree), (iter)))

/* ---- looking --------------------------------------------------------------- */

static inline ClRbTreeT *clRbTreeMin(ClRbTreeRootT *tree)
{
    ClRbTreeT *node = tree->root;

    while (node && node->left)
        node = node->left;
    return node;
}

static inline ClRbTreeT *clRbTreeMax(ClRbTreeRootT *tree)
{
    ClRbTreeT *node = tree->root;

    while (node && node->right)
        node = node->right;
    return node;
}

/* The node after this one, or NULL. */
static inline ClRbTreeT *clRbTreeNext(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    (void)tree;
    if (node->right) {
        for (node = node->right; node->left; node = node->left)
            ;
        return node;
    }
    while (node->parent && node == node->parent->right)
        node = node->parent;
    return node->parent;
}

/* A node that compares equal to key, or NULL. */
static inline ClRbTreeT *clRbTreeFind(ClRbTreeRootT *tree, ClRbTreeT *key)
{
    ClRbTreeT *node = tree->root;

    while (node) {
        ClInt32T order = tree->compare(key, node);

        if (order == 0)
            break;
        node = order < 0 ? node->left : node->right;
    }
    return node;
}

/* ---- changing -------------------------------------------------------------- */

/* Let now hang where was hung. */
static inline void clRbTreeReplace(ClRbTreeRootT *tree, ClRbTreeT *was, ClRbTreeT *now)
{
    if (!was->parent)
        tree->root = now;
    else if (was == was->parent->left)
        was->parent->left = now;
    else
        was->parent->right = now;
    if (now)
        now->parent = was->parent;
}

/* The right child takes the node's place, the node becomes its left one. */
static inline void clRbTreeRotateLeft(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    ClRbTreeT *up = node->right;

    node->right = up->left;
    if (up->left)
        up->left->parent = node;
    clRbTreeReplace(tree, node, up);
    up->left = node;
    node->parent = up;
}

static inline void clRbTreeRotateRight(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    ClRbTreeT *up = node->left;

    node->left = up->right;
    if (up->right)
        up->right->parent = node;
    clRbTreeReplace(tree, node, up);
    up->right = node;
    node->parent = up;
}

/* Colour a node that was just linked, and set right what that disturbs. */
static inline void clRbTreeInsertColour(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    node->colour = CL_RBTREE_RED;
    while (node->parent && node->parent->colour == CL_RBTREE_RED) {
        ClRbTreeT *parent = node->parent, *grand = parent->parent;
        int is_left = parent == grand->left;
        ClRbTreeT *uncle = is_left ? grand->right : grand->left;

        if (uncle && uncle->colour == CL_RBTREE_RED) {
            parent->colour = uncle->colour = CL_RBTREE_BLACK;
            grand->colour = CL_RBTREE_RED;
            node = grand;
            continue;
        }
        if (is_left && node == parent->right) {
            clRbTreeRotateLeft(tree, parent);
            parent = node;
        } else if (!is_left && node == parent->left) {
            clRbTreeRotateRight(tree, parent);
            parent = node;
        }
        parent->colour = CL_RBTREE_BLACK;
        grand->colour = CL_RBTREE_RED;
        if (is_left)
            clRbTreeRotateRight(tree, grand);
        else
            clRbTreeRotateLeft(tree, grand);
        break;
    }
    tree->root->colour = CL_RBTREE_BLACK;
}

/* Add a node; equal ones go to the left. CL_OK also when it is in the tree already. */
static inline ClRcT clRbTreeInsert(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    ClRbTreeT **link = &tree->root, *parent = NULL;

    if (node->flags & CL_RBTREE_INSERTED)
        return CL_OK;
    while (*link) {
        parent = *link;
        link = tree->compare(node, parent) <= 0 ? &parent->left : &parent->right;
    }
    node->left = node->right = NULL;
    node->parent = parent;
    node->flags = CL_RBTREE_INSERTED;
    *link = node;
    clRbTreeInsertColour(tree, node);
    tree->nodes++;
    return CL_OK;
}

static inline int clRbTreeIsBlack(const ClRbTreeT *node)
{
    return !node || node->colour == CL_RBTREE_BLACK;
}

/* One black node is missing on the way to node, which may be NULL, below parent. */
static inline void clRbTreeDeleteColour(ClRbTreeRootT *tree, ClRbTreeT *node,
                                        ClRbTreeT *parent)
{
    while (node != tree->root && clRbTreeIsBlack(node)) {
        int is_left = node == parent->left;
        ClRbTreeT *other = is_left ? parent->right : parent->left, *near_, *far_;

        if (other->colour == CL_RBTREE_RED) {
            other->colour = CL_RBTREE_BLACK;
            parent->colour = CL_RBTREE_RED;
            if (is_left)
                clRbTreeRotateLeft(tree, parent);
            else
                clRbTreeRotateRight(tree, parent);
            other = is_left ? parent->right : parent->left;
        }
        near_ = is_left ? other->left : other->right;
        far_ = is_left ? other->right : other->left;
        if (clRbTreeIsBlack(near_) && clRbTreeIsBlack(far_)) {
            other->colour = CL_RBTREE_RED;
            node = parent;
            parent = node->parent;
            continue;
        }
        if (clRbTreeIsBlack(far_)) {
            near_->colour = CL_RBTREE_BLACK;
            other->colour = CL_RBTREE_RED;
            if (is_left)
                clRbTreeRotateRight(tree, other);
            else
                clRbTreeRotateLeft(tree, other);
            far_ = other;
            other = near_;
        }
        other->colour = parent->colour;
        parent->colour = far_->colour = CL_RBTREE_BLACK;
        if (is_left)
            clRbTreeRotateLeft(tree, parent);
        else
            clRbTreeRotateRight(tree, parent);
        node = tree->root;
    }
    if (node)
        node->colour = CL_RBTREE_BLACK;
}

/* Unlink a node that is in the tree. */
static inline void __clRbTreeDelete(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    ClRbTreeT *child, *parent = node->parent;
    ClUint32T colour = node->colour;

    if (node->left && node->right) {
        ClRbTreeT *next = clRbTreeNext(tree, node);

        child = next->right;
        colour = next->colour;
        parent = next;
        if (next != node->right) {
            parent = next->parent;
            clRbTreeReplace(tree, next, child);
            next->right = node->right;
            next->right->parent = next;
        }
        clRbTreeReplace(tree, node, next);
        next->left = node->left;
        next->left->parent = next;
        next->colour = node->colour;
    } else {
        child = node->left ? node->left : node->right;
        clRbTreeReplace(tree, node, child);
    }
    if (colour == CL_RBTREE_BLACK)
        clRbTreeDeleteColour(tree, child, parent);
}

/* Remove a node; CL_OK also when it is in no tree. */
static inline ClRcT clRbTreeDelete(ClRbTreeRootT *tree, ClRbTreeT *node)
{
    if (!(node->flags & CL_RBTREE_INSERTED))
        return CL_OK;
    __clRbTreeDelete(tree, node);
    node->left = node->right = node->parent = NULL;
    node->flags = CL_RBTREE_DELETED;
    tree->nodes--;
    return CL_OK;
}

#ifdef __cplusplus
}
#endif

#endif
