# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-engine.la
libamf_engine_la_SOURCES = %D%/amf_engine.h %D%/amf_state.h %D%/amf_engine.c \
	%D%/amf_look.c %D%/amf_order.c %D%/amf_view.c \
	%D%/amf_comp_fsm_in.h %D%/amf_comp_fsm.c %D%/amf_comp_events.c \
	%D%/amf_asg.c %D%/amf_work.c %D%/amf_issue.c \
	%D%/amf_place.c %D%/amf_assign.c %D%/amf_swap.c %D%/amf_adjust.c %D%/amf_custom.c %D%/amf_recovery.c %D%/amf_admin.c %D%/amf_finish.c \
	%D%/amf_dump.c %D%/amf_dump_text.c %D%/amf_undump.c %D%/amf_check.c \
	%D%/amf_check_assigned.c
libamf_engine_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_engine_la_LIBADD = libamf-model.la $(JANSSON_LIBS)

# The engine in a world of its own: clovis amf simulate, and the engine's tests.
noinst_LTLIBRARIES += libamf-sim.la
libamf_sim_la_SOURCES = %D%/amf_world.h %D%/amf_world.c \
	%D%/amf_world_model.c %D%/amf_world_restart.c %D%/amf_world_twin.c %D%/amf_sim.h %D%/amf_sim.c \
	%D%/amf_sim_custom.h %D%/amf_sim_custom.c
libamf_sim_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_sim_la_LIBADD = libamf-engine.la $(JANSSON_LIBS)

# Recordings of what the engine decided: written by the daemon, read by the tools.
noinst_LTLIBRARIES += libamf-record.la
libamf_record_la_SOURCES = %D%/amf_words.h %D%/amf_words.c \
	%D%/amf_record.h %D%/amf_record.c %D%/amf_must.h \
	%D%/amf_change.h %D%/amf_change.c %D%/amf_overlay.h %D%/amf_overlay.c \
	%D%/amf_cluster_wire.h %D%/amf_cluster_wire.c \
	%D%/amf_state_file.h %D%/amf_state_file.c
libamf_record_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_record_la_LIBADD = libamf-engine.la libbase.la $(JANSSON_LIBS)
