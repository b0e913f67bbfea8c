# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamfd.la
libamfd_la_SOURCES = \
	%D%/amf_must.h \
	%D%/amf_settings.h %D%/amf_settings.c \
	%D%/amf_timers.h %D%/amf_timers.c \
	%D%/amf_health.h %D%/amf_health.c \
	%D%/amf_pending.h %D%/amf_pending.c \
	%D%/amf_pg.h %D%/amf_pg.c %D%/amf_trace.h %D%/amf_trace.c \
	%D%/amf_history.h %D%/amf_history.c \
	%D%/amf_process.h %D%/amf_process.c \
	%D%/amf_launch.h %D%/amf_launch.c \
	%D%/amf_supervisor.h %D%/amf_supervisor.c \
	%D%/amf_peer.h %D%/amf_peer.c \
	%D%/amf_daemon.h %D%/amf_daemon.c \
	%D%/amf_orders.c %D%/amf_component_in.h %D%/amf_component.c %D%/amf_component_join.c \
	%D%/amf_component_say.c %D%/amf_operator.c %D%/amf_query.c %D%/amf_query_list.c %D%/amf_ccb.c %D%/amf_user_data.c %D%/amf_updown.c %D%/amf_server.c \
	%D%/amf_restore.c %D%/amf_keep.c %D%/amf_stop.c \
	%D%/amf_log.h %D%/amf_log.c %D%/amf_log_in.h %D%/amf_log_notice.c %D%/amf_log_reader.c \
	%D%/amf_log_writer.c %D%/amf_log_store.h %D%/amf_log_store.c \
	%D%/amf_log_probe.h %D%/amf_log_probe.c %D%/amf_ahead.h %D%/amf_ahead.c \
	%D%/amf_cluster.h %D%/amf_cluster_in.h %D%/amf_cluster.c %D%/amf_cluster_members.c \
	%D%/amf_cluster_state.c %D%/amf_cluster_read.c %D%/amf_cluster_lead.c \
	%D%/amf_cluster_order.c %D%/amf_cluster_ahead_in.h %D%/amf_cluster_ahead.c %D%/amf_cluster_handin.c
libamfd_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(UV_CFLAGS) $(HIREDIS_CFLAGS)
libamfd_la_LIBADD = libbackend-redis.la libamf-record.la libamf-engine.la libamf-model.la libamf-proto.la libbase.la \
	$(JANSSON_LIBS) $(UV_LIBS)

sbin_PROGRAMS += clovis-amfd
clovis_amfd_SOURCES = %D%/clovis-amfd.c
clovis_amfd_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(UV_CFLAGS)
clovis_amfd_LDADD = libamfd.la
dist_man_MANS += %D%/clovis-amfd.8
