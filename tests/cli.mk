# SPDX-License-Identifier: Apache-2.0
TESTS += tests/completion.sh tests/bench.sh
EXTRA_DIST += %D%/completion.sh %D%/bench.sh
