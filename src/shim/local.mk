# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libshim.la
libshim_la_SOURCES = %D%/status.h %D%/store.h
