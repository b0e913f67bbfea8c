# SPDX-License-Identifier: Apache-2.0
# The API: argument rules, handles, callbacks, error mapping. Knows store.h, never Redis.
noinst_LTLIBRARIES += libshim.la
libshim_la_SOURCES = %D%/status.h %D%/store.h \
	%D%/handle.h %D%/handle.c %D%/dispatch.h %D%/dispatch.c \
	%D%/registry.h %D%/registry.c

include %D%/platform.mk
