/* SPDX-License-Identifier: Apache-2.0 */
/* Names that carry a version. */
#ifndef CLOVIS_CL_VERSION_H
#define CLOVIS_CL_VERSION_H

#define VDECL_VER(symbol, release, major, minor) symbol##_##release##_##major##_##minor
#define VDECL(symbol) VDECL_VER(symbol, 4, 0, 0)

#endif
