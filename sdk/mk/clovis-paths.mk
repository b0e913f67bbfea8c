# SPDX-License-Identifier: Apache-2.0
# Where things are. A makefile, its environment or the command line may set any of these.
CLOVIS_MK_DIR := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

# these files lie in PREFIX/share/clovis/mk, also when they are reached through a link
ifndef CLOVIS_CONFIG
CLOVIS_CONFIG := $(abspath $(realpath $(CLOVIS_MK_DIR))/../../../bin/clovis-config)
ifeq ($(wildcard $(CLOVIS_CONFIG)),)
CLOVIS_CONFIG := clovis-config
endif
endif
CLOVIS_LINKDIR := $(shell $(CLOVIS_CONFIG) --linkdir)
ifeq ($(CLOVIS_LINKDIR),)
$(error $(CLOVIS_CONFIG) does not work: set CLOVIS_CONFIG to the path of clovis-config)
endif
CLOVIS_LIBDIR := $(shell $(CLOVIS_CONFIG) --libdir)

# the installed SDK: include/ and lib/
ASP_INSTALLDIR ?= $(CLOVIS_LINKDIR)
ASP_INCLUDE ?= $(ASP_INSTALLDIR)/include
ASP_LIB ?= $(ASP_INSTALLDIR)/lib
ASP_LIBDIR ?= $(ASP_LIB)

# the model's own tree
PROJECT_ROOT ?= $(CURDIR)
MODEL_PATH ?= $(PROJECT_ROOT)
MODEL_TARGET ?= $(MODEL_PATH)/target
MODEL_BIN ?= $(MODEL_TARGET)/bin
MODEL_LIB ?= $(MODEL_TARGET)/lib
ASP_CONFIG ?= $(MODEL_PATH)/config
BIN_DIR ?= $(MODEL_BIN)
LIB_DIR ?= $(MODEL_LIB)
OBJ_DIR ?= $(MODEL_TARGET)/obj/$(or $(COMPNAME),$(EXENAME),$(EXE_NAME),lib)
