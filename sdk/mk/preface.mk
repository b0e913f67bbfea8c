# SPDX-License-Identifier: Apache-2.0
# Included first by makefiles of the 6.x releases.
include $(dir $(lastword $(MAKEFILE_LIST)))clovis-paths.mk
