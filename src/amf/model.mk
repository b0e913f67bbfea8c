# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-model.la
libamf_model_la_SOURCES = %D%/amf_model.h %D%/amf_model.c %D%/amf_config.c \
	%D%/amf_load.h %D%/amf_load.c %D%/amf_xml.h %D%/amf_xml.c \
	%D%/amf_text.h %D%/amf_text.c %D%/amf_field.h %D%/amf_field.c \
	%D%/amf_types.h %D%/amf_types.c %D%/amf_instances.h %D%/amf_instances.c \
	%D%/amf_relations.c
libamf_model_la_CPPFLAGS = $(AM_CPPFLAGS) $(XML2_CFLAGS)
libamf_model_la_LIBADD = libbase.la $(XML2_LIBS)
