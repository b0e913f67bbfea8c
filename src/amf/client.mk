# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-client.la
libamf_client_la_SOURCES = src/base/thread.h %D%/amf_client.h %D%/amf_client.c \
	%D%/amf_delivery.h %D%/amf_delivery.c %D%/amf_outbox.h %D%/amf_outbox.c \
	%D%/amf_session.h %D%/amf_session.c
libamf_client_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_client_la_LIBADD = libamf-proto.la $(JANSSON_LIBS)
