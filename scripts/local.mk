# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/deps %D%/build %D%/package %D%/test %D%/lint %D%/demo %D%/demo-sentinel %D%/cppcheck-suppressions %D%/cppcheck.cfg .clang-tidy .clang-format

# Static analysis with the very flags of this build, two files at a time.
.PHONY: tidy
tidy: $(BUILT_SOURCES)
	find $(abs_top_srcdir)/src $(abs_top_srcdir)/bench -name '*.c' | sort | \
	xargs -P2 -n4 sh -c 'clang-tidy --quiet "$$@" -- $(DEFS) -I. -Isrc -I$(abs_top_srcdir) \
		$(AM_CPPFLAGS) $(CLV_LIB_CFLAGS) $(XML2_CFLAGS) $(UV_CFLAGS) $(CPPFLAGS) \
		-std=gnu11 2>/dev/null' clang-tidy
