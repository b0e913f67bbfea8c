#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the systemd unit promises, without systemd: its lines are carried out here as
# systemd.service(5) says, below a directory of the test's own, and as an unprivileged
# user where the test may change to one. A line that this test does not know fails it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
src=${top_srcdir:-$here/..}
build=$(cd "${top_builddir:-.}" && pwd)
unit=$src/debian/clovis-amf.clovis-amfd.service
PATH=$PATH:/usr/sbin:/sbin
for tool in redis-server redis-cli; do
    command -v "$tool" >/dev/null || { echo "unit: skipped, no $tool"; exit 77; }
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/unit.XXXXXX")
main='' redis='' root=$dir/root
log_of() { for c in "$@"; do cat "$root/var/log/clovis/$c.log" 2>/dev/null || :; done; }
pids_of() { # those that were ever started
    log_of "$1" | awk '$2 == "start" { print $3 }'
}
end() {
    [ -z "$main" ] || kill -KILL "$main" 2>/dev/null || :
    for pid in $(pids_of counter1) $(pids_of counter2); do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != fence_app ] || kill -KILL "$pid" || :
    done
    [ -z "$redis" ] || kill "$redis" 2>/dev/null || :
    wait 2>/dev/null || :
    rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' INT TERM

fail() {
    echo "unit: $1" >&2
    cat "$dir/journal" >&2
    exit 1
}

await() { # await TEXT COMMAND...: a minute, which a machine under load may need
    what=$1 tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "waited in vain: $what"
        sleep 0.05
    done
}

# ---- the unit ---------------------------------------------------------------------------

value() { # value KEY: its last value
    sed -n "s/^$1=//p" "$unit" | tail -n 1
}

expect() { # expect KEY VALUE
    [ "$(value "$1")" = "$2" ] || fail "$1=$(value "$1"), this test carries out $2"
}

known='Description|Documentation|After|Wants|ConditionPathExists|Environment|EnvironmentFile'
known="$known|RuntimeDirectory|RuntimeDirectoryPreserve|LogsDirectory|ExecStart|KillMode"
known="$known|TimeoutStopSec|Restart|WantedBy"
: >"$dir/journal"
strange=$(grep -Ev "^(#.*|\\[(Unit|Service|Install)\\]|($known)=.*|)\$" "$unit") &&
    fail "not known to this test: $strange"
expect RuntimeDirectory clovis
expect RuntimeDirectoryPreserve yes
expect LogsDirectory clovis
expect KillMode process
expect Restart on-failure
expect ConditionPathExists /etc/clovis/model
limit=$(value TimeoutStopSec) # await gives up after a minute
[ "$limit" -ge 60 ] || fail "TimeoutStopSec=$limit, this test wants a minute"

# ---- the host ---------------------------------------------------------------------------

# Everything that the unit names is below $root; the user has to get there.
mkdir -p "$root/etc/clovis/model" "$root/etc/clovis/bin" "$root/usr/sbin" "$root/run" \
    "$root/var/log"
cp "$build/clovis-amfd" "$root/usr/sbin/"
cp "$build/tests/fence_app" "$root/etc/clovis/bin/"
cp "$src/examples/counter-saf/model/clAmfConfig.xml" "$root/etc/clovis/model/"
sed 's,counter-saf/counter,fence_app,' "$src/examples/counter-saf/model/clAmfDefinitions.xml" \
    >"$root/etc/clovis/model/clAmfDefinitions.xml"
as_user=
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod go+rx "$dir"
    chmod go+x "$(dirname "$dir")"
    as_user="setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs"
    # shellcheck disable=SC2086
    $as_user "$root/usr/sbin/clovis-amfd" --version >/dev/null 2>&1 || as_user=
fi
[ -n "$as_user" ] || echo "unit: as user $(id -un)"

redis-server --port 0 --unixsocket "$dir/redis" --unixsocketperm 777 --save '' \
    --dir "$dir" >"$dir/redis.log" 2>&1 &
redis=$!
redis_answers() { redis-cli -s "$dir/redis" ping >/dev/null 2>&1; }
await "redis-server" redis_answers
cat >"$root/etc/clovis/clovis-amfd.env" <<EOF
# as the comment in the unit shows
CLOVIS_AMFD_OPTIONS=--all-nodes --record $root/var/log/clovis/record
CLOVIS_REDIS_URL=unix://$dir/redis
EOF

# ---- what systemd does ------------------------------------------------------------------

directory() { # directory PATH: made for the user, kept if it is there
    mkdir -p "$1"
    [ -z "$as_user" ] || chown nobody:nogroup "$1"
    chmod 755 "$1"
}

# The environment: what the unit says, what the file of it says, nothing of the caller's.
environment() {
    value Environment
    file=$(value EnvironmentFile)
    grep -v '^#' "$root${file#-}" || [ "${file#-}" != "$file" ]
}

# The command line: a word that is $NAME becomes the words of its value.
command_line() {
    for word in $(value ExecStart); do
        case $word in
        \$*) environment | sed -n "s/^${word#?}=//p" | tail -n 1 ;;
        /*) echo "$root$word" ;;
        *) echo "$word" ;;
        esac
    done
}

start() {
    [ -e "$root$(value ConditionPathExists)" ] || fail "the condition is not met"
    directory "$root/run/$(value RuntimeDirectory)"
    directory "$root/var/log/$(value LogsDirectory)"
    environment >"$dir/environment"
    set --
    while read -r line; do set -- "$@" "$line"; done <"$dir/environment"
    # shellcheck disable=SC2046,SC2086
    (cd / && umask 022 && exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LANG=C.UTF-8 RUNTIME_DIRECTORY="$root/run/clovis" LOGS_DIRECTORY="$root/var/log/clovis" \
        "$@" $as_user $(command_line)) </dev/null >>"$dir/journal" 2>&1 &
    main=$!
}

has_ended() { # a process that nobody has waited for yet is still listed
    ! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$main/status" 2>/dev/null
}

# Sets status.
main_await() {
    await "the daemon ends" has_ended
    status=0
    wait "$main" 2>/dev/null || status=$?
    main=''
}

# KillMode=process: only the main process gets the signal.
signal_and_wait() {
    kill "-$1" "$main"
    main_await
}

# ---- what the unit promises -------------------------------------------------------------

clovis() {
    CLOVIS_AMF_SOCKET=$root/run/clovis/clovis-amfd.sock "$build/clovis" amf "$@"
}
in_order() { clovis status --check >"$dir/out" 2>&1; }
pid_of() { pids_of "$1" | tail -n 1; }
counts() { log_of counter1 counter2 | grep -c ' ok ' || :; }
is_alive() { kill -0 "$1" 2>/dev/null; }
is_gone() { ! is_alive "$1"; }
counts_on() { [ "$(counts)" -gt "$before" ]; }
journal_has() { grep -q "$1" "$dir/journal"; }

start
await "all is in order" in_order
before=$(counts)
await "the active one counts" counts_on
one=$(pid_of counter1) two=$(pid_of counter2)
[ -z "$as_user" ] || [ "$(stat -c %U "/proc/$one")" = nobody ] || fail "counter1 runs as another user"
[ -s "$root/var/log/clovis/record" ] || fail "the words of CLOVIS_AMFD_OPTIONS have not arrived"

# A crash leaves the components alone, and the next daemon finds them: Restart=on-failure,
# RuntimeDirectoryPreserve=yes.
signal_and_wait KILL
[ "$status" = 137 ] || fail "killed: status $status"
if is_gone "$one" || is_gone "$two"; then fail "the components went with their daemon"; fi
before=$(counts)
await "the active one counts without a daemon" counts_on
start
await "the next daemon takes them over" journal_has 'taken over'
await "all is in order again" in_order
[ "$(pid_of counter1) $(pid_of counter2)" = "$one $two" ] || fail "the components were started again"

# An orderly stop ends the components first, and is no failure.
signal_and_wait TERM
[ "$status" = 0 ] || fail "stopped: status $status, which Restart=on-failure would answer"
await "counter1 has ended" is_gone "$one"
await "counter2 has ended" is_gone "$two"
[ -d "$root/run/clovis" ] || fail "the run directory went"

# Stopped and started: new components, in the directory that was kept.
start
await "all is in order after a stop" in_order
[ "$(pid_of counter1)" != "$one" ] || fail "counter1 was not started"
signal_and_wait TERM
[ "$status" = 0 ] || fail "stopped again: status $status"

# A model that cannot be used is a failure, and is said at once.
echo '<nonsense' >"$root/etc/clovis/model/clAmfConfig.xml"
start
main_await
[ "$status" != 0 ] || fail "a damaged model is no failure"
journal_has clAmfConfig.xml || fail "a damaged model is not named"
