# SPDX-License-Identifier: Apache-2.0
# What old makefiles look for: the library names of the legacy platform, its make rules,
# and clovis-config.
bin_SCRIPTS += sdk/clovis-config
dist_man_MANS += %D%/clovis-config.1
clovis_mkdir = $(datadir)/clovis/mk
dist_clovis_mk_DATA = \
	%D%/mk/clovis-paths.mk %D%/mk/clovis-rules.mk %D%/mk/make-client.mk \
	%D%/mk/make-config.mk %D%/mk/make-server.mk %D%/mk/make-subdir.mk %D%/mk/preface.mk
EXTRA_DIST += %D%/link-names.txt
dist_noinst_SCRIPTS += %D%/link-names.sh

LINK_NAMES = '$(srcdir)/%D%/link-names.txt' '$(libdir)' '$(includedir)' '$(AR)' '$(DESTDIR)'

.PHONY: install-link-names uninstall-link-names install-mk-links uninstall-mk-links
install-exec-hook: install-link-names
install-link-names:
	$(SHELL) '$(srcdir)/%D%/link-names.sh' $(LINK_NAMES)
uninstall-hook: uninstall-link-names uninstall-mk-links
uninstall-link-names:
	$(SHELL) '$(srcdir)/%D%/link-names.sh' --remove $(LINK_NAMES)

# makefiles include $(CLOVIS_ROOT)/ASP/mk/..., 6.x $(CLOVIS_ROOT)/SAFplus/mk/...
install-data-hook: install-mk-links
install-mk-links:
	$(MKDIR_P) '$(DESTDIR)$(datadir)/clovis/ASP' '$(DESTDIR)$(datadir)/clovis/SAFplus'
	cd '$(DESTDIR)$(datadir)/clovis' && ln -sfn ../mk ASP/mk && ln -sfn ../mk SAFplus/mk
uninstall-mk-links:
	rm -f '$(DESTDIR)$(datadir)/clovis/ASP/mk' '$(DESTDIR)$(datadir)/clovis/SAFplus/mk'
	-cd '$(DESTDIR)$(datadir)/clovis' && rmdir ASP SAFplus mk
	-rmdir '$(DESTDIR)$(datadir)/clovis'
