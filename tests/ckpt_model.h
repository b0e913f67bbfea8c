/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checkpoint service is supposed to do, in a few arrays: the reference that
 * it_ckpt_model.c compares it with. Each m_ function returns the CL_ERR_ code wanted.
 */
#ifndef CKPT_MODEL_H
#define CKPT_MODEL_H

#include "ckpt_case.h"

enum { M_NAMES = 4, M_SECTIONS = 8, M_DATA = 4096, M_ID = 32, M_VECTOR = 4 };

struct m_section {
    bool used;
    ClUint16T id_len; /* 0: the default section */
    ClUint8T id[M_ID];
    ClSizeT size;
    ClUint8T data[M_DATA];
    bool forever;
};

struct m_instance {
    bool used, unlinked, has_role;
    int refs;
    long generated; /* highest number that was given */
    attrs_t attrs;
    struct m_section sections[M_SECTIONS];
};

struct m_handle {
    bool used;
    ClHandleT real;
    ClUint32T flags;
    bool b02;
    struct m_instance *of;
};

/* An element of a vector, to write or to read. */
struct m_piece {
    ClUint16T id_len;
    ClUint8T id[M_ID];
    ClSizeT size, offset;
    ClUint8T data[M_DATA];
    bool no_buffer;
};

/* When a section ends. */
enum m_end { M_FOREVER, M_LATER, M_NOW, M_PAST };

void m_reset(void);

unsigned int m_open(int name, const attrs_t *create, ClUint32T flags, bool b02,
                    struct m_handle *h);
void m_close(struct m_handle *h);
unsigned int m_unlink(int name);
unsigned int m_retention(struct m_handle *h, ClTimeT t);
unsigned int m_active(struct m_handle *h);
unsigned int m_status(const struct m_handle *h, ClUint32T *sections, ClUint32T *bytes);

/* p->id_len 0: generated; *made is where the id is to be entered. */
unsigned int m_create(struct m_handle *h, const struct m_piece *p, enum m_end end,
                      struct m_section **made);
unsigned int m_delete(struct m_handle *h, const struct m_piece *p);
unsigned int m_expire(struct m_handle *h, const struct m_piece *p, enum m_end end);
unsigned int m_overwrite(struct m_handle *h, const struct m_piece *p);
unsigned int m_write(struct m_handle *h, const struct m_piece *vec, ClUint32T n,
                     ClUint32T *bad);
/* What is read goes to size and data. */
unsigned int m_read(const struct m_handle *h, struct m_piece *vec, ClUint32T n,
                    ClUint32T *bad);
unsigned int m_iterate(const struct m_handle *h);

struct m_section *m_find(const struct m_handle *h, const ClUint8T *id, ClUint16T len);

#endif
