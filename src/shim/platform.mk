# SPDX-License-Identifier: Apache-2.0
# The AMF API, the execution object and the platform layer around them.
noinst_LTLIBRARIES += libplat.la
libplat_la_SOURCES = \
	%D%/cpm_answer.c %D%/cpm_comp.c %D%/cpm_comp.h %D%/cpm_csi.c %D%/cpm_csi.h \
	%D%/cpm_fault.c %D%/cpm_group.c %D%/cpm_group.h %D%/cpm_name.h %D%/cpm_node.c \
	%D%/cpm_order.c %D%/cpm_order.h %D%/cpm_pending.c %D%/cpm_pending.h \
	%D%/cpm_query.c %D%/cpm_register.c %D%/cpm_service.c %D%/cpm_service.h \
	%D%/cpm_target.c %D%/cpm_updown.c %D%/cpm_updown.h %D%/cpm_where.c \
	%D%/mgmt.h %D%/mgmt_entity.c %D%/mgmt_link.c %D%/mgmt_config.h %D%/mgmt_config.c %D%/mgmt_ccb.c %D%/mgmt_user_data.c %D%/mgmt_list.c %D%/mgmt_ops.c \
	%D%/eo_config.c %D%/eo_main.c %D%/eo_object.c %D%/eo_process.c %D%/eo_process.h \
	%D%/plat_debug.c %D%/plat_handle.h %D%/plat_heap.c %D%/plat_log.c %D%/plat_log.h \
	%D%/plat_log_console.c %D%/plat_log_file.c %D%/plat_log_line.c \
	%D%/plat_log_stream.c %D%/plat_name.c %D%/plat_osal.c %D%/plat_saf.c %D%/plat_taskpool.c %D%/plat_timer.c %D%/plat_version.c \
	%D%/saf_amf.c
libplat_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libplat_la_LIBADD = libamf-client.la $(JANSSON_LIBS)

# main() for programs that bring none; alone in its archive.
lib_LIBRARIES += libclovis-main.a
libclovis_main_a_SOURCES = %D%/main_gen1.c
