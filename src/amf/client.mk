# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libamf-client.la
libamf_client_la_SOURCES =
