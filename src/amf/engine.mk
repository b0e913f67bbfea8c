# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-engine.la
libamf_engine_la_SOURCES = %D%/amf_engine.h %D%/amf_state.h %D%/amf_engine.c \
	%D%/amf_order.c %D%/amf_view.c %D%/amf_comp_fsm.c %D%/amf_work.c %D%/amf_issue.c \
	%D%/amf_place.c %D%/amf_assign.c %D%/amf_recovery.c %D%/amf_admin.c \
	%D%/amf_dump.c %D%/amf_undump.c %D%/amf_check.c
libamf_engine_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_engine_la_LIBADD = libamf-model.la $(JANSSON_LIBS)

# The engine in a world of its own: clovis amf simulate, and the engine's tests.
noinst_LTLIBRARIES += libamf-sim.la
libamf_sim_la_SOURCES = %D%/amf_world.h %D%/amf_world.c %D%/amf_sim.h %D%/amf_sim.c
libamf_sim_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_sim_la_LIBADD = libamf-engine.la $(JANSSON_LIBS)
