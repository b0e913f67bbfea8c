#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The completions of bash offer what the programs know; the manual pages name it all.
set -u
exec bash -u - <<'EOF'
clovis=$top_builddir/clovis
amfd=$top_builddir/clovis-amfd
failed=0
. "$top_srcdir/src/tools/completions/clovis"
. "$top_srcdir/src/tools/completions/clovis-amfd"
compopt() { :; } # there is no completion going on

fail() { echo "FAIL: $*" >&2; failed=1; }

# offers FUNCTION WORD WORDS...: among what is offered for the last of the words
offers() {
    local function=$1 want=$2
    shift 2
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    "$function"
    printf '%s\n' "${COMPREPLY[@]-}" | grep -qxe "$want" ||
        fail "${*/#$top_builddir\//}: no $want in: ${COMPREPLY[*]-}"
}

offers _clovis amf "$clovis" ''
offers _clovis bench "$clovis" be
offers _clovis doctor "$clovis" do
offers _clovis --password-file "$clovis" doctor --p
offers _clovis --json "$clovis" store check --
offers _clovis lock-instantiation "$clovis" amf lo
offers _clovis unlock-in "$clovis" amf adm un
offers _clovis --wait "$clovis" amf lock --
offers _clovis --json "$clovis" amf status --j
offers _clovis --dot "$clovis" amf check --d
offers _clovis su "$clovis" amf lock ''
offers _clovis --help "$clovis" amf stop --h
offers _clovis_amfd --all-nodes "$amfd" --a
offers _clovis_amfd --log-dir "$amfd" --
offers _clovis_amfd "$top_srcdir/doc" "$amfd" --model "$top_srcdir/do"

# Every command and every option is in the manual, under its own heading or as a word.
manual() { # PAGE WORD
    sed 's/\\-/-/g; s/\\fB//g' "$top_srcdir/$1" | grep -qwe "$2" || fail "$1 does not name $2"
}
group() { # PATH...
    local help name
    help=$("$clovis" "$@" --help)
    for name in $(_clovis_commands "$help"); do
        manual src/tools/clovis.1 "$name"
        help=$("$clovis" "$@" "$name" --help) || fail "$* $name --help"
        if [[ $help == *' COMMAND '* ]]; then
            group "$@" "$name"
        else
            for option in $(_clovis_options "$help"); do
                manual src/tools/clovis.1 "$option"
            done
            for alias in $(sed -n 's/^Also called: //p' <<<"$help"); do
                manual src/tools/clovis.1 "$alias"
            done
        fi
    done
}
group
for option in $("$amfd" --help | sed -n 's/^  .*\(--[a-z][a-z-]*\).*/\1/p'); do
    manual src/amf/clovis-amfd.8 "$option"
done

# The pages themselves are well formed, where there is somebody to tell.
if command -v mandoc >/dev/null; then
    mandoc -T lint -W error "$top_srcdir"/src/tools/clovis.1 \
        "$top_srcdir"/src/amf/clovis-amfd.8 || failed=1
fi
exit "$failed"
EOF
