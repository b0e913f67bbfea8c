# SPDX-License-Identifier: Apache-2.0
TESTS += tests/completion.sh tests/bench.sh
EXTRA_DIST += %D%/completion.sh %D%/bench.sh

# Runs other tests' programs under the rights that doc/users.acl gives.
TESTS += tests/acl.sh
dist_check_SCRIPTS += %D%/acl.sh
