/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file-based checkpoint library: checkpoints made of data sets, which callbacks of
 * the program turn into bytes and back. A service has a database of its own, which
 * remembers checkpoints and data sets over a restart, and one for each checkpoint.
 *
 * One recursive lock per service is held while callbacks run, so that they may call the
 * library again; what a callback works on cannot be taken from under it (lib_ckpt.busy),
 * and data sets are looked up again after it.
 */
#ifndef CLV_LIB_CKPT_H
#define CLV_LIB_CKPT_H

#include <pthread.h>

#include <clCkptErrors.h>
#include <clCkptExtApi.h>

#include "shim/lib_db.h"

/* Callbacks for each version of the program's data. */
struct lib_table {
    ClCkptDataSetCallbackT *row; /* owned; NULL: not registered since the start */
    ClUint32T n;
};

struct lib_set {
    struct lib_set *next;
    ClUint32T id, group, order;
    struct lib_table data, element;
};

struct lib_ckpt {
    struct lib_ckpt *next;
    struct lib_db *db; /* owned; NULL: known from before, not opened yet */
    struct lib_set *sets;
    unsigned int busy; /* callbacks that run for it */
    char name[];       /* as given, with its directory */
};

struct lib_service {
    struct lib_place place;
    pthread_mutex_t lock; /* recursive; guards what follows */
    struct lib_db *own;
    struct lib_ckpt *ckpts;
};

#define LIB_RC(code) CL_RC(CL_CID_CKPT, code)
#define LIB_UNKNOWN_CKPT CL_RC(CL_CID_CNT, CL_ERR_NOT_EXIST)

/* What the database said, as a code of the database layer. */
ClRcT lib_db_rc(enum store_status st);

/* The service, pinned and locked until lib_leave(); name is only tested for NULL. */
ClRcT lib_enter(ClCkptSvcHdlT h, const void *name, struct lib_service **out);
void lib_leave(ClCkptSvcHdlT h, struct lib_service *s);

/* By the part of the name after the last '/'; NULL: not known. */
struct lib_ckpt *lib_ckpt_find(struct lib_service *s, const ClNameT *name);
struct lib_set *lib_set_find(const struct lib_ckpt *c, ClUint32T id);

void lib_set_free(struct lib_set *set);

/* The data set that a call works on: the lock is held until lib_set_leave(). */
struct lib_at_set {
    ClCkptSvcHdlT handle;
    struct lib_service *service;
    struct lib_ckpt *ckpt;
    struct lib_set *set;
};

ClRcT lib_set_enter(ClCkptSvcHdlT h, const ClNameT *name, ClUint32T id,
                    struct lib_at_set *at);
void lib_set_leave(struct lib_at_set *at);

/* Whether the checkpoint's database was opened since the start. */
ClRcT lib_db_check(const struct lib_ckpt *c);

ClRcT lib_table_find(const struct lib_table *table, ClVersionT version,
                     ClCkptDataSetCallbackT *out);

/*
 * A record's key is the data set's id, high byte first, then LIB_KEY_ELEMENT and the
 * element's key, or only LIB_KEY_SET for the data set itself: so a walk in the order of
 * the keys meets the elements first, and ends with the data set. A record's value is what
 * the serialiser gave, and after it the version in four bytes, high byte first.
 */
enum { LIB_KEY_BYTES = 5, LIB_TRAILER_BYTES = 4, LIB_KEY_ELEMENT = 0, LIB_KEY_SET = 1 };

struct clv_bytes lib_set_key(unsigned char key[LIB_KEY_BYTES], ClUint32T id, int kind);

/* Write what is known of checkpoints and data sets to the service's own database, and
 * read it again; the checkpoints read are not open. */
ClRcT lib_meta_save(struct lib_service *s);
ClRcT lib_meta_load(struct lib_service *s);

#endif
