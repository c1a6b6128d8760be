#!/usr/bin/env python3
"""The script that people write first: which hosts do how many people use? Part of compare.sh.

compare.py FILE          splits lines and keeps sets
compare.py --duckdb FILE asks DuckDB the same
"""

import sys


def naive(path):
    people = {}
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            fields = line.split()
            if len(fields) < 10:
                continue
            target, person = fields[6], fields[7]
            if "://" in target:
                target = target.split("://", 1)[1]
            host = target.split("/", 1)[0].split(":", 1)[0]
            people.setdefault(host, set()).add(person)
    ranked = sorted(((len(who), host) for host, who in people.items()), reverse=True)
    return ranked[:20]


def duck(path):
    import duckdb

    # Squid pads the third field with blanks, so that no CSV reader can cut the line; a pattern can.
    query = r"""
        SELECT count(DISTINCT part.person) AS people, part.host
        FROM (SELECT regexp_extract(line, '^\S+ +\S+ \S+ \S+ \S+ \S+ (?:[a-z]+://)?([^:/ ]+)\S* (\S+)',
                                    ['host', 'person']) AS part
              FROM read_csv($path, columns = {'line': 'VARCHAR'}, delim = '\x01', header = false,
                            quote = '', escape = '', auto_detect = false))
        GROUP BY part.host ORDER BY people DESC, part.host DESC LIMIT 20
    """
    return duckdb.execute(query, {"path": path}).fetchall()


if __name__ == "__main__":
    rows = duck(sys.argv[2]) if sys.argv[1] == "--duckdb" else naive(sys.argv[1])
    for count, host in rows:
        print(count, host)
