# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libbackend-redis.la
libbackend_redis_la_SOURCES =
