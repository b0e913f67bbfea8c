# SPDX-License-Identifier: Apache-2.0
TESTS += tests/completion.sh
EXTRA_DIST += %D%/completion.sh
