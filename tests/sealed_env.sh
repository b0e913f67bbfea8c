# SPDX-License-Identifier: Apache-2.0
# To be sourced: what the script runs seals its contents, with a key of its own.
sealed_dir=$(mktemp -d)
trap 'rm -rf "$sealed_dir"' EXIT
(umask 077 && echo "7 $(openssl rand -hex 32)" >"$sealed_dir/keys")
CLOVIS_KEY_FILE=$sealed_dir/keys
export CLOVIS_KEY_FILE
