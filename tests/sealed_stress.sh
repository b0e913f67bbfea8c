#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Threads at the checkpoint service and at the read cache, with sealed contents.
set -eu
. "$top_srcdir/tests/sealed_env.sh"
"$top_builddir/tests/stress_ckpt"
"$top_builddir/tests/stress_read_cache"
