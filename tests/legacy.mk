# SPDX-License-Identifier: Apache-2.0
# The installed tree, as programs of the legacy platform use it.
TESTS += tests/legacy.sh
EXTRA_DIST += %D%/legacy.sh %D%/data/foreign_ckpt.c %D%/data/foreign_user.c
