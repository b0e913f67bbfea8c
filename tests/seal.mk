# SPDX-License-Identifier: Apache-2.0
# Sealed contents.
if WITH_TESTS
dist_check_SCRIPTS += %D%/ckpt_model_sealed.sh
TESTS += %D%/ckpt_model_sealed.sh
endif
