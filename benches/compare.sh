#!/usr/bin/env bash
# What people use today and umbrascope, side by side on one Squid log, as a Markdown table.
#
#   benches/compare.sh [FILE [SIZE]]     FILE is made if it is not there: 1G of bench traffic in target/compare/ by default
#   ROUNDS=5 PYTHON=.venv/bin/python UMBRASCOPE=path/to/umbrascope benches/compare.sh
#
# The question is always "which destinations do how many people use?". What each answers:
#   wc -l         only how many lines there are: the floor, and the measure of all others
#   mawk          hosts by distinct users, the first 20
#   Python        the same with split, dict and set (compare.py)
#   DuckDB        the same in SQL, on all cores (compare.py --duckdb; needs its Python module)
#   GoAccess      URLs, clients, users, status codes: totals of each, but not who used which host
#   umbrascope    apps and sites by people, with requests, blocked, bytes, days, active time and evidence; every line
#                 accounted for
#   gzip -dc      unpacks and drops: the floor for packed logs
#
# The tools take turns in each round, so that what else the machine does hits all alike. Medians; the page cache is warm.
# Tools that are missing are named and left out.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

file=${1:-target/compare/squid.log}
size=${2:-1G}
rounds=${ROUNDS:-3}
python=${PYTHON:-python3}
umbrascope=${UMBRASCOPE:-target/release/umbrascope}

if [ ! -x "$umbrascope" ]; then
    cargo build --release --quiet
fi
if [ ! -e "$file" ]; then
    mkdir -p "$(dirname "$file")"
    cargo run --release --quiet --example generate -- bench squid "$size" > "$file.part"
    mv "$file.part" "$file"
fi
packed=$file.gz
if [ ! -e "$packed" ]; then
    gzip -6 --stdout "$file" > "$packed.part"
    mv "$packed.part" "$packed"
fi
bytes=$(stat -c %s "$file" 2> /dev/null || stat -f %z "$file")

names=() commands=()
add() { names+=("$1") commands+=("$2"); }
skipped=()

log=$(printf %q "$file")
add 'wc -l' "wc -l $log"
if command -v mawk > /dev/null; then
    add 'mawk' "mawk '{ h = \$7; sub(/^[a-z]+:\\/\\//, \"\", h); sub(/[:\\/].*/, \"\", h)
                 if (!((h, \$8) in seen)) { seen[h, \$8]; people[h]++ } }
               END { for (h in people) print people[h], h }' $log | sort -rn | head -20"
else
    skipped+=(mawk)
fi
if command -v "$python" > /dev/null; then
    add 'Python' "$(printf %q "$python") benches/compare.py $log"
    if "$python" -c 'import duckdb' 2> /dev/null; then
        add 'DuckDB' "$(printf %q "$python") benches/compare.py --duckdb $log"
    else
        skipped+=('DuckDB (pip install duckdb)')
    fi
else
    skipped+=(Python DuckDB)
fi
if command -v goaccess > /dev/null; then
    add 'GoAccess' "goaccess $log --no-global-config --no-progress -o json \
        --log-format='%x.%^ %~%L %h %^/%s %b %m %U %e %^' --datetime-format=%s"
else
    skipped+=(GoAccess)
fi
add 'umbrascope' "$(printf %q "$umbrascope") scan --format json $log"
add 'gzip -dc' "gzip -dc $log.gz"
add 'umbrascope, packed' "$(printf %q "$umbrascope") scan --format json $log.gz"

# GNU time tells the peak of memory; without it there is none.
clock=()
if /usr/bin/time -f %M true > /dev/null 2>&1; then
    clock=(/usr/bin/time -f %M -o)
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
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

floor=$(median "$scratch/times.0")
echo "$((bytes / 1000000)) MB of Squid's native log, $(wc -l < "$file") lines; medians of $rounds; MB/s of unpacked text"
echo
echo '| | seconds | MB/s | times `wc -l` | peak MB |'
echo '|:--|--:|--:|--:|--:|'
for i in "${!names[@]}"; do
    if [ -e "$scratch/failed.$i" ]; then
        echo "| ${names[i]} | failed | | | |"
        continue
    fi
    awk -v name="${names[i]}" -v us="$(median "$scratch/times.$i")" -v bytes="$bytes" -v floor="$floor" \
        -v peak="$(median "$scratch/peaks.$i")" 'BEGIN {
            printf "| %s | %.2f | %.0f | %.1f | %s |\n", name, us / 1e6, bytes / us, us / floor,
                peak == "" ? "-" : sprintf("%.0f", peak * 1024 / 1e6) }'
done
if [ ${#skipped[@]} -gt 0 ]; then
    echo
    printf 'Not installed, so left out:'
    printf ' %s;' "${skipped[@]}" | sed 's/;$//'
    echo
fi
