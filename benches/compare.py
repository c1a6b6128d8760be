#!/usr/bin/env python3
"""The scripts and queries that people write first, over Squid's native log. Part of compare.sh, which tells the questions.

compare.py python light LOG               hosts by people, with split, dict and set
compare.py duckdb light LOG               the same in SQL
compare.py python full LOG CATALOG        apps and sites by people, and all that umbrascope counts of them
compare.py duckdb full LOG CATALOG        the same in SQL
compare.py catalog < LIST > CATALOG       lines of domain, tab, app from `umbrascope catalog list --format json`
compare.py check REPORT CATALOG ANSWER... whether answers to the full question say what umbrascope's report says
"""

import datetime
import json
import re
import sys

# The registrable domain by rule of thumb: nobody carries the Public Suffix List in a script. Once for each host.
SITE = r"[^.]+\.(?:(?:ac|co|com|edu|gov|net|org)\.[a-z][a-z]|[^.]+)$"
ADDRESS = r"^[0-9.]+$"

# Squid pads the second field with blanks, so that no CSV reader can cut the line. Splitting and dropping what is empty is
# three to five times faster than a pattern.
FIELDS = """
    (SELECT list_filter(string_split(line, ' '), lambda field: field <> '') AS f
     FROM read_csv($log, columns = {'line': 'VARCHAR'}, delim = '\x01', header = false, quote = '', escape = '',
                   auto_detect = false)
     WHERE len(f) >= 10)
"""
HOST = "split_part(split_part(if(contains(f[7], '://'), split_part(f[7], '://', 2), f[7]), '/', 1), ':', 1)"


def host_of(target):
    if "://" in target:
        target = target.split("://", 1)[1]
    return target.split("/", 1)[0].split(":", 1)[0]


def python_light(log):
    people = {}
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) < 10:
                continue
            people.setdefault(host_of(fields[6]), set()).add(fields[7])
    ranked = sorted(((len(who), host) for host, who in people.items()), reverse=True)
    return ranked[:20]


class Row:
    """What is known of an app or a site."""

    __slots__ = ("requests", "blocked", "down", "first", "last", "active")

    def __init__(self):
        self.requests = self.blocked = self.down = self.last = 0
        self.first = sys.maxsize
        # Pairs of a person and a quarter-hour: people, days and active time all come from these.
        self.active = set()


def claims(catalog):
    with open(catalog, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split("\t") for line in lines)


def name_of(host, apps):
    """The app with the longest suffix of the host in the catalog, or else its site."""
    suffix = host
    while suffix:
        if suffix in apps:
            return apps[suffix]
        suffix = suffix.partition(".")[2]
    site = None if re.match(ADDRESS, host) else re.search(SITE, host)
    return site.group() if site else host


def python_full(log, catalog):
    apps = claims(catalog)
    rows, by_host = {}, {}
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) < 10:
                continue
            code, person = fields[3], fields[7]
            if code.endswith("/407"):
                continue
            host = host_of(fields[6])
            row = by_host.get(host)
            if row is None:
                row = by_host[host] = rows.setdefault(name_of(host, apps), Row())
            if person == "-":
                person = fields[2]
            second = int(fields[0][:10])
            row.requests += 1
            if "DENIED" in code:
                row.blocked += 1
            row.down += int(fields[4])
            row.active.add((person, second // 900))
            if second < row.first:
                row.first = second
            if second > row.last:
                row.last = second
    answer = []
    for name, row in rows.items():
        people = len({person for person, _ in row.active})
        days = len({quarter // 96 for _, quarter in row.active})
        answer.append((name, people, row.requests, row.blocked, row.down, days, len(row.active), row.first, row.last))
    answer.sort(key=lambda row: (-row[1], row[0]))
    return answer


def duckdb_light(log):
    import duckdb

    query = f"""
        SELECT count(DISTINCT f[8]) AS people, {HOST} AS host
        FROM {FIELDS} GROUP BY host ORDER BY people DESC, host DESC LIMIT 20
    """
    return duckdb.execute(query, {"log": log}).fetchall()


def duckdb_full(log, catalog):
    import duckdb

    db = duckdb.connect()
    db.execute(
        f"""
        CREATE TABLE seen AS
        SELECT {HOST} AS host, if(f[8] = '-', f[3], f[8]) AS person, f[1][:10]::BIGINT AS second,
               contains(f[4], 'DENIED') AS blocked, f[5]::BIGINT AS down
        FROM {FIELDS} WHERE f[4] NOT LIKE '%/407'
        """,
        {"log": log},
    )
    db.execute(
        """
        CREATE TABLE claims AS
        SELECT * FROM read_csv($catalog, columns = {'domain': 'VARCHAR', 'app': 'VARCHAR'}, delim = '\t', header = false,
                               auto_detect = false)
        """,
        {"catalog": catalog},
    )
    db.execute(
        f"""
        CREATE TABLE named AS
        WITH hosts AS (SELECT DISTINCT host, string_split(host, '.') AS labels FROM seen),
             suffixes AS (SELECT host, array_to_string(labels[unnest(range(1, len(labels) + 1)):], '.') AS domain
                          FROM hosts),
             longest AS (SELECT host, arg_max(app, length(domain)) AS app
                         FROM suffixes JOIN claims USING (domain) GROUP BY host)
        SELECT host, coalesce(app, if(regexp_matches(host, {quoted(ADDRESS)}), NULL,
                                      nullif(regexp_extract(host, {quoted(SITE)}), '')), host) AS name
        FROM hosts LEFT JOIN longest USING (host)
        """
    )
    return db.execute(
        """
        WITH cells AS (SELECT name, person, second // 900 AS quarter, count(*) AS requests,
                              count_if(blocked) AS blocked, sum(down) AS down, min(second) AS first, max(second) AS last
                       FROM seen JOIN named USING (host) GROUP BY ALL)
        SELECT name, count(DISTINCT person) AS people, sum(requests), sum(blocked), sum(down),
               count(DISTINCT quarter // 96), count(*), min(first), max(last)
        FROM cells GROUP BY name ORDER BY people DESC, name
        """
    ).fetchall()


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def catalog():
    """Domains only: claims on paths and patterns are left out, as a script would."""
    for app in json.load(sys.stdin):
        for claim in app.get("domains", []):
            if "/" not in claim["domain"]:
                yield claim["domain"], app["id"]


def reported(path, apps):
    """A report's rows as the scripts write them, None where it does not tell; and those that scripts cannot have."""

    def second(text):
        return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())

    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    rows, beyond = {}, set()
    for row in report["apps"] + report["uncataloged"]:
        # Scripts know of no roles and no devices: whoever was seen is a person.
        people = row["people"] + row["devices"] + row.get("touched", 0)
        quarters = row["active_minutes"] // 15 if "active_minutes" in row else None
        if "site" in row and row["blocked"]:
            # Who was blocked and never let through is not among a site's people.
            people = None
        rows[row.get("id") or row["site"]] = (
            *(people, row["requests"], row["blocked"], row["bytes_down"], row["days"], quarters),
            *(second(row["first_seen"]), second(row["last_seen"])),
        )
        for host in row["hosts"] if "id" in row else []:
            if "*" in host["rule"] or "/" in host["rule"]:
                beyond |= {row["id"], name_of(host["host"].partition("/")[0], apps)}
    return rows, beyond


def agree(wanted, found):
    return wanted is not None and found is not None and all(a is None or a == b for a, b in zip(wanted, found))


def check(report, catalog, answers):
    wanted, beyond = reported(report, claims(catalog))
    good = True
    for path in answers:
        with open(path, encoding="utf-8") as lines:
            fields = [line.rstrip("\n").split("\t") for line in lines]
        found = {name: tuple(map(int, counts)) for name, *counts in fields}
        names = sorted((wanted.keys() | found.keys()) - beyond)
        different = [name for name in names if not agree(wanted.get(name), found.get(name))]
        for name in different[:5]:
            print(f"{path}: {name}: {found.get(name)}, but umbrascope says {wanted.get(name)}", file=sys.stderr)
        if different:
            print(f"{path}: {len(different)} of {len(names)} rows differ", file=sys.stderr)
            good = False
    if good:
        sites = sum("." in name for name in wanted)
        print(f"{len(answers)} answers agree with umbrascope on {len(wanted) - sites} apps and {sites} sites", end="")
        if beyond:
            print(f", but for {', '.join(sorted(beyond))}: told apart by patterns or paths, not by domains", end="")
        print(".")
    return good


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["python", "light", log]:
            answer = python_light(log)
        case ["python", "full", log, domains]:
            answer = python_full(log, domains)
        case ["duckdb", "light", log]:
            answer = duckdb_light(log)
        case ["duckdb", "full", log, domains]:
            answer = duckdb_full(log, domains)
        case ["catalog"]:
            answer = catalog()
        case ["check", report, domains, *answers]:
            sys.exit(not check(report, domains, answers))
        case _:
            sys.exit(__doc__)
    for row in answer:
        print(*row, sep="\t")
