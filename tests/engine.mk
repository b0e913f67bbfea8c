# SPDX-License-Identifier: Apache-2.0
if WITH_TESTS
check_LTLIBRARIES += libamf-world.la
libamf_world_la_SOURCES = %D%/amf_world.h %D%/amf_story.h %D%/amf_world.c
libamf_world_la_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
libamf_world_la_LIBADD = libamf-engine.la

check_PROGRAMS += tests/test_amf_engine
TESTS += tests/test_amf_engine
tests_test_amf_engine_SOURCES = %D%/test_amf_engine.c
tests_test_amf_engine_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_LDADD = libamf-world.la libamf-engine.la $(CRITERION_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/test_amf_engine_sim
TESTS += tests/test_amf_engine_sim
tests_test_amf_engine_sim_SOURCES = %D%/test_amf_engine_sim.c
tests_test_amf_engine_sim_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_test_amf_engine_sim_LDADD = libamf-world.la libamf-engine.la $(CRITERION_LIBS) $(JANSSON_LIBS)
endif
