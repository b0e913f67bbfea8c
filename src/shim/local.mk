# SPDX-License-Identifier: Apache-2.0
# The API: argument rules, handles, callbacks, error mapping. Knows store.h, never Redis.
noinst_LTLIBRARIES += libshim.la
libshim_la_SOURCES = %D%/status.h %D%/store.h \
	%D%/handle.h %D%/handle.c %D%/children.h %D%/children.c \
	%D%/dispatch.h %D%/dispatch.c %D%/errmap.h %D%/errmap.c \
	%D%/registry.h %D%/registry.c %D%/rules.h %D%/rules.c \
	%D%/ckpt.h %D%/ckpt_service.c %D%/ckpt_checkpoint.c %D%/ckpt_completion.c \
	%D%/ckpt_open_async.c %D%/ckpt_section.c %D%/ckpt_io.c %D%/ckpt_iter.c \
	%D%/ckpt_sync.c %D%/clovis_ext.c %D%/ckpt_notify.c %D%/ckpt_ext.c %D%/ckpt_all.c %D%/saf_ckpt.c

include %D%/platform.mk
include %D%/library.mk

# The library proper: the same objects, and only the published names.
lib_LTLIBRARIES += libclovis.la
libclovis_la_SOURCES =
# libbase.la comes inside libbackend-redis.la
libclovis_la_LIBADD = libshim.la libplat.la libckptlib.la libbackend-redis.la $(CLV_LIB_LIBS)
libclovis_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 -no-undefined
if HAVE_VERSION_SCRIPT
libclovis_la_LDFLAGS += -Wl,--version-script=$(srcdir)/%D%/libclovis.map
endif
EXTRA_libclovis_la_DEPENDENCIES = %D%/libclovis.map
EXTRA_DIST += %D%/libclovis.map
