# SPDX-License-Identifier: Apache-2.0
# The Debian packages are built from the distributed tree, too: scripts/package.
EXTRA_DIST += \
	%D%/changelog %D%/clovis-amf.clovis-amfd.service %D%/clovis-amf.install \
	%D%/clovis-tools.docs %D%/clovis-tools.install %D%/control %D%/copyright %D%/libclovis-dev.docs \
	%D%/libclovis-dev.examples %D%/libclovis-dev.install \
	%D%/libclovis-dev.lintian-overrides %D%/libclovis1.install %D%/libclovis1.symbols \
	%D%/not-installed %D%/rules %D%/source/format
