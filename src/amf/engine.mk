# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-engine.la
libamf_engine_la_SOURCES = %D%/amf_engine.h
libamf_engine_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_engine_la_LIBADD = libamf-model.la $(JANSSON_LIBS)
