#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random operations against the model, with the read cache.
MODEL_OPS=${MODEL_OPS:-20000} CLOVIS_READ_CACHE=on exec "$top_builddir/tests/it_ckpt_model"
