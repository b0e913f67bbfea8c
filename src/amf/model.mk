# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-model.la
libamf_model_la_SOURCES = %D%/amf_model.h
libamf_model_la_CPPFLAGS = $(AM_CPPFLAGS) $(XML2_CFLAGS)
libamf_model_la_LIBADD = libbase.la $(XML2_LIBS)
