# SPDX-License-Identifier: Apache-2.0
# The rules behind make-server.mk and make-client.mk. The makefile that includes them has
# set what it wants to have built:
#   EXENAME or EXE_NAME, SRC_FILES, CPP_FILES     a program
#   LIB_NAMES, SRC_FILES_<lib>                    libraries of the model
#   ASP_LIBS, THIRDPARTY_LIBS                     archives, libX.a, it is linked with
#   SYS_LIBS, EXTRA_LDFLAGS, EXTRA_LDLIBS         given to the linker as they are
#   EXTRA_CFLAGS, EXTRA_CPPFLAGS                  given to the compiler as they are
# CLOVIS_NAMES=sa is for sources of release 6.1, which pass SaNameT to every call; it is the
# default where SAFPLUS_MODEL_DIR is set.
# S=0 (a static program) is not supported: libclovis is a shared library.
include $(dir $(lastword $(MAKEFILE_LIST)))clovis-paths.mk

EXENAME := $(strip $(or $(EXENAME),$(EXE_NAME)))
CC ?= cc
CXX ?= c++
V ?= 0
QUIET_0 = @
QUIET = $(QUIET_$(V))

CLOVIS_NAMES ?= $(if $(SAFPLUS_MODEL_DIR),sa)
CLOVIS_CPPFLAGS := -D_GNU_SOURCE $(if $(filter sa,$(CLOVIS_NAMES)),-DCLOVIS_NAMES_SA) -I. $(if $(wildcard $(ASP_CONFIG)),-I$(ASP_CONFIG)) \
	-I$(ASP_INCLUDE) -I$(ASP_INCLUDE)/ipi
CLOVIS_CFLAGS ?= -g -std=c99 -Wall -Wno-format-security
CLOVIS_CXXFLAGS ?= -g -Wall -Wno-format-security

# libX.a is a prerequisite that vpath finds, and -lX for the linker
vpath %.a $(ASP_LIB) $(MODEL_LIB)
ARCHIVES := $(filter %.a,$(ASP_LIBS) $(THIRDPARTY_LIBS))
L_FLAGS := $(patsubst lib%.a,-l%,$(ARCHIVES)) $(filter -l%,$(ASP_LIBS) $(THIRDPARTY_LIBS))
ALWAYS_LIBS := -lClAmfClient -lClAmsMgmt -lClAmsXdr -lClGms

# a library outside the loader's own directories has to be found all the same
CLOVIS_RPATH ?= $(filter-out /lib% /usr/lib%,$(CLOVIS_LIBDIR))
comma := ,
RPATH_FLAGS := $(addprefix -Wl$(comma)-rpath$(comma),$(CLOVIS_RPATH))
LINK_FLAGS := -Wl,--export-dynamic
LINK_LIBS = -L$(ASP_LIB) -L$(MODEL_LIB) -Wl,--start-group $(L_FLAGS) $(ALWAYS_LIBS) \
	-Wl,--end-group -Wl,-rpath-link,$(CLOVIS_LIBDIR) $(RPATH_FLAGS) \
	$(EXTRA_LDLIBS) $(SYS_LIBS) -lrt -lm -ldl -lpthread

# objects_of SOURCES
objects_of = $(patsubst %,$(OBJ_DIR)/%.o,$(basename $(1)))

.PHONY: all libs exe clean depend images
all: libs exe
depend images:
	@:

$(OBJ_DIR)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(QUIET)$(CC) $(CLOVIS_CPPFLAGS) $(EXTRA_CPPFLAGS) $(CLOVIS_CFLAGS) -fPIC $(EXTRA_CFLAGS) \
		-MMD -MP -c -o $@ $<
define CXX_RULE
$(OBJ_DIR)/%.o: %.$(1)
	@mkdir -p $$(@D)
	@echo "  CXX $$<"
	$$(QUIET)$$(CXX) $$(CLOVIS_CPPFLAGS) $$(EXTRA_CPPFLAGS) $$(CLOVIS_CXXFLAGS) -fPIC \
		$$(EXTRA_CFLAGS) -MMD -MP -c -o $$@ $$<
endef
$(foreach suffix,C cc cpp cxx,$(eval $(call CXX_RULE,$(suffix))))

# ---- the model's own libraries -------------------------------------------------
define LIB_RULE
$(LIB_DIR)/$(1).a: $(call objects_of,$(SRC_FILES_$(1)))
	@mkdir -p $$(@D)
	@echo "  AR $(1).a"
	$$(QUIET)rm -f $$@ && $$(AR) cr $$@ $$^
libs: $(LIB_DIR)/$(1).a
DEPENDS += $(patsubst %.o,%.d,$(call objects_of,$(SRC_FILES_$(1))))
endef
libs:
$(foreach lib,$(LIB_NAMES),$(eval $(call LIB_RULE,$(lib))))

# ---- the program ------------------------------------------------------------------
ifneq ($(EXENAME),)
EXE_OBJECTS := $(call objects_of,$(SRC_FILES) $(CPP_FILES))
# one C++ source, or BUILD_CPLUSPLUS, and the C++ compiler links
LINKER := $(if $(strip $(CPP_FILES) $(BUILD_CPLUSPLUS)),$(CXX),$(CC))

exe: $(BIN_DIR)/$(EXENAME)
$(BIN_DIR)/$(EXENAME): $(EXE_OBJECTS) $(ARCHIVES) | libs
	@mkdir -p $(@D)
	@echo "  LINK $(EXENAME)"
	$(QUIET)$(LINKER) $(LINK_FLAGS) -o $@ $(EXE_OBJECTS) $(EXTRA_LDFLAGS) $(LINK_LIBS)
else
exe:
endif

clean:
	rm -rf $(OBJ_DIR) $(addprefix $(BIN_DIR)/,$(EXENAME)) \
		$(foreach lib,$(LIB_NAMES),$(LIB_DIR)/$(lib).a)

-include $(patsubst %.o,%.d,$(EXE_OBJECTS)) $(DEPENDS)
