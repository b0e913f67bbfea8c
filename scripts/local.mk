# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/deps %D%/build %D%/test %D%/lint %D%/demo %D%/cppcheck-suppressions
