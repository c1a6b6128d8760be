# The full question of compare.sh: apps and sites by people. Reads the catalog (domain, app), then Squid's native log.

function name_of(host,    suffix) {
    for (suffix = host; suffix != ""; ) {
        if (suffix in app) return app[suffix]
        if (!match(suffix, /\./)) break
        suffix = substr(suffix, RSTART + 1)
    }
    if (host !~ /^[0-9.]+$/ && match(host, /[^.]+\.((ac|co|com|edu|gov|net|org)\.[a-z][a-z]|[^.]+)$/))
        return substr(host, RSTART)
    return host
}

NR == FNR { app[$1] = $2; next }
NF < 10 || $4 ~ /\/407$/ { next }
{
    host = $7
    sub(/^[a-z]+:\/\//, "", host)
    sub(/[:\/].*/, "", host)
    if (!(host in names)) names[host] = name_of(host)
    name = names[host]
    person = $8 == "-" ? $3 : $8
    second = int($1)
    requests[name]++
    if ($4 ~ /DENIED/) blocked[name]++
    down[name] += $5
    quarter = int(second / 900)
    if (!((name, person, quarter) in active)) {
        active[name, person, quarter]
        quarters[name]++
        if (!((name, person) in met)) { met[name, person]; people[name]++ }
        day = int(quarter / 96)
        if (!((name, day) in on)) { on[name, day]; days[name]++ }
    }
    if (!(name in first) || second < first[name]) first[name] = second
    if (second > last[name]) last[name] = second
}
END {
    for (name in requests)
        printf "%s\t%d\t%d\t%d\t%.0f\t%d\t%d\t%d\t%d\n", name, people[name], requests[name], blocked[name], down[name],
            days[name], quarters[name], first[name], last[name]
}
