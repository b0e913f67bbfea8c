/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contract rows, run three times: Cl names, SA names with B.01.01, SA names with
 * B.02.02. Each t_ function makes the call of the family under test; a row states
 * the CL_ERR_ code wanted, which stands for its SA counterpart under SA names.
 */
#ifndef CKPT_CASE_H
#define CKPT_CASE_H

#include <criterion/criterion.h>

#include <clCkptApi.h>
#include <clCkptErrors.h>
#include <clCkptExtApi.h>
#include <clCkptIpi.h>
#include <saCkpt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WR CL_CKPT_WR_ACTIVE_REPLICA
#define R CL_CKPT_CHECKPOINT_READ
#define W CL_CKPT_CHECKPOINT_WRITE
#define C CL_CKPT_CHECKPOINT_CREATE
#define RWC (R | W | C)
#define DAY_NS INT64_C(86400000000000)

struct variant {
    const char *name;
    bool sa, b02;
};

/* The variant under test. */
extern struct variant v;

/* What is below the API: a store in memory or a real server; ckpt_world_*.c. */
void world_begin(void);
void world_end(void);
void world_close(void);
/* Wait until the library's own thread has nothing to do. */
void world_drain(void);

/* The service of the body that runs, and its life. */
extern ClHandleT svc;
void begin(void);
void end(void);

typedef ClCkptCheckpointCreationAttributesT attrs_t;
typedef ClCkptSectionIdT id_t_;

/* ---- one row, one assertion ---------------------------------------------- */

unsigned int sa_of(unsigned int cl);
void row_at(int line, const char *id, unsigned int got, unsigned int want);

/* The answer of the family under test. */
#define ROW(id, got, want) row_at(__LINE__, id, got, CL_ERR_##want)
#define ROW_OK(id, got) row_at(__LINE__, id, got, CL_OK)
#define END CL_CKPT_ERR_NO_SECTIONS
#define ROW_END(id, got) row_at(__LINE__, id, got, END)
#define OK(got) row_at(__LINE__, "(setting up)", got, CL_OK)

/* Any other fact that a row states. */
#define FACT(id, cond)                                                                   \
    cr_expect(cond, "row %s, %s, line %d: %s", id, v.name, __LINE__, #cond)

/* ---- names, ids, attributes ---------------------------------------------- */

/* A name that no other variant uses; borrowed until the fourth call after. */
const ClNameT *nm(const char *text);
/* Without the NUL; borrowed until the 64th call after. */
const id_t_ *sid(const char *text);
attrs_t attrs(ClCkptCreationFlagsT flags, ClUint32T max_sections, ClSizeT max_size);

/* ---- calls --------------------------------------------------------------- */

unsigned int t_init(ClHandleT *service,
                    void (*opened)(ClInvocationT, ClHandleT, unsigned int),
                    void (*synced)(ClInvocationT, unsigned int));
unsigned int t_fini(ClHandleT service);
unsigned int t_fd(ClHandleT service, ClSelectionObjectT *fd);
unsigned int t_dispatch(ClHandleT service, int flags);
unsigned int t_open(ClHandleT service, const ClNameT *name, const attrs_t *a,
                    ClUint32T flags, ClHandleT *out);
unsigned int t_open_async(ClHandleT service, ClInvocationT inv, const ClNameT *name,
                          const attrs_t *a, ClUint32T flags);
unsigned int t_close(ClHandleT h);
unsigned int t_delete(ClHandleT service, const ClNameT *name);
unsigned int t_retention(ClHandleT h, ClTimeT t);
unsigned int t_active(ClHandleT h);
unsigned int t_status(ClHandleT h, ClCkptCheckpointDescriptorT *d);
unsigned int t_create(ClHandleT h, ClCkptSectionCreationAttributesT *a, const void *data,
                      ClSizeT size);
unsigned int t_section_delete(ClHandleT h, const id_t_ *id);
unsigned int t_expire(ClHandleT h, const id_t_ *id, ClTimeT t);
unsigned int t_overwrite(ClHandleT h, const id_t_ *id, const void *data, ClSizeT size);
unsigned int t_iter(ClHandleT h, int chosen, ClTimeT t, ClHandleT *out);
unsigned int t_next(ClHandleT it, ClCkptSectionDescriptorT *d);
unsigned int t_iter_end(ClHandleT it);
unsigned int t_write(ClHandleT h, const ClCkptIOVectorElementT *vec, ClUint32T n,
                     ClUint32T *bad);
unsigned int t_read(ClHandleT h, ClCkptIOVectorElementT *vec, ClUint32T n,
                    ClUint32T *bad);
unsigned int t_sync(ClHandleT h, ClTimeT timeout);
unsigned int t_sync_async(ClHandleT h, ClInvocationT inv);

/* ---- made of calls ------------------------------------------------------- */

/* A new checkpoint; asserts. */
ClHandleT opened(ClHandleT service, const char *name, ClCkptCreationFlagsT flags,
                 ClUint32T max_sections, ClSizeT max_size, ClUint32T open_flags);
unsigned int add(ClHandleT h, const char *id, const char *data);
unsigned int add_until(ClHandleT h, const char *id, ClTimeT end);
unsigned int put(ClHandleT h, const char *id, const char *data);
/* The content as text; "?" when it cannot be read. Borrowed until the next call. */
const char *content(ClHandleT h, const char *id);
ClCkptIOVectorElementT piece(const char *id, const char *data, ClOffsetT offset);
/* How many sections an iteration of a kind finds; -1: it failed. */
int count_chosen(ClHandleT h, int chosen, ClTimeT t);

/* Run body() for each variant, each in a world of its own. */
void each_variant(void (*body)(void));

#endif
