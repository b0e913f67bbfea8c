#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random operations against the model, with sealed contents, and with the read cache, too.
set -eu
. "$top_srcdir/tests/sealed_env.sh"
MODEL_OPS=${MODEL_OPS:-20000}
export MODEL_OPS
"$top_builddir/tests/it_ckpt_model"
CLOVIS_READ_CACHE=on "$top_builddir/tests/it_ckpt_model"
