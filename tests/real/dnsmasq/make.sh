#!/bin/sh
# Run a private dnsmasq on loopback and keep its query log, twice:
# with log-queries and with log-queries=extra.
#
# usage: make.sh [OUT]
#   OUT   directory for plain.log, extra.log, version.txt
#         (without it the samples of tests/corpus are written again)
#
# Needs: dnsmasq, python3. No rights: the ports are free high ones.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../../corpus
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C.UTF-8 TZ=UTC
export PATH LC_ALL TZ
out=${1:-}

dir=$(mktemp -d)
main_pid= up_pid= hole_pid=
stop() {
    for p in $main_pid $up_pid $hole_pid; do kill "$p" 2>/dev/null || true; done
    for p in $main_pid $up_pid $hole_pid; do wait "$p" 2>/dev/null || true; done
    main_pid= up_pid= hole_pid=
}
finish() {
    trap - EXIT INT TERM
    stop
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

set -- $(python3 -c '
import socket
a = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "123"]
for s, n in zip(a, "123"): s.bind(("127.0.2." + n, 0))
print(*[s.getsockname()[1] for s in a])')
port=$1 up=$2 hole=$3

# dnsmasq writes the name of a hosts file as it was given: give a bare one
cd "$dir"
cp "$here/hosts.lan" .
me=$(id -un)

for kind in plain extra; do
    case $kind in plain) how=log-queries ;; extra) how=log-queries=extra ;; esac
    # a port that takes questions and never answers
    python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.2.3", int(sys.argv[1])))
while True: s.recv(4096)' "$hole" &
    hole_pid=$!
    dnsmasq --no-daemon --user="$me" --pid-file= --conf-file="$here/upstream.conf" \
        --port="$up" --log-facility="$dir/upstream.log" 2>/dev/null &
    up_pid=$!
    dnsmasq --no-daemon --user="$me" --pid-file= --conf-file="$here/main.conf" \
        --port="$port" --server="127.0.2.2#$up" --server="/dead/127.0.2.3#$hole" \
        --$how --log-facility="$dir/$kind.log" 2>/dev/null &
    main_pid=$!
    n=0
    until grep -q 'read hosts.lan' "$dir/$kind.log" 2>/dev/null && grep -q started "$dir/upstream.log" 2>/dev/null; do
        n=$((n + 1))
        if [ $n -gt 50 ]; then echo "make.sh: dnsmasq did not start" >&2; cat "$dir/$kind.log" >&2; exit 1; fi
        sleep 0.1
    done
    python3 "$here/drive.py" 127.0.2.1 "$port" "$main_pid"
    stop
    # of the table of the cache that SIGUSR1 makes it write, the first rows will do
    awk '/ ------/ { n = 1 } n && /read hosts/ { n = 0 } n && n++ > 5 { next } { print }' "$kind.log" > cut.log
    mv cut.log "$kind.log"
done

dnsmasq --version | head -n 1 > version.txt
if [ -n "$out" ]; then
    cd "$here/../../.." && mkdir -p "$out" && cp "$dir/plain.log" "$dir/extra.log" "$dir/version.txt" "$out/"
else
    for d in real:plain real-extra:extra; do
        mkdir -p "$corpus/dnsmasq/${d%:*}"
        cp "$dir/${d#*:}.log" "$corpus/dnsmasq/${d%:*}/sample.log"
        chmod 644 "$corpus/dnsmasq/${d%:*}/sample.log"
    done
fi
wc -l "$dir/plain.log" "$dir/extra.log" | sed "s|$dir/||"
