# SPDX-License-Identifier: Apache-2.0
# Included by a makefile that has only SUBDIRS: each target runs in all of them, in order.
.PHONY: all libs exe clean depend images
all libs exe clean depend images:
	@for dir in $(SUBDIRS); do $(MAKE) -C "$$dir" $@ || exit 1; done
