# SPDX-License-Identifier: Apache-2.0
# What every part may use: bytes, time, settings, own log lines. Knows nothing above it.
noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = %D%/bytes.h %D%/clock.h %D%/clock.c %D%/logline.h %D%/logline.c \
	%D%/settings.h %D%/settings.c
