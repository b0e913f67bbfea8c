#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Threads at the checkpoint service and at the read cache, with sealed contents.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(umask 077 && echo "7 $(openssl rand -hex 32)" >"$dir/keys")
CLOVIS_KEY_FILE=$dir/keys
export CLOVIS_KEY_FILE
"$top_builddir/tests/stress_ckpt"
"$top_builddir/tests/stress_read_cache"
