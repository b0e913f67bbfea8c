#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random operations against the model, with sealed contents, and with the read cache, too.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(umask 077 && echo "7 $(openssl rand -hex 32)" >"$dir/keys")
MODEL_OPS=${MODEL_OPS:-20000} CLOVIS_KEY_FILE=$dir/keys
export MODEL_OPS CLOVIS_KEY_FILE
"$top_builddir/tests/it_ckpt_model"
CLOVIS_READ_CACHE=on "$top_builddir/tests/it_ckpt_model"
