#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random operations against the model, while 31 more threads use the same connection.
MODEL_OPS=${MODEL_OPS:-10000} MODEL_CROWD=31 exec "$top_builddir/tests/it_ckpt_model"
