#!/bin/sh
# Run private resolvers on loopback, ask each the same questions, and keep the
# logs: BIND, Unbound, PowerDNS Recursor. A dnsmasq behind them is the world.
#
# usage: make.sh [OUT]
#   OUT   directory for bind.log, unbound.log, recursor.log, version.txt
#         (without it the samples of tests/corpus are written again)
#
# Needs: named, unbound, pdns_recursor, dnsmasq, python3. No rights: the ports
# are free high ones.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../../corpus
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C.UTF-8 TZ=UTC
export PATH LC_ALL TZ
out=${1:-}

dir=$(mktemp -d)
up_pid= pid=
stop() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; pid=; }
}
finish() {
    trap - EXIT INT TERM
    stop
    [ -z "$up_pid" ] || { kill "$up_pid" 2>/dev/null || true; wait "$up_pid" 2>/dev/null || true; }
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

set -- $(python3 -c '
import socket
a = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "1234"]
for s, n in zip(a, "0222"): s.bind(("127.0.%s.1" % n, 0))
print(*[s.getsockname()[1] for s in a])')
bind=$1 unbound=$2 recursor=$3 up=$4

fill() { sed "s|@DIR@|$dir|g; s|@PORT@|$2|g; s|@UP@|$up|g" "$here/$1" > "$dir/$1"; }
fill named.conf "$bind"
fill unbound.conf "$unbound"
fill recursor.conf "$recursor"
sed 's|@ORIGIN@|rpz.corp.example.|; s|^@ |rpz.corp.example. |' "$here/policy.zone" > "$dir/policy.zone"
cp "$here/corp.zone" "$dir/"
echo "rpzFile('$dir/policy.zone', {policyName='corp'})" > "$dir/policy.lua"

dnsmasq --no-daemon --user="$(id -un)" --pid-file= --conf-file="$here/../dnsmasq/upstream.conf" \
    --port="$up" --log-facility="$dir/upstream.log" 2>/dev/null &
up_pid=$!

ready() {
    n=0
    until grep -q "$2" "$1" 2>/dev/null; do
        n=$((n + 1))
        if [ $n -gt 50 ]; then echo "make.sh: no \"$2\" in $1" >&2; cat "$1" >&2; exit 1; fi
        sleep 0.1
    done
}

named -f -c "$dir/named.conf" 2>/dev/null &
pid=$!
ready "$dir/bind.log" 'reload done'
python3 "$here/drive.py" 127.0.0.1 "$bind"
stop

unbound -c "$dir/unbound.conf" 2>/dev/null &
pid=$!
ready "$dir/unbound.log" 'start of service'
python3 "$here/drive.py" 127.0.2.1 "$unbound"
stop

pdns_recursor --config-dir="$dir" > "$dir/recursor.log" 2>&1 &
pid=$!
ready "$dir/recursor.log" 'Enabled multiplexer'
python3 "$here/drive.py" 127.0.2.1 "$recursor"
stop

# of the start nothing but the questions matters, and it names the directory
sed -i '/subsystem="syncres"\|subsystem="in"\|subsystem="out"/!d' "$dir/recursor.log"
sed -i "s|$dir|/var/lib/named|g" "$dir/bind.log" "$dir/unbound.log"
{ named -v; unbound -V | head -n 1; pdns_recursor --version 2>&1 | head -n 1; } > "$dir/version.txt"
if [ -n "$out" ]; then
    mkdir -p "$out"
    cp "$dir/bind.log" "$dir/unbound.log" "$dir/recursor.log" "$dir/version.txt" "$out/"
else
    for d in bind:bind unbound:unbound powerdns:recursor; do
        mkdir -p "$corpus/${d%:*}/real"
        cp "$dir/${d#*:}.log" "$corpus/${d%:*}/real/sample.log"
        chmod 644 "$corpus/${d%:*}/real/sample.log"
    done
fi
wc -l "$dir/bind.log" "$dir/unbound.log" "$dir/recursor.log" | sed "s|$dir/||"
