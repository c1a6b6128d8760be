#!/bin/sh
# Run a private Squid on loopback and keep its three access logs.
#
# usage: make.sh [OUT]
#   OUT   directory for native.log, combined.log, audit.log, squid.conf, version.txt
#         (without it the samples of tests/corpus are written again)
#
# Needs: squid built with OpenSSL, dnsmasq, openssl, curl, python3, and the right
# to listen on ports 53, 80 and 443 of 127.0.2.x and 127.0.3.x (root).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../../corpus
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C.UTF-8
TZ=CET-1CEST,M3.5.0,M10.5.0/3   # so that the combined log has an offset
export PATH LC_ALL TZ
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY || true

squid -v | grep -q -e --with-openssl || { echo "make.sh: this squid was built without OpenSSL" >&2; exit 1; }

dir=$(mktemp -d)
squid_pid= names_pid= origin_pid=
finish() {
    trap - EXIT INT TERM
    for p in $squid_pid $names_pid $origin_pid; do kill "$p" 2>/dev/null || true; done
    for p in $squid_pid $names_pid $origin_pid; do wait "$p" 2>/dev/null || true; done
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

set -- "${1:-}" $(python3 -c '
import socket
a = [socket.socket() for _ in "12"]
for s in a: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in a])')
out=$1 port=$2 peek=$3

# certificates: one for the servers, one the peeking port must name
for n in origin proxy; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$n.example.net" \
        -keyout "$dir/$n.key" -out "$dir/$n.crt" 2>/dev/null
    cat "$dir/$n.key" "$dir/$n.crt" > "$dir/$n.pem"
done

# users: invented people (Squid asks its helper in small letters, and unescaped)
user() { printf '%s:%s\n' "$1" "$(openssl passwd -apr1 "$2")" >> "$dir/users"; }
user alice wonder-1
user bob builder-2
user carol singer-3
user dave grohl-4
user erin brook-5
user 'frank miller' sin-6
user 'corp\grace' hopper-7
user heidi@example.net alps-8
user 'josé' cafe-9
user 'i"van' terrible-10
user 'judy k' law-11

ncsa=
for f in /usr/lib/squid /usr/lib64/squid /usr/libexec/squid /usr/local/libexec /usr/local/squid/libexec; do
    [ -x "$f/basic_ncsa_auth" ] && ncsa=$f/basic_ncsa_auth && break
done
[ -n "$ncsa" ] || { echo "make.sh: basic_ncsa_auth not found" >&2; exit 1; }
: > "$dir/mime.conf"
mkdir "$dir/icons"
sed -e "s|@DIR@|$dir|g; s|@PORT@|$port|; s|@PEEK@|$peek|; s|@NCSA@|$ncsa|" "$here/squid.conf" > "$dir/squid.conf"
if [ "$(id -u)" = 0 ]; then
    # Squid drops root for this user
    chown -R "$(id -u proxy 2>/dev/null || id -u squid 2>/dev/null || id -u nobody)" "$dir"
fi

dnsmasq --keep-in-foreground --user="$(id -un)" --pid-file= --conf-file="$here/names.conf" --log-facility="$dir/names.log" &
names_pid=$!
mkfifo "$dir/hold"
python3 "$here/origin.py" "$dir/origin.pem" < "$dir/hold" > "$dir/origin.out" &
origin_pid=$!
exec 9> "$dir/hold"
squid -N -f "$dir/squid.conf" -z 9>&- 2>/dev/null >&2
rm -f "$dir/squid.pid"
squid -N -f "$dir/squid.conf" 9>&- 2>"$dir/squid.err" &
squid_pid=$!

n=0
until grep -q 'Accepting.*HTTP' "$dir/cache.log" 2>/dev/null && grep -q ready "$dir/origin.out"; do
    n=$((n + 1))
    if [ $n -gt 100 ] || ! kill -0 $squid_pid 2>/dev/null; then
        echo "make.sh: squid did not start" >&2; cat "$dir/squid.err" "$dir/cache.log" >&2; exit 1
    fi
    sleep 0.1
done

python3 "$here/drive.py" "$port" "$peek" 9>&-

kill -TERM $squid_pid; wait $squid_pid || true; squid_pid=
sleep 0.5

squid -v | head -n 1 > "$dir/version.txt"
if [ -n "$out" ]; then
    mkdir -p "$out"
    cp "$dir/native.log" "$dir/combined.log" "$dir/audit.log" "$here/squid.conf" "$dir/version.txt" "$out/"
    [ -z "${KEEP_CACHE_LOG:-}" ] || cp "$dir/cache.log" "$out/"
else
    for d in squid-native:native squid-clf:combined squid-logformat:audit; do
        mkdir -p "$corpus/${d%:*}/real"
        cp "$dir/${d#*:}.log" "$corpus/${d%:*}/real/sample.log"
        chmod 644 "$corpus/${d%:*}/real/sample.log"
    done
    {
        echo "# The logformat and access_log lines of tests/real/squid/squid.conf."
        grep -E '^(logformat|access_log|strip_query_terms) ' "$here/squid.conf" | sed 's|@DIR@|/var/log/squid|'
    } > "$corpus/squid-logformat/real/squid.conf"
fi
wc -l "$dir/native.log" "$dir/combined.log" "$dir/audit.log" | sed "s|$dir/||"
