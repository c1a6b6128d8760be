#!/bin/sh
# Makes sample-logs/ anew: the story, then gzip over the older days of the proxy, as logrotate would.
# Usage: story.sh [DIR [GENERATE]], from anywhere; GENERATE is a built generator.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$here/../../sample-logs}
if [ $# -ge 2 ]; then
    generate=$2
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    generate=$work/generate
    rustc --edition 2024 -O "$here/main.rs" -o "$generate"
fi
mkdir -p "$dir"
for device in hq-proxy branch-proxysg firewall cloud-gateway sensor-zeek guest-dns dmz-web; do
    rm -rf "${dir:?}/$device"
done
"$generate" story "$dir"
for day in 09 10 11 12 13 16 17; do
    gzip -n -9 "$dir/hq-proxy/access.log-202603$day"
done
# The resolver's log has no year in it; in an archive it keeps its date wherever it is copied to.
(
    cd "$dir/guest-dns"
    tar --mtime='2026-03-20 23:59:59Z' --owner=0 --group=0 --numeric-owner --mode=644 -cf - pihole.log | gzip -n -9 >pihole.tar.gz
    rm pihole.log
)
