#!/usr/bin/env bash
# What people use today and umbrascope, side by side on one Squid log, as a Markdown table.
#
#   benches/compare.sh [FILE [SIZE]]     FILE is made if it is not there: 1G of bench traffic in target/compare/ by default
#   ROUNDS=5 PYTHON=target/venv/bin/python UMBRASCOPE=path/to/umbrascope GENERATE=path/to/generate benches/compare.sh
#
# The light question: which hosts do how many people use, the first 20?
# The full question, which is the one that umbrascope answers: for every app (the longest suffix of the host in the same
# catalog) and every other registrable domain, how many people, requests, blocked, bytes down, days, active quarter-hours
# summed over people, first and last seen. Passwords asked for (407) are no requests.
#
#   wc -l         only how many lines there are: the floor
#   mawk          both questions; the full one in compare.awk
#   Python        both, with split, dict and set (compare.py)
#   DuckDB        both, in SQL and on all cores (compare.py; needs its Python module)
#   GoAccess      URLs, clients, users, status codes: totals of each, but not who used which host
#   umbrascope    the full question, and more: roles of hosts, uploads, evidence, each app's hosts, an account of every line
#   gzip -dc      unpacks and drops: the floor for packed logs
#
# Before anything is measured, all answer the full question on a small log and have to agree in every count. Where they
# cannot: scripts take domains from the catalog and leave its patterns and paths, so apps that only these tell apart are one;
# they guess the registrable domain by a rule of thumb (right for the generated logs); they know nothing of tunnels that
# are logged twice or of transfers that failed.
#
# The tools take turns in each round, so that what else the machine does hits all alike. Medians; the page cache is warm.
# Tools that are missing are named and left out. DuckDB: `python3 -m venv target/venv && target/venv/bin/pip install duckdb`.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

file=${1:-target/compare/squid.log}
size=${2:-1G}
rounds=${ROUNDS:-3}
python=${PYTHON:-python3}
umbrascope=${UMBRASCOPE:-${CARGO_TARGET_DIR:-target}/release/umbrascope}
folder=target/compare

if [ -z "${UMBRASCOPE:-}" ]; then
    cargo build --release --quiet
fi
generate() {
    if [ -n "${GENERATE:-}" ]; then
        "$GENERATE" "$@"
    else
        cargo run --release --quiet --example generate -- "$@"
    fi
}
mkdir -p "$folder"
if [ ! -e "$file" ]; then
    mkdir -p "$(dirname "$file")"
    generate bench squid "$size" > "$file.part"
    mv "$file.part" "$file"
fi
packed=$file.gz
if [ ! -e "$packed" ]; then
    gzip -6 --stdout "$file" > "$packed.part"
    mv "$packed.part" "$packed"
fi
bytes=$(stat -c %s "$file" 2> /dev/null || stat -f %z "$file")

have_mawk='' have_python='' have_duckdb=''
skipped=()
if command -v mawk > /dev/null; then have_mawk=yes; else skipped+=(mawk); fi
if command -v "$python" > /dev/null; then have_python=yes; else skipped+=(Python 'the full question'); fi
if [ -n "$have_python" ] && "$python" -c 'import duckdb' 2> /dev/null; then
    have_duckdb=yes
else
    skipped+=('DuckDB (pip install duckdb)')
fi

# The catalog as lines of domain and app, made once and not measured. Umbrascope's time includes loading its own.
catalog=$folder/catalog.tsv
if [ -n "$have_python" ]; then
    "$umbrascope" catalog list --format json | "$python" benches/compare.py catalog > "$catalog"
fi

names=() commands=()
add() { names+=("$1") commands+=("$2"); }

script="$(printf %q "$python") benches/compare.py"
# full LOG: the full question, of everybody who is there, as commands by name
full() {
    local log
    log=$(printf %q "$1")
    [ -z "$have_mawk" ] || add 'mawk, full' "mawk -f benches/compare.awk $catalog $log"
    add 'Python, full' "$script python full $log $catalog"
    [ -z "$have_duckdb" ] || add 'DuckDB, full' "$script duckdb full $log $catalog"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ -n "$have_python" ]; then
    generate bench squid 5M > "$scratch/small.log"
    "$umbrascope" scan --quiet --format json "$scratch/small.log" > "$scratch/report.json"
    full "$scratch/small.log"
    answers=()
    for i in "${!names[@]}"; do
        answer=$scratch/${names[i]%,*}
        bash -c "${commands[i]}" > "$answer"
        answers+=("$answer")
    done
    "$python" benches/compare.py check "$scratch/report.json" "$catalog" "${answers[@]}"
    echo
    names=() commands=()
fi

log=$(printf %q "$file")
add 'wc -l' "wc -l $log"
if [ -n "$have_mawk" ]; then
    add 'mawk, light' "mawk '{ h = \$7; sub(/^[a-z]+:\\/\\//, \"\", h); sub(/[:\\/].*/, \"\", h)
                 if (!((h, \$8) in seen)) { seen[h, \$8]; people[h]++ } }
               END { for (h in people) print people[h], h }' $log | sort -rn | head -20"
fi
[ -z "$have_python" ] || add 'Python, light' "$script python light $log"
[ -z "$have_duckdb" ] || add 'DuckDB, light' "$script duckdb light $log"
if command -v goaccess > /dev/null; then
    add 'GoAccess' "goaccess $log --no-global-config --no-progress -o json \
        --log-format='%x.%^ %~%L %h %^/%s %b %m %U %e %^' --datetime-format=%s"
else
    skipped+=(GoAccess)
fi
[ -z "$have_python" ] || full "$file"
add 'umbrascope' "$(printf %q "$umbrascope") scan --format json $log"
add 'gzip -dc' "gzip -dc $log.gz"
add 'umbrascope, .gz' "$(printf %q "$umbrascope") scan --format json $log.gz"
if command -v zstd > /dev/null; then
    [ -e "$file.zst" ] || zstd -q -3 -k "$file"
    add 'zstd -dc' "zstd -dc $log.zst"
    add 'umbrascope, .zst' "$(printf %q "$umbrascope") scan --format json $log.zst"
else
    skipped+=(zstd)
fi

# GNU time tells the peak of memory; without it there is none.
clock=()
if /usr/bin/time -f %M true > /dev/null 2>&1; then
    clock=(/usr/bin/time -f %M -o)
fi

cat "$file" "$packed" > /dev/null

for _ in $(seq "$rounds"); do
    for i in "${!names[@]}"; do
        start=${EPOCHREALTIME/./}
        status=0
        if [ ${#clock[@]} -gt 0 ]; then
            "${clock[@]}" "$scratch/peak" bash -c "${commands[i]}" > /dev/null 2> "$scratch/err" || status=$?
        else
            bash -c "${commands[i]}" > /dev/null 2> "$scratch/err" || status=$?
        fi
        end=${EPOCHREALTIME/./}
        if [ "$status" -ne 0 ]; then
            touch "$scratch/failed.$i"
            echo "${names[i]}: exit code $status" >&2
            head -5 "$scratch/err" >&2
        fi
        echo $((end - start)) >> "$scratch/times.$i"
        [ ${#clock[@]} -eq 0 ] || tail -1 "$scratch/peak" >> "$scratch/peaks.$i"
    done
done

median() { sort -n "$1" 2> /dev/null | sed -n "$((rounds / 2 + 1))p"; }

# The first line of what a program says of its version.
version() { { "$@" 2>&1 || true; } | sed -n '1{s/ *$//;p}'; }
cores=$(getconf _NPROCESSORS_ONLN)
model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2> /dev/null | sed -n 1p || true)
memory=$(awk '/^MemTotal/ { printf ", %.0f GB", $2 * 1024 / 1e9 }' /proc/meminfo 2> /dev/null || true)
vectors=$(wc --debug -l < /dev/null 2>&1 | sed -n 's/^wc: using \(.*\) hardware support$/ (\1)/p' || true)

echo "$((bytes / 1000000)) MB of Squid's native log, $(wc -l < "$file") lines; medians of $rounds; MB/s of unpacked text"
echo
echo "- machine: ${model:-$(uname -m)}, $cores cores$memory, $(uname -s) $(uname -r)"
echo "- $(version wc --version)$vectors"
[ -z "$have_mawk" ] || echo "- $(version mawk -W version)"
[ -z "$have_python" ] || echo "- $(version "$python" --version)"
[ -z "$have_duckdb" ] || echo "- DuckDB $("$python" -c 'import duckdb; print(duckdb.__version__)')"
! command -v goaccess > /dev/null || echo "- $(version goaccess --version)"
echo "- $(version gzip --version)"
echo "- $(version "$umbrascope" --version)"
echo
floor=$(median "$scratch/times.0")
plain='' unpacked='' unpacked_zst=''
for i in "${!names[@]}"; do
    case ${names[i]} in
        umbrascope) plain=$(median "$scratch/times.$i") ;;
        'umbrascope, .gz') unpacked=$(median "$scratch/times.$i") ;;
        'umbrascope, .zst') unpacked_zst=$(median "$scratch/times.$i") ;;
    esac
done
echo '| | seconds | MB/s | times `wc -l` | times umbrascope | peak MB |'
echo '|:--|--:|--:|--:|--:|--:|'
for i in "${!names[@]}"; do
    if [ -e "$scratch/failed.$i" ]; then
        echo "| ${names[i]} | failed | | | | |"
        continue
    fi
    # Packed against packed.
    own=$plain
    case ${names[i]} in
        'gzip -dc' | *.gz) own=$unpacked ;;
        'zstd -dc' | *.zst) own=$unpacked_zst ;;
    esac
    awk -v name="${names[i]}" -v us="$(median "$scratch/times.$i")" -v bytes="$bytes" -v floor="$floor" -v own="$own" \
        -v peak="$(median "$scratch/peaks.$i")" 'BEGIN {
            printf "| %s | %.2f | %.0f | %.1f | %.*f | %s |\n", name, us / 1e6, bytes / us, us / floor,
                us < own ? 2 : 1, us / own, peak == "" ? "-" : sprintf("%.0f", peak * 1024 / 1e6) }'
done
if [ ${#skipped[@]} -gt 0 ]; then
    echo
    printf 'Not installed, so left out:'
    printf ' %s;' "${skipped[@]}" | sed 's/;$//'
    echo
fi
