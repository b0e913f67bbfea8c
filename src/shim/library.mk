# SPDX-License-Identifier: Apache-2.0
# The file-based checkpoint library.
noinst_LTLIBRARIES += libckptlib.la
libckptlib_la_SOURCES = \
	%D%/lib_ckpt.h %D%/lib_service.c %D%/lib_dataset.c %D%/lib_read.c %D%/lib_meta.c \
	%D%/lib_db.h %D%/lib_db.c %D%/lib_db_redis.c %D%/lib_db_sqlite.c
libckptlib_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
