#!/usr/bin/env python3
"""The servers behind the proxy: HTTP on :80 and :8088, TLS on :443 and :8443
of several 127.0.3.x addresses, a parent proxy on 127.0.3.9:8080.

usage: origin.py CERT.pem   (prints "ready" when everything listens)
"""
import os
import re
import socket
import ssl
import sys
import threading
import time

HOSTS = ["127.0.3.%d" % n for n in range(1, 7)]
ETAG = '"v1"'


def listen(addr, port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((addr, port))
    s.listen(64)
    return s


def reply(c, status, body=b"", ctype="text/html; charset=utf-8", extra=(), head=False):
    lines = ["HTTP/1.1 " + status, "Date: " + time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())]
    if ctype:
        lines.append("Content-Type: " + ctype)
    if not any(e.lower().startswith(("transfer-", "upgrade:")) for e in extra) and not status.startswith(("304", "204")):
        lines.append("Content-Length: %d" % len(body))
    lines += extra
    c.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    if not head:
        c.sendall(body)


def read_head(c):
    buf = b""
    while b"\r\n\r\n" not in buf:
        d = c.recv(65536)
        if not d:
            return None, b""
        buf += d
    head, _, rest = buf.partition(b"\r\n\r\n")
    return head.decode("latin-1"), rest


def one(c):
    head, rest = read_head(c)
    if head is None:
        return False
    lines = head.split("\r\n")
    method, target, _ = (lines[0].split(" ", 2) + ["", ""])[:3]
    h = {}
    for line in lines[1:]:
        k, _, v = line.partition(":")
        h[k.strip().lower()] = v.strip()
    if method == "CONNECT":  # the parent proxy
        up = socket.create_connection((HOSTS[0], 443))
        c.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        t = threading.Thread(target=pump, args=(up, c), daemon=True)
        t.start()
        pump(c, up)
        t.join(5)
        return False
    if h.get("expect", "").lower() == "100-continue":
        c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "content-length" in h:
        left = int(h["content-length"]) - len(rest)
        while left > 0:
            d = c.recv(min(left, 65536))
            if not d:
                return False
            left -= len(d)
    elif "chunked" in h.get("transfer-encoding", ""):
        while not rest.endswith(b"0\r\n\r\n"):
            d = c.recv(65536)
            if not d:
                return False
            rest += d
    path = re.sub(r"^https?://[^/]+", "", target).partition("?")[0]
    hd = method == "HEAD"
    m = re.search(r"/(\d+)(?:\.[a-z0-9]+)?$", path)
    n = int(m.group(1)) if m else 0
    if path.startswith("/status/"):
        extra = ["Location: https://login.example.net/"] if n in (301, 302) else []
        body = b"" if n == 204 else b"status\n"
        reply(c, "%d Status" % n, body, None if n == 204 else "text/html", extra, hd)
    elif path.startswith("/static/"):
        if h.get("if-none-match") == ETAG:
            reply(c, "304 Not Modified", b"", None, ["ETag: " + ETAG, "Cache-Control: max-age=600"])
        else:
            reply(c, "200 OK", b"x" * n, "text/css", ["ETag: " + ETAG, "Cache-Control: max-age=600"], hd)
    elif path.startswith("/reval/"):
        cc = "Cache-Control: max-age=0, must-revalidate"
        if h.get("if-none-match") == ETAG:
            reply(c, "304 Not Modified", b"", None, ["ETag: " + ETAG, cc])
        else:
            reply(c, "200 OK", b"r" * n, "application/javascript", ["ETag: " + ETAG, cc], hd)
    elif path.startswith("/changed/"):
        reply(c, "200 OK", b"c" * n, "application/json", ['ETag: "%f"' % time.time(), "Cache-Control: max-age=0"], hd)
    elif path.startswith("/chunked/"):
        reply(c, "200 OK", b"%x\r\n" % n + b"k" * n + b"\r\n0\r\n\r\n", "application/json", ["Transfer-Encoding: chunked"], hd)
    elif path.startswith("/video/"):
        reply(c, "200 OK", b"v" * n, "video/mp4", [], hd)
    elif path.startswith("/notype/"):
        reply(c, "200 OK", b"n" * n, None, [], hd)
    elif path.startswith("/oddtype/"):
        reply(c, "200 OK", b"o" * n, 'application/vnd.api+json; profile="a b"', [], hd)
    elif path.startswith("/slow/"):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: %d\r\n\r\n" % n)
        for _ in range(100):
            c.sendall(b"s" * 20000)
            time.sleep(0.1)
        return False
    elif path.startswith("/hang"):
        time.sleep(6)
        return False
    elif path.startswith("/reset"):
        return False
    elif path.startswith("/garbage"):
        c.sendall(b"\x01\x02 this is not http\r\n\r\n")
        return False
    elif path.startswith("/ws"):
        reply(c, "101 Switching Protocols", b"", None, ["Upgrade: websocket", "Connection: Upgrade"])
        try:
            c.sendall(c.recv(4096))
        except OSError:
            pass
        return False
    elif path.startswith("/zip/"):
        reply(c, "200 OK", b"z" * n, "application/zip", [], hd)
    else:
        reply(c, "201 Created" if method in ("PUT", "MKCOL") else "200 OK", b"ok " * max(1, n // 3), extra=["Cache-Control: no-store"], head=hd)
    return h.get("connection", "").lower() != "close"


def pump(a, b):
    try:
        while True:
            d = a.recv(65536)
            if not d:
                break
            b.sendall(d)
    except OSError:
        pass
    try:
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(c, ctx):
    try:
        c.settimeout(15)
        if ctx:
            c = ctx.wrap_socket(c, server_side=True)
        while one(c):
            pass
    except (OSError, ValueError):
        pass
    finally:
        c.close()


def accept(s, ctx):
    while True:
        c, _ = s.accept()
        threading.Thread(target=serve, args=(c, ctx), daemon=True).start()


def main():
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(sys.argv[1])
    plan = [(h, p, t) for h in HOSTS for p, t in ((80, None), (8088, None), (443, ctx), (8443, ctx))]
    plan.append(("127.0.3.9", 8080, None))
    for addr, port, t in plan:
        threading.Thread(target=accept, args=(listen(addr, port), t), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()  # until make.sh closes the pipe
    os._exit(0)


main()
