# SPDX-License-Identifier: Apache-2.0
# Sourced: the compilers of this machine, the configured one first, each once.

# numbered NAME...: NAME-14 and the like
numbered()
{
    for name in "$@"; do
        for c in "/usr/bin/$name"-[0-9] "/usr/bin/$name"-[0-9][0-9]; do
            [ ! -x "$c" ] || echo "$c"
        done
    done
}

# compilers CONFIGURED OTHERS...: their commands, one a line. Options and a cache in
# front of the configured one are left out.
compilers()
{
    compilers_seen=
    for c in "$@"; do
        c=${c#ccache }
        c=${c%% *}
        version=$($c --version 2>/dev/null | sed -n 's/^[^ ]* \(.*\)/\1/p;1q') || continue
        [ -n "$version" ] || continue
        case $compilers_seen in *"[$version]"*) continue ;; esac
        compilers_seen="$compilers_seen[$version]"
        echo "$c"
    done
}
