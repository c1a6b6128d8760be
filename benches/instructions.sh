#!/usr/bin/env bash
# Has reading become dearer? Counts the instructions of a whole scan, a line of each log, and compares with
# instructions.txt. Time is never measured, so a busy machine says the same as a quiet one.
#
#   benches/instructions.sh [KIND...]                   all kinds: under a minute, and needs valgrind
#   UPDATE_EXPECT=1 benches/instructions.sh [KIND...]   writes figures that moved more than 1 %
#   UMBRASCOPE=path/to/umbrascope GENERATE=path/to/generate benches/instructions.sh
#
# Each kind is scanned twice, a small log and a larger one; the difference in instructions over the difference in lines
# leaves out the start, the detection and what else happens once. The logs are the generator's, the same ones each time.
# Hashes are seeded anew in each run, which moves a figure by a thousandth at most.
#
# What the figures mean: one worker, on x86-64 with AVX2, which is all that valgrind knows of (wider vectors are hidden
# from the program). Vectors make a line cheaper by time more than by instructions, and a missed cache costs time and no
# instruction: this finds work that was added, and `whole.rs` says how long it takes.
#
# Exit code 0: no kind is dearer than 5 % above its figure; 1: one is, or there is no figure; 2: it could not be counted.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

umbrascope=${UMBRASCOPE:-${CARGO_TARGET_DIR:-target}/release/umbrascope}
table=benches/instructions.txt
small=1M
large=6M

all=(squid squid.gz proxysg csv60 kv40 zeek json39 dnsmasq)
kinds=("$@")
if [ ${#kinds[@]} -eq 0 ]; then
    kinds=("${all[@]}")
fi

if ! command -v valgrind > /dev/null; then
    echo "instructions.sh: valgrind is not installed" >&2
    exit 2
fi
if [ "$(uname -m)" != x86_64 ] || ! grep -q -w avx2 /proc/cpuinfo; then
    echo "instructions.sh: the figures are those of x86-64 with AVX2; nothing is compared here"
    exit 0
fi
# Nothing to do where it is fresh; a stale one would give the figures of yesterday.
if [ -z "${UMBRASCOPE:-}" ]; then
    cargo build --release --quiet
fi
# The daily profile: tests have built it already, and a few megabytes are made at once.
generate() {
    if [ -n "${GENERATE:-}" ]; then
        "$GENERATE" "$@"
    else
        cargo run --quiet --example generate -- "$@"
    fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# log KIND SIZE FILE: a log; KIND may end in .gz
log() {
    generate bench "${1%.gz}" "$2" > "$3"
    lines=$(wc -l < "$3")
    if [ "${1%.gz}" != "$1" ]; then
        gzip -6 -n "$3"
        mv "$3.gz" "$3"
    fi
}

# count FILE: instructions of one scan, to `counted`; 1 if the program did not read the file
count() {
    local status=0
    valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind" \
        "$umbrascope" scan --quiet --threads 1 --format json "$1" > /dev/null 2> "$scratch/err" || status=$?
    counted=$(sed -n 's/^totals: //p' "$scratch/callgrind" 2> /dev/null || true)
    if [ -z "$counted" ]; then
        cat "$scratch/err" >&2
        echo "instructions.sh: valgrind counted nothing" >&2
        exit 2
    fi
    return "$status"
}

declare -A figures=()
taken=
while read -r kind figure rest; do
    case $kind in
        '') ;;
        '#') [ "$figure" != with ] || taken=$rest ;;
        *) figures[$kind]=$figure ;;
    esac
done < <(cat "$table" 2> /dev/null || true)

compiler=$(rustc --version 2> /dev/null | cut -d' ' -f1-2 || true)
valgrind=$(valgrind --version)
here="$compiler, $valgrind"

failed=
for kind in "${kinds[@]}"; do
    file=$scratch/log
    figure=${figures[$kind]:-}
    log "$kind" "$small" "$file"
    few=$lines
    if ! count "$file"; then
        if [ -n "$figure" ]; then
            printf '%-10s FAILED: is not read any more\n' "$kind"
            failed=yes
        else
            printf '%-10s is not read yet\n' "$kind"
        fi
        continue
    fi
    start=$counted
    log "$kind" "$large" "$file"
    if ! count "$file"; then
        printf '%-10s FAILED: the larger log is not wholly read\n' "$kind"
        failed=yes
        continue
    fi
    now=$(((counted - start) / (lines - few)))

    # Tenths of a percent.
    moved=0
    [ -z "$figure" ] || moved=$(((now - figure) * 1000 / figure))
    change=$(awk -v tenths="$moved" 'BEGIN { printf "%+.1f %%", tenths / 10 }')
    if [ -n "${UPDATE_EXPECT:-}" ]; then
        if [ -z "$figure" ] || [ "${moved#-}" -gt 10 ]; then
            figures[$kind]=$now
            printf '%-10s %6d instructions a line, written (was %s)\n' "$kind" "$now" "${figure:-unknown}"
        else
            printf '%-10s %6d instructions a line, %s: kept\n' "$kind" "$now" "$change"
        fi
    elif [ -z "$figure" ]; then
        printf '%-10s FAILED: %d instructions a line, and no figure to compare with: UPDATE_EXPECT=1\n' "$kind" "$now"
        failed=yes
    elif [ "$moved" -gt 50 ]; then
        printf '%-10s FAILED: %d instructions a line, %s above %d\n' "$kind" "$now" "$change" "$figure"
        failed=yes
    elif [ "$moved" -lt -50 ]; then
        printf '%-10s %6d instructions a line, %s: lower the figure, UPDATE_EXPECT=1\n' "$kind" "$now" "$change"
    else
        printf '%-10s %6d instructions a line, %s\n' "$kind" "$now" "$change"
    fi
done

if [ -n "${UPDATE_EXPECT:-}" ]; then
    {
        echo "# Instructions a line, of a whole scan with one worker: what benches/instructions.sh compares with and writes."
        echo "# with $here"
        for kind in "${all[@]}"; do
            [ -z "${figures[$kind]:-}" ] || printf '%-10s %6d\n' "$kind" "${figures[$kind]}"
        done
    } > "$table.part"
    mv "$table.part" "$table"
fi
if [ -n "$failed" ]; then
    echo
    echo "The figures were taken with ${taken:-nothing}; this is $here."
    echo "Where the instructions go: valgrind --tool=callgrind, then callgrind_annotate, on a binary built with"
    echo "CARGO_PROFILE_RELEASE_STRIP=false CARGO_PROFILE_RELEASE_DEBUG=1. If they are worth it: UPDATE_EXPECT=1."
    exit 1
fi
