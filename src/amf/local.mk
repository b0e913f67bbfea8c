# SPDX-License-Identifier: Apache-2.0
# The engine and the model are pure and serve the daemon, the tools and the tests;
# the client goes into the library; the wire protocol is shared by both sides.
noinst_LTLIBRARIES += libamf-proto.la
libamf_proto_la_SOURCES = %D%/amf_proto.h %D%/amf_proto.c
libamf_proto_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_proto_la_LIBADD = $(JANSSON_LIBS)

include %D%/model.mk
include %D%/engine.mk
include %D%/daemon.mk
include %D%/client.mk
