#!/usr/bin/env python3
"""Send a fixed list of DNS queries from several loopback addresses.

usage: drive.py ADDRESS PORT
"""
import random
import socket
import struct
import sys
import time

ADDR, PORT = sys.argv[1], int(sys.argv[2])
A, NS, PTR, TXT, AAAA, SRV, HTTPS = 1, 2, 12, 16, 28, 33, 65


def packet(name, qtype, qclass=1, desired=1):
    labels = name if isinstance(name, list) else [x.encode() for x in name.split(".") if x]
    q = b"".join(bytes([len(x)]) + x for x in labels) + b"\0" + struct.pack("!HH", qtype, qclass)
    head = struct.pack("!HHHHHH", random.randrange(65536), 0x0020 | desired << 8, 1, 0, 0, 1)
    return head + q + b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0)


def ask(host, name, *types, tcp=False, wait=2.0, **kw):
    src = ("127.0.1.%d" % host, 0)
    for t in types or (A,):
        p = packet(name, t, **kw)
        try:
            if tcp:
                with socket.create_connection((ADDR, PORT), timeout=wait, source_address=src) as s:
                    s.sendall(struct.pack("!H", len(p)) + p)
                    s.recv(4096)
            else:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    s.bind(src)
                    s.settimeout(wait)
                    s.sendto(p, (ADDR, PORT))
                    s.recv(4096)
        except OSError:
            pass
        time.sleep(0.01)


ask(11, "slack.com", A, AAAA)
ask(12, "chatgpt.com", A, AAAA)
ask(13, "claude.ai", AAAA)
ask(14, "slack.com", A, AAAA)                    # cached
ask(12, "github.com", A, TXT)
ask(15, "mycompany.atlassian.net", A)
ask(11, "cdn.example.org", A)                    # two steps
# what the policy zone says
ask(11, "www.dropbox.com", A, AAAA, HTTPS)       # no such name
ask(13, "wetransfer.com", A, AAAA)               # an address of one's own
ask(12, "files.slack.com", A)                    # by the address in the answer
ask(14, "sentry.io", A)                          # let through
ask(12, "app.box.com", A, wait=0.3)              # dropped
# names of our own
ask(11, "portal.corp.example", A)
ask(13, "nosuch.corp.example", A)
ask(14, "_ldap._tcp.corp.example", SRV)
ask(15, "9.0.20.10.in-addr.arpa", PTR)
ask(15, "8.8.8.8.in-addr.arpa", PTR)
ask(15, "wpad", A)
# no such name, no answer, not allowed
ask(11, "nosuch.example.com", A, AAAA)
ask(13, "www.refused.test", A)
ask(16, "slack.com", A)                          # a client that may not ask
# types and names out of the ordinary
ask(11, "_dmarc.example.com", TXT)
ask(12, "github.com", 65400)
ask(12, "", NS)
ask(13, "version.bind", TXT, qclass=3)
ask(13, "SlAcK.cOm", A)
ask(13, "xn--bcher-kva.example.com", A)
ask(14, ["bücher".encode(), b"example", b"com"], A)
ask(14, [b"my printer", b"_ipp", b"_tcp", b"example", b"com"], A)
ask(14, [b"quote\"back\\slash)", b"example", b"com"], A)
ask(15, ".".join(["x" * 60] * 3) + ".example.com", A)
ask(15, "teams.microsoft.com", A, tcp=True)
ask(15, "slack.com", A, desired=0)               # as a name server asks
for n in range(20):                              # and then an ordinary hour
    ask(11 + n % 5, ("slack.com", "github.com", "claude.ai", "teams.microsoft.com")[n % 4], A)
