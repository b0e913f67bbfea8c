# SPDX-License-Identifier: Apache-2.0
# clovis(1): the frame, and one file for each command.
noinst_LTLIBRARIES += libamf-check.la
libamf_check_la_SOURCES = %D%/model_findings.h %D%/model_findings.c \
	%D%/model_plan.h %D%/model_plan.c %D%/model_plan_print.c \
	%D%/model_dot.h %D%/model_dot.c
libamf_check_la_LIBADD = libamf-model.la

bin_PROGRAMS += clovis
clovis_SOURCES = %D%/clovis.c %D%/command.h %D%/command.c \
	%D%/cmd_amf.h %D%/cmd_amf_table.c %D%/cmd_amf_check.c %D%/model_json.h %D%/model_json.c \
	%D%/operator.h %D%/operator.c %D%/operator_options.c %D%/operator_codes.c \
	%D%/entity_name.h %D%/entity_name.c %D%/text_table.h %D%/text_table.c \
	%D%/entity_hint.h %D%/entity_hint.c %D%/similar.h %D%/similar.c %D%/status_rows.c \
	%D%/status_json.h %D%/status_json.c %D%/status_problems.c \
	%D%/status_view.h %D%/status_view.c %D%/event_print.h %D%/event_print.c \
	%D%/cmd_amf_status.c %D%/cmd_amf_admin.h %D%/cmd_amf_admin.c %D%/cmd_amf_node.c \
	%D%/cmd_amf_watch.c %D%/cmd_amf_simulate.c %D%/cmd_amf_events.c \
	%D%/cmd_amf_tree.c %D%/cmd_amf_replay.c %D%/cmd_amf_fault.c %D%/cmd_amf_config.c \
	%D%/cmd_amf_find.c %D%/cmd_amf_track.c %D%/cmd_amf_log.h %D%/cmd_amf_log.c \
	%D%/cmd_amf_console.h %D%/cmd_amf_console.c \
	%D%/store_link.h %D%/store_link.c %D%/cmd_store.h %D%/cmd_store.c \
	%D%/cmd_guard.c %D%/cmd_doctor.c %D%/doctor.h %D%/doctor_report.c \
	%D%/doctor_servers.c %D%/doctor_state.c %D%/doctor_settings.c %D%/doctor_sizes.c \
	%D%/doctor_tls.c %D%/doctor_members.c %D%/doctor_rights.c %D%/doctor_sentinels.c
nodist_clovis_SOURCES = %D%/doctor_users.inc
clovis_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)/src $(CLV_LIB_CFLAGS)
clovis_LDADD = libbench.la libamf-check.la libclovis.la libamf-sim.la libamf-record.la \
	libamf-model.la libamf-proto.la libbackend-redis.la libbase.la $(CLV_LIB_LIBS)

# The rights that clovis doctor looks for are those of the shipped file.
BUILT_SOURCES += %D%/doctor_users.inc
CLEANFILES += %D%/doctor_users.inc
%D%/doctor_users.inc: doc/users.acl
	$(AM_V_GEN)$(MKDIR_P) %D% && { echo 'static const char users_acl[] =' && \
		$(SED) 's/[\\"]/\\&/g; s/.*/    "&\\n"/' $(srcdir)/doc/users.acl && echo ';'; } >$@.tmp && mv $@.tmp $@
$(clovis_OBJECTS): %D%/doctor_users.inc

dist_man_MANS += %D%/clovis.1 %D%/clovis.conf.5

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/completions/clovis %D%/completions/clovis-amfd
