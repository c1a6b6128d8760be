#!/usr/bin/env python3
"""Send a fixed list of DNS queries from several loopback addresses.

usage: drive.py ADDRESS PORT PID   (PID: the dnsmasq asked, for its signals)
"""
import os
import random
import signal
import socket
import struct
import sys
import time

ADDR, PORT, PID = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
A, NS, PTR, TXT, AAAA, SRV, SVCB, HTTPS, ANY = 1, 2, 12, 16, 28, 33, 64, 65, 255


def packet(name, qtype, qclass=1, opcode=0):
    labels = name if isinstance(name, list) else [x.encode() for x in name.split(".") if x]
    q = b"".join(bytes([len(x)]) + x for x in labels) + b"\0" + struct.pack("!HH", qtype, qclass)
    head = struct.pack("!HHHHHH", random.randrange(65536), 0x0120 | opcode << 11, 1, 0, 0, 1)
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
ask(11, "files.slack.com", A)              # a name for another name
ask(12, "chatgpt.com", A, AAAA, HTTPS)           # two addresses
ask(13, "claude.ai", AAAA)
ask(14, "slack.com", A, AAAA)                    # cached
ask(14, "files.slack.com", A)                    # cached, through the other name
ask(12, "github.com", A, TXT)
ask(15, "mycompany.atlassian.net", A)
ask(11, "cdn.example.org", A)                    # two steps
# blocked
ask(11, "www.dropbox.com", A, AAAA)
ask(12, "dropbox.com", HTTPS)
ask(13, "wetransfer.com", A, AAAA, HTTPS)
ask(15, "telemetry.example.net", A)
# names of our own
ask(11, "portal.corp.example", A)
ask(12, "git.corp.example", TXT)
ask(12, "wiki.corp.example", A)
ask(13, "nas", A)
ask(13, "nas.corp.example", AAAA)
ask(13, "nosuch.corp.example", A)
ask(14, "corp.example", TXT, A)
ask(14, "_ldap._tcp.corp.example", SRV)
ask(15, "9.0.20.10.in-addr.arpa", PTR)
ask(15, "21.0.20.10.in-addr.arpa", PTR)
ask(15, "77.0.20.10.in-addr.arpa", PTR)          # private, nobody: stays here
ask(15, "8.8.8.8.in-addr.arpa", PTR)
ask(15, "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.0.d.f.ip6.arpa", PTR)
# no such name, no such data, no answer
ask(11, "nosuch.example.com", A, AAAA)           # the second is cached
ask(12, "github.com", AAAA)
ask(13, "github.com", AAAA)                      # cached NODATA
ask(13, "www.refused.test", A)                   # REFUSED by the upstream
ask(14, "dead.example.dead", A, wait=0.3)        # its upstream does not listen
ask(14, "inside.rebind", A)                      # a private address from outside
ask(15, "wpad", A)                               # a bare name
# types and names out of the ordinary
ask(11, "_dmarc.example.com", A)
ask(11, "_sip._tls.microsoft.com", SRV)
ask(11, "example.com", SVCB)
ask(12, "github.com", ANY)
ask(12, "chatgpt.com", 65400)
ask(12, "", NS)
ask(13, "version.bind", TXT, qclass=3)
ask(13, "SlAcK.cOm", A)
ask(13, "xn--bcher-kva.example.com", A)
ask(14, ["bücher".encode(), b"example", b"com"], A)
ask(14, [b"my printer", b"_ipp", b"_tcp", b"example", b"com"], A)
ask(14, [b"quote\"back\\slash", b"example", b"com"], A)
ask(15, ".".join(["x" * 60] * 3) + ".example.com", A)
ask(15, "teams.microsoft.com", A, tcp=True)
ask(15, "sentry.io", A, opcode=4)                # not a query at all
os.kill(PID, signal.SIGUSR1)                     # statistics into the log
time.sleep(0.3)
os.kill(PID, signal.SIGHUP)                      # cache emptied, hosts read again
time.sleep(0.3)
ask(11, "slack.com", A)
# the same question from two clients at once
for host in (12, 13):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.1.%d" % host, 0))
    s.sendto(packet("app.box.com", A), (ADDR, PORT))
time.sleep(0.3)
# more questions than it will carry: their upstream does not listen
for n in range(4):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.1.14", 0))
    s.sendto(packet("n%02d.example.dead" % n, A), (ADDR, PORT))
time.sleep(0.5)
