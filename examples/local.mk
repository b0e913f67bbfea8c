# SPDX-License-Identifier: Apache-2.0
# Examples see the public headers and the library only. The models name the programs
# relative to ASP_BINDIR, which is this directory of the build tree.
EXAMPLE_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include/clovis

noinst_PROGRAMS += examples/counter-gen1/counter examples/counter-saf/counter
examples_counter_gen1_counter_SOURCES = %D%/counter-gen1/counter.c
examples_counter_gen1_counter_CPPFLAGS = $(EXAMPLE_CPPFLAGS)
examples_counter_gen1_counter_LDADD = libclovis-main.a libclovis.la
examples_counter_saf_counter_SOURCES = %D%/counter-saf/counter.c
examples_counter_saf_counter_CPPFLAGS = $(EXAMPLE_CPPFLAGS)
examples_counter_saf_counter_LDADD = libclovis.la

EXTRA_DIST += \
	%D%/counter-gen1/model/clAmfConfig.xml %D%/counter-gen1/model/clAmfDefinitions.xml \
	%D%/counter-saf/model/clAmfConfig.xml %D%/counter-saf/model/clAmfDefinitions.xml

# Old source trees with their old makefiles: built out of this tree by tests/legacy.sh.
EXTRA_DIST += \
	%D%/legacy-model/clAmfConfig.xml %D%/legacy-model/clAmfDefinitions.xml \
	%D%/legacy-gen1/Makefile %D%/legacy-gen1/ev/Makefile %D%/legacy-gen1/ev/ev.c \
	%D%/legacy-gen1/ev/ev.h %D%/legacy-gen1/counter/Makefile \
	%D%/legacy-gen1/counter/clCompAppMain.c \
	%D%/legacy-gen2/Makefile %D%/legacy-gen2/counter/Makefile \
	%D%/legacy-gen2/counter/clCompAppMain.c \
	%D%/legacy-gen3/Makefile %D%/legacy-gen3/counter/Makefile \
	%D%/legacy-gen3/counter/checkpoint.cxx %D%/legacy-gen3/counter/checkpoint.h \
	%D%/legacy-gen3/counter/main.c
