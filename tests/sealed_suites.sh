#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is tested of the store and of the API holds with sealed contents, too.
set -eu
. "$top_srcdir/tests/sealed_env.sh"
rc=0
for suite in it_store_basic it_store_cut it_store_fault it_store_fence it_store_peers \
    it_read_cache it_ckpt_rows it_ckpt_limits it_ckpt_memory; do
    echo "== $suite"
    "$top_builddir/tests/$suite" || rc=1
done
exit $rc
