#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Synchronous writes and repair hold with sealed contents, too.
set -eu
. "$top_srcdir/tests/sealed_env.sh"
rc=0
for suite in it_durable it_repair; do
    echo "== $suite"
    "$top_builddir/tests/$suite" || rc=1
done
exit $rc
