#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clovis and clovis amf check from the outside: output, exit codes, both streams.
set -u
clovis=$top_builddir/clovis
models=$top_srcdir/tests/models
failed=0

# expect EXIT STREAM PATTERN COMMAND...: the exit code, and PATTERN as a whole line
# (a shell pattern) somewhere on that stream ("out" or "err").
expect() {
    want=$1 stream=$2 pattern=$3
    shift 3
    "$@" >"$TMPDIR/out" 2>"$TMPDIR/err"
    rc=$?
    if [ "$rc" -ne "$want" ]; then
        echo "FAIL: $*: exit $rc, not $want" >&2
        failed=1
    fi
    while IFS= read -r line; do
        # shellcheck disable=SC2254
        case $line in $pattern) return ;; esac
    done <"$TMPDIR/$stream"
    echo "FAIL: $*: no line $pattern in:" >&2
    cat "$TMPDIR/$stream" >&2
    failed=1
}

# edit FILE SED-SCRIPT: a copy of the 6.x model with one change; its directory is $dir
edit() {
    dir=$TMPDIR/model
    mkdir -p "$dir"
    cp "$models"/good-6x/*.xml "$dir"
    chmod u+w "$dir"/*.xml
    sed "$2" "$models/good-6x/$1" >"$dir/$1"
}

expect 0 out 'usage: clovis COMMAND *' "$clovis" --help
expect 0 out 'clovis (clovis-redis) *' "$clovis" --version
expect 2 err 'clovis: no command, expected one of: *amf*' "$clovis"
expect 2 err 'clovis: "foo" is not a command, expected one of: *amf*' "$clovis" foo
expect 0 out 'usage: clovis amf COMMAND *' "$clovis" amf --help
expect 2 err 'clovis amf: no command, expected one of: *check*' "$clovis" amf
expect 2 err 'clovis amf: "foo" is not a command, expected one of: *check*' "$clovis" amf foo
expect 0 out 'usage: clovis amf check DIR *' "$clovis" amf check --help
expect 2 err 'clovis amf check: no directory, expected: *' "$clovis" amf check
expect 2 err 'clovis amf check: "b" is one too many, expected: *' "$clovis" amf check a b
expect 2 err 'clovis amf check: --foo is not an option, expected: *' "$clovis" amf check --foo a
expect 2 err 'clovis amf check: -f is not an option, expected: *' "$clovis" amf check -f a
expect 2 err 'clovis amf check: --bindir needs a value, expected: *' "$clovis" amf check a --bindir
expect 1 err '/no/such: no such directory, expected *' "$clovis" amf check /no/such
expect 1 err 'clovis: cannot write the output: *' sh -c "'$clovis' --help >/dev/full"

expect 0 out '    active: SU desk1 on node host1' "$clovis" amf check "$models/good-6x"
expect 0 out '    standby: SU desk2 on node host2' "$clovis" amf check "$models/good-5x"
expect 0 out '      CSI mn-csi1: mn-c3' "$clovis" amf check "$models/good-groups"
expect 0 out '0 findings' "$clovis" amf check "$models/good-groups"

# the same model in virtual time
expect 0 out '50 sequences of 60 faults from seed 7, * events, *: no invariant was broken' \
    "$clovis" amf simulate "$models/good-6x" --seed 7 --sequences 50
expect 0 out '* sequences of 5 faults *' \
    "$clovis" amf simulate "$models/good-groups" --faults 5 --sequences 10
expect 0 out '*si * assigned to su * ACTIVE' \
    "$clovis" amf simulate "$models/good-5x" --sequences 1 --tell
custom=$TMPDIR/custom
mkdir "$custom"
cp "$models/good-6x"/*.xml "$custom"
sed -i 's/MODEL_TWO_N/MODEL_CUSTOM/' "$custom"/*.xml
expect 0 out '*si * assigned to su * ACTIVE' \
    "$clovis" amf simulate "$custom" --sequences 1 --tell
expect 2 err 'clovis amf simulate: "x" is not a whole number *' \
    "$clovis" amf simulate "$models/good-6x" --seed x
expect 2 err 'clovis amf simulate: no directory, *' "$clovis" amf simulate
expect 1 err '/no/such: no such directory, expected *' "$clovis" amf simulate /no/such

# the same as JSON
json() { # EXIT PYTHON COMMAND...: its output is one object o, of which this is true
    want=$1 true=$2
    shift 2
    "$@" >"$TMPDIR/out"
    rc=$?
    if [ "$rc" -ne "$want" ] || ! python3 -c "import json, sys
o = json.load(open(sys.argv[1]))
sys.exit(0 if $true else 1)" "$TMPDIR/out"; then
        echo "FAIL: $*: exit $rc (expected $want), not $true:" >&2
        cat "$TMPDIR/out" >&2
        failed=1
    fi
}
if command -v python3 >/dev/null; then
    json 0 'o["counts"]["sus"] == 2 and o["findings"] == []' \
        "$clovis" amf check --json "$models/good-6x"
    json 0 'o["groups"][0]["sis"][0]["assignments"][0]["su"] == "desk1"' \
        "$clovis" amf check --json "$models/good-6x"
    json 4 '"no node is a controller" in o["findings"][0]' \
        "$clovis" amf check --json "$models/good-bare"
    json 0 'o["sequences"] == 3 and o["events"] > 100 and "broken" not in o' \
        "$clovis" amf simulate --json "$models/good-6x" --sequences 3
fi
expect 2 err '*--dot and --json do not go together, *' \
    "$clovis" amf check --json --dot "$models/good-6x"
expect 2 err '*--tell and --json do not go together, *' \
    "$clovis" amf simulate --json --tell "$models/good-6x"

# every verb of the old console, and of amf-adm, is known
for verb in start stop idle repair amsEntityPrint amsDbPrint amsDbXMLPrint amsFaultReport \
    amsNodeJoin amsStateChange amsPGTrackAdd amsPGTrackStop amsEventTest amsDebugEnable \
    amsDebugDisable amsDebugGet amsDebugEnableLogToConsole amsDebugDisableLogToConsole \
    amsAlpha amsBeta amsMgmt assignSUtoSI amsTrigger compList cpmEOShow clusterList \
    compAddressGet compPIDGet compIdGet compTraceGet nodename uptime compReport compClear \
    heartbeat nodeShutdown nodeRestart middlewareRestart nodeErrorReport nodeErrorClear \
    amsLockAssignment amsLockInstantiation amsUnlock amsShutdown amsShutdownRestart \
    amsRestart amsRepaired amsSISwap amsSGAdjust amsForceLockInstantiation amsForceLock \
    'adm lock' 'adm unlock' 'adm lock-in' 'adm unlock-in' 'adm shutdown' 'adm restart' \
    'adm repaired' 'adm si-swap' 'adm sg-adjust' 'adm eam-start' 'adm eam-stop' state amf-find; do
    # shellcheck disable=SC2086
    expect 0 out 'usage: clovis amf *' "$clovis" amf $verb --help
done
expect 0 out 'usage: clovis amf uptime *' "$clovis" amf UPTIME --help
expect 0 out '4 done with findings, 5 refused, 6 no such name.' "$clovis" amf --help

# what is locked is no finding; a lone node without controller is one
expect 4 out '  SU u on node n: no work while it, its node or its group is LOCKED_I' \
    "$clovis" amf check "$models/good-bare"
expect 4 out '  SI i: not assigned while it, its group or what it depends on is LOCKED_A' \
    "$clovis" amf check "$models/good-bare"
expect 4 out 'finding: no node is a controller (cpmConfig with cpmType GLOBAL)' \
    "$clovis" amf check "$models/good-bare"

# one row for each finding
while IFS='|' read -r file script finding; do
    edit "$file" "$script"
    expect 4 out "finding: $finding" "$clovis" amf check "$dir"
done <<'ROWS'
clAmfConfig.xml|/name="counter2"/d|SU desk2: has no component
clAmfConfig.xml|/<associatedServiceUnit>desk2/d|SU desk2: is in no service group, so it is never started
clAmfConfig.xml|/<associatedServiceUnit>desk2/d|SI tickets: 0 of 1 standby assignments, no other SU can take it
clAmfConfig.xml|s/name="host2"/& slotId="1"/|node host2: address 1 is that of node host1, too
clAmfConfig.xml|s/GLOBAL/LOCAL/|no node is a controller *
clAmfDefinitions.xml|s/<csiTypes><csiType name="Counting"/<csiTypes><csiType name="Selling"/|CSI ticketsCounting: no component in group pair supports its type Counting
clAmfDefinitions.xml|s/<csiTypes><csiType name="Counting"/<csiTypes><csiType name="Selling"/|SI tickets: 0 of 1 active assignments, no other SU can take it
clAmfDefinitions.xml|s/CL_AMS_SA_AWARE/CL_AMS_PROXIED_PREINSTANTIABLE/|component counter1: is proxied, but its type names no proxyCSIType
clAmfDefinitions.xml|s/CL_AMS_SA_AWARE/CL_AMS_PROXIED_PREINSTANTIABLE/;s/<proxyCSIType.>/<proxyCSIType>Px<\/proxyCSIType>/|component counter1: no component supports Px, the CSI type of its proxy
clAmfDefinitions.xml|s/<isRestartable>CL_TRUE/<isRestartable>yes/|*clAmfDefinitions.xml:14: *"yes" counts as false, expected CL_TRUE or CL_FALSE
clAmfDefinitions.xml|s/<numPrefInserviceSUs>2/<numPrefInserviceSUs>0/|group pair: numPrefInserviceSUs 0 starts none of its SUs
ROWS

# a proxy on another node than the component that it speaks for
agent='<compType name="Agent"><csiTypes><csiType name="Selling"/></csiTypes>'
agent="$agent<proxyCSIType>Counting</proxyCSIType>"
agent="$agent<capabilityModel>CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY</capabilityModel>"
agent="$agent<property>CL_AMS_PROXIED_PREINSTANTIABLE</property>"
agent="$agent<processRel>CL_CPM_COMP_SINGLE_PROCESS</processRel><instantiateCommand/></compType>"
edit clAmfDefinitions.xml "s#</compTypes>#$agent&#"
sed 's/name="counter2" type="CounterType"/name="counter2" type="Agent"/' \
    "$models/good-6x/clAmfConfig.xml" >"$dir/clAmfConfig.xml"
expect 4 out 'finding: component counter2 on node host2: its proxy may be counter1 on node host1, which works only when one clovis-amfd plays both nodes (*clAmfDefinitions.xml:*)' \
    "$clovis" amf check "$dir"
sed 's/<\/componentInstances>/<componentInstance name="counter3" type="Agent"\/>&/
     s/name="counter2" type/name="counter2x" type/' "$models/good-6x/clAmfConfig.xml" |
    sed '/counter2x/s/<componentInstance name="counter3"[^>]*>//' >"$dir/clAmfConfig.xml"
"$clovis" amf check "$dir" | grep 'counter3 on node host1: its proxy may be counter2x on node host2' >/dev/null || {
    echo "FAIL: the proxy of a fail-over may be on another node" >&2
    failed=1
}

# programs: relative ones below --bindir
edit clAmfConfig.xml ''
mkdir "$TMPDIR/bin"
expect 4 out "finding: component counter1: $TMPDIR/bin/ticketd is not a program that can be run (*clAmfDefinitions.xml:66)" \
    "$clovis" amf check --bindir "$TMPDIR/bin" "$dir"
: >"$TMPDIR/bin/ticketd"
expect 4 out "finding: component counter2: *" "$clovis" amf check --bindir "$TMPDIR/bin" "$dir"
chmod +x "$TMPDIR/bin/ticketd"
expect 0 out '0 findings' "$clovis" amf check "$dir" --bindir "$TMPDIR/bin"
edit clAmfDefinitions.xml 's#ticketd --quiet#/no/such#'
expect 4 out 'finding: component counter1: /no/such is not a program *' "$clovis" amf check "$dir" --bindir /bin

# the graph: names are quoted, and dot (where it is installed) takes it
edit clAmfConfig.xml 's/name="host2"/name="a\&quot;b\\"/'
expect 0 out '  label="a\\"b\\\\";' "$clovis" amf check --dot "$dir"
if command -v dot >/dev/null; then
    "$clovis" amf check --dot "$models/good-groups" | dot -Tsvg >"$TMPDIR/svg" || failed=1
fi
exit $failed
