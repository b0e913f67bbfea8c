# SPDX-License-Identifier: Apache-2.0
# Included by the makefile of a library under its legacy name.
include $(dir $(lastword $(MAKEFILE_LIST)))clovis-rules.mk
