#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Old source trees build with an installed clovis-redis and old-style makefiles, out of our
# tree, and what they build works: examples/legacy-* count across the death of the active
# component. Also the legacy library names, and ours in place of another library.
# CLOVIS_PREFIX, when set, is the installed tree (an unpacked package, say); else the build
# tree is installed into a temporary one.
set -eu
top=${top_srcdir:?}
redis=${REDIS_SERVER:-redis-server}
cc=${CC:-cc}
work=$(mktemp -d "${TMPDIR:-/tmp}/legacy.XXXXXX")
unset MAKEFLAGS MFLAGS MAKELEVEL
redis_pid=
amfd_pid=

components() { # pids of what was started for this run directory
    grep -lzsxF "ASP_RUNDIR=$work/run" /proc/[0-9]*/environ | cut -d/ -f3 |
        grep -vxF -e "$$" -e "${amfd_pid:-0}" || :
}
cleanup() {
    rc=$?
    trap - EXIT
    for p in $amfd_pid $redis_pid; do kill "$p" 2>/dev/null || :; done
    wait || :
    for p in $(components); do kill -9 "$p" 2>/dev/null || :; done
    [ "$rc" -eq 0 ] || [ "$rc" -eq 77 ] || tail -n 15 "$work"/*.log "$work"/run/*.log 2>/dev/null || :
    rm -rf "$work"
    exit "$rc"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
    echo "legacy: $*" >&2
    exit 1
}
logged() { # LOG COMMAND...
    log=$work/$1.log
    shift
    "$@" >"$log" 2>&1 || fail "'$*' failed"
}
await() { # WHAT COMMAND...
    what=$1
    shift
    limit=$(($(date +%s) + 60))
    until "$@"; do
        [ "$(date +%s)" -lt "$limit" ] || fail "waited in vain for $what"
        [ -z "$amfd_pid" ] || kill -0 "$amfd_pid" 2>/dev/null || fail "waiting for $what: no clovis-amfd"
        sleep 0.05
    done
}

# ---- the installed tree ------------------------------------------------------------
if [ -z "${CLOVIS_PREFIX:-}" ]; then
    if [ -n "${LINK_FLAGS:-}" ]; then
        echo "legacy: a library with a sanitizer is not for programs without"
        exit 77
    fi
    logged install make -C "${top_builddir:?}" install DESTDIR="$work/root"
    config=$(find "$work/root" -name clovis-config)
    prefix=$("$config" --prefix)
else
    prefix=$CLOVIS_PREFIX
    config=$prefix/bin/clovis-config
fi
root=$("$config" --root)
linkdir=$("$config" --linkdir)
libdir=$("$config" --libdir)
case $prefix in "$work"/* | "${CLOVIS_PREFIX:-none}") ;; *) fail "clovis-config says $prefix" ;; esac

# ---- the library names ---------------------------------------------------------------
printf '#include <clCkptApi.h>\n#include <clEoApi.h>\nint main(void) { return clCkptFinalize(0) + (int)clIocLocalAddressGet(); }\n' \
    >"$work/main.c"
cp "$top/tests/data/shapes/gen1_5x.c" "$work/gen1.c"
cflags="-w -D_GNU_SOURCE $("$config" --cflags)"
all=$(sed -n 's/^\([A-Za-z0-9]*\)\t.*/-l\1/p' "$top/sdk/link-names.txt" | grep -vx -- -lClMain)
n_names=$(echo "$all" | wc -l)
[ "$n_names" -gt 50 ] || fail "link-names.txt has $n_names names"
# shellcheck disable=SC2046,SC2086
{
    logged names $cc $cflags -o "$work/main" "$work/main.c" -L"$linkdir" \
        -Wl,--start-group $all -Wl,--end-group
    logged own-main $cc $cflags -o "$work/main" "$work/main.c" -L"$linkdir" -lClMain -lmw
    logged lib-main $cc $cflags -o "$work/gen1" "$work/gen1.c" -L"$linkdir" -lmw -lClMain
    logged eo-main $cc $cflags -o "$work/gen1" "$work/gen1.c" -L"$linkdir" -lClEo -lClOsal
    logged config $cc $cflags -o "$work/main" "$work/main.c" $("$config" --libs)
    logged config-main $cc $cflags -o "$work/gen1" "$work/gen1.c" $("$config" --libs-main)
    logged sdk $cc -w -D_GNU_SOURCE -I"$linkdir/include" -I"$linkdir/include/ipi" \
        -o "$work/main" "$work/main.c" -L"$linkdir/lib" -lmw
}
for name in $(sed -n 's/^\([A-Za-z0-9]*\)\t\(all\|eo\|a\|main\)$/\1/p' "$top/sdk/link-names.txt"); do
    [ -e "$linkdir/lib$name.a" ] || fail "$linkdir/lib$name.a is missing"
done
for so in "$linkdir"/runtime/*.so; do
    [ "$(od -An -tx1 -N4 "$so" | tr -d ' ')" = 7f454c46 ] || fail "$so is no shared library"
done
if PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --exists clovis 2>/dev/null; then
    [ "$(PKG_CONFIG_PATH=$libdir/pkgconfig pkg-config --modversion clovis)" = "$("$config" --version)" ] ||
        fail 'clovis.pc and clovis-config disagree about the version'
fi

"$redis" --port 0 --unixsocket "$work/redis.sock" --dir "$work" --save '' >"$work/redis.log" 2>&1 &
redis_pid=$!
await redis-server test -S "$work/redis.sock"

# ---- a 6.1 program that is only linked anew -------------------------------------------
# shellcheck disable=SC2086
logged eo-61 $cc -w -o "$work/eo61" "$top/tests/data/eo_61.c" -L"$linkdir" -lClMain -lmw
got=$(ASP_COMPNAME=its-name LD_LIBRARY_PATH="$libdir" "$work/eo61" 2>&1) || :
[ "$got" = '1 its-name' ] || fail "the 6.1 program prints '$got', expected '1 its-name'"

# ---- in place of another library ---------------------------------------------------------
# shellcheck disable=SC2086
{
    logged foreign $cc -shared -fPIC -Wl,-soname,libSaCkpt.so.9 -o "$work/libSaCkpt.so.9" \
        "$top/tests/data/foreign_ckpt.c"
    logged foreign-user $cc $cflags -o "$work/user" "$top/tests/data/foreign_user.c" \
        "$work/libSaCkpt.so.9"
}
user=$work/user
answers() { # EXPECTED VARIABLE=VALUE...
    expected=$1
    shift
    got=$(env CLOVIS_REDIS_URL="unix://$work/redis.sock" "$@" "$user" 2>/dev/null) || :
    [ "$got" = "$expected" ] || fail "with $* the program prints '$got', expected $expected"
}
# the same without a version in its name
mkdir "$work/plain"
# shellcheck disable=SC2086
{
    logged plain $cc -shared -fPIC -Wl,-soname,libSaCkpt.so -o "$work/plain/libSaCkpt.so" \
        "$top/tests/data/foreign_ckpt.c"
    logged plain-user $cc $cflags -o "$work/plain/user" "$top/tests/data/foreign_user.c" \
        "$work/plain/libSaCkpt.so"
}
answers 19 LD_LIBRARY_PATH="$work"
answers 1 LD_LIBRARY_PATH="$work" LD_PRELOAD="$libdir/libclovis.so.1"
"$config" --alias "$work/alias" libSaCkpt.so.9
answers 1 LD_LIBRARY_PATH="$work/alias"
user=$work/plain/user
answers 19 LD_LIBRARY_PATH="$work/plain"
answers 1 LD_LIBRARY_PATH="$("$config" --runtimedir)"

# ---- the examples --------------------------------------------------------------------------
mkdir "$work/run" "$work/tree"
cp -R "$top"/examples/legacy-* "$work/tree"
chmod -R u+w "$work/tree"
counts() { sed -n "s/^$1 ACTIVE count \([0-9]*\)\$/\1/p" "$work"/run/counter*.log 2>/dev/null; }
reached() { n=$(counts "$1" | tail -n 1) && [ "${n:-0}" -ge "$2" ]; }
stands_by() { grep -qx "$1 STANDBY" "$work"/run/counter*.log 2>/dev/null; }
pid_of() {
    for p in $(components); do
        grep -qzxF "ASP_COMPNAME=$1" "/proc/$p/environ" 2>/dev/null && echo "$p"
    done
}

for gen in legacy-gen1 legacy-gen2 legacy-gen3; do
    case $gen in *3) names=sa ;; *) names= ;; esac
    logged "$gen" make -C "$work/tree/$gen" CLOVIS_ROOT="$root" CLOVIS_NAMES="$names"
    grep -i warning "$work/$gen.log" && fail "$gen compiles with warnings"
    rm -f "$work"/run/*
    env CLOVIS_REDIS_URL="unix://$work/redis.sock" CLOVIS_NAMESPACE="$gen" ASP_RUNDIR="$work/run" \
        ASP_BINDIR="$work/tree/$gen/target/bin" LD_LIBRARY_PATH="$libdir" \
        "$prefix/sbin/clovis-amfd" --model "$work/tree/legacy-model" --node blade1 --node blade2 \
        --run-dir "$work/run" --log-dir "$work/run" >"$work/amfd.log" 2>&1 &
    amfd_pid=$!
    await "$gen to count on blade1" reached blade1 3
    await "$gen to stand by on blade2" stands_by blade2
    kill -9 "$(pid_of counter1)"
    await "$gen to count on blade2" reached blade2 1
    before=$(counts blade1 | tail -n 1)
    first=$(counts blade2 | head -n 1)
    # the killed process may have written one value that it did not get to print
    { [ "$first" -gt "$before" ] && [ "$first" -le $((before + 2)) ]; } ||
        fail "$gen: blade1 printed $before last, blade2 went on with $first"
    kill "$amfd_pid"
    wait "$amfd_pid" || fail "$gen: clovis-amfd ended with $?"
    amfd_pid=
    [ -z "$(components)" ] || fail "$gen: still running: $(components)"
    echo "legacy: $gen: blade1 counted to $before, blade2 from $first"
done
echo "legacy: $n_names library names, preload and alias, three generations"
