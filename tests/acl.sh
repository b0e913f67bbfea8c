#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The user "clovis" of doc/users.acl may do all that the library and the daemon need, and
# nothing that they do not: tests of all parts run under it.
set -u
builddir=${top_builddir:-.}
failed=0
fail() { echo "FAIL: $*" >&2; failed=1; }

hash=$(printf %s "test-password-Zq7" | sha256sum | cut -d' ' -f1)
CLV_TEST_ACL=$TMPDIR/users.acl
export CLV_TEST_ACL
sed -e 's/^user default .*/user default on nopass ~* \&* +@all/' -e "s/#SHA256-[A-Z]*/#$hash/" \
    "$top_srcdir/doc/users.acl" >"$CLV_TEST_ACL"

for t in it_ckpt_rows it_ckpt_peers it_store_basic it_store_fence it_store_large \
    it_store_vector it_ckpt_limits it_read_cache it_durable it_repair it_cluster it_amfd_cluster; do
    "$builddir/tests/$t" >"$TMPDIR/$t.log" 2>&1 || {
        tail -30 "$TMPDIR/$t.log" >&2
        fail "$t, as user clovis"
    }
done

[ ! -s "$CLV_TEST_ACL.denied" ] || fail "denied: $(sort "$CLV_TEST_ACL.denied" | uniq -c)"

sort -u "$CLV_TEST_ACL.used" >"$TMPDIR/used"
for right in $(sed -n 's/^user clovis //p' "$top_srcdir/doc/users.acl" | tr ' ' '\n' | sed -n 's/^+//p'); do
    # a login to a numbered database is another test's
    [ "$right" = select ] || grep -qxF "$right" "$TMPDIR/used" || fail "+$right is never used"
done
exit $failed
