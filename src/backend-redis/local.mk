# SPDX-License-Identifier: Apache-2.0
# The store on Redis: defines every store_* function of src/shim/store.h.
noinst_LTLIBRARIES += libbackend-redis.la
libbackend_redis_la_SOURCES = \
	%D%/rds_batch.c %D%/rds_batch.h \
	%D%/rds_cache.c %D%/rds_cache.h \
	%D%/rds_call.c %D%/rds_call.h %D%/rds_call_once.h %D%/rds_call_run.c \
	%D%/rds_ckpt.c %D%/rds_ckpt.h %D%/rds_ckpt_open.c \
	%D%/rds_client.c %D%/rds_client.h \
	%D%/rds_cluster.c %D%/rds_cluster.h \
	%D%/rds_conn.c %D%/rds_conn.h \
	%D%/rds_dial.c %D%/rds_dial.h \
	%D%/rds_durable.c %D%/rds_durable.h %D%/rds_durable_in.h \
	%D%/rds_durable_connect.c %D%/rds_durable_round.c \
	%D%/rds_feed.c %D%/rds_feed.h %D%/rds_feed_in.h %D%/rds_feed_deliver.c %D%/rds_feed_thread.c \
	%D%/rds_feed_entry.c %D%/rds_feed_entry.h \
	%D%/rds_holders.c %D%/rds_holders.h \
	%D%/rds_io.c %D%/rds_io.h \
	%D%/rds_iter.c \
	%D%/rds_kept.c %D%/rds_kept.h \
	%D%/rds_key.c %D%/rds_key.h \
	%D%/rds_keyring.c %D%/rds_keyring.h \
	%D%/rds_lease.c %D%/rds_lease.h \
	%D%/rds_large.c %D%/rds_large.h %D%/rds_read.c \
	%D%/rds_master.c %D%/rds_master.h \
	%D%/rds_orphans.c %D%/rds_orphans.h \
	%D%/rds_lineage.c %D%/rds_lineage.h \
	%D%/rds_owner.c %D%/rds_owner.h \
	%D%/rds_replicas.c %D%/rds_replicas.h \
	%D%/rds_repair.c %D%/rds_repair.h \
	%D%/rds_reply.c %D%/rds_reply.h \
	%D%/rds_req.c %D%/rds_req.h \
	%D%/rds_script.c %D%/rds_script.h \
	%D%/rds_seal.c %D%/rds_seal.h \
	%D%/rds_section.c \
	%D%/rds_sentinel.c %D%/rds_sentinel.h \
	%D%/rds_session.c %D%/rds_session.h \
	%D%/rds_shard.c %D%/rds_shard.h \
	%D%/rds_slot.c %D%/rds_slot.h \
	%D%/rds_slot_map.c %D%/rds_slot_map.h \
	%D%/rds_splice.c %D%/rds_splice.h \
	%D%/rds_stats.c %D%/rds_stats.h \
	%D%/rds_sync.c \
	%D%/rds_talk.c %D%/rds_talk.h \
	%D%/rds_tls.c %D%/rds_tls.h \
	%D%/rds_tls_trust.c %D%/rds_tls_trust.h \
	%D%/rds_track.c %D%/rds_track.h \
	%D%/rds_tree.c %D%/rds_tree.h \
	%D%/rds_url.c %D%/rds_url.h \
	%D%/rds_vector.c %D%/rds_vector.h \
	%D%/rds_vote.c %D%/rds_vote.h \
	%D%/rds_wait.c %D%/rds_wait.h \
	%D%/rds_watcher.c %D%/rds_watcher.h \
	%D%/rds_worker.c %D%/rds_worker.h
nodist_libbackend_redis_la_SOURCES = %D%/rds_lua.inc
libbackend_redis_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir)/src $(HIREDIS_CFLAGS) $(OPENSSL_CFLAGS)
libbackend_redis_la_LIBADD = libbase.la $(HIREDIS_LIBS) $(OPENSSL_LIBS)

# One file per script, common.lua before each.
RDS_LUA = %D%/common.lua \
	%D%/ckpt_active.lua %D%/ckpt_close.lua %D%/ckpt_look.lua %D%/ckpt_open.lua \
	%D%/ckpt_reap.lua %D%/ckpt_rejoin.lua %D%/ckpt_retain.lua %D%/ckpt_status.lua \
	%D%/ckpt_touch.lua %D%/ckpt_unlink.lua %D%/proc_beat.lua \
	%D%/section_again.lua %D%/section_check.lua %D%/section_create.lua %D%/section_delete.lua \
	%D%/section_describe.lua %D%/section_expire.lua %D%/section_guard.lua %D%/section_number.lua \
	%D%/section_page.lua %D%/section_swap.lua %D%/section_sweep.lua %D%/section_tidy.lua %D%/section_write.lua
EXTRA_DIST += $(RDS_LUA) %D%/embed.awk
BUILT_SOURCES += %D%/rds_lua.inc
CLEANFILES += %D%/rds_lua.inc
%D%/rds_lua.inc: $(RDS_LUA) %D%/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(AWK) -f $(srcdir)/%D%/embed.awk \
		`for f in $(RDS_LUA); do test -f $$f && echo $$f || echo $(srcdir)/$$f; done` >$@.tmp && mv $@.tmp $@
$(libbackend_redis_la_OBJECTS): %D%/rds_lua.inc
