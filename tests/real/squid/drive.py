#!/usr/bin/env python3
"""Send a fixed list of requests through the proxy.

usage: drive.py PORT PEEK_PORT

curl makes the ordinary requests, sockets make the ones curl will not.
"""
import base64
import socket
import ssl
import subprocess
import sys
import time

PORT, PEEK = int(sys.argv[1]), int(sys.argv[2])

ALICE = ("127.0.1.11", "alice:wonder-1")
BOB = ("127.0.1.12", "bob:builder-2")
CAROL = ("127.0.1.13", "carol:singer-3")
DAVE = ("127.0.1.14", "dave:grohl-4")
ERIN = ("127.0.1.15", "erin:brook-5")
FRANK = ("127.0.1.16", "frank miller:sin-6")       # a space
GRACE = ("127.0.1.17", "CORP\\Grace:hopper-7")     # a domain, capitals
HEIDI = ("127.0.1.18", "heidi@example.net:alps-8") # a mail address
JOSE = ("127.0.1.19", "josé:cafe-9")               # not ASCII
QUOTE = ("127.0.1.20", 'i"van:terrible-10')        # a quote
PCT = ("127.0.1.21", "judy%20k:law-11")            # a percent sign
SERVER = ("127.0.1.40", None)                      # let through by address
NOBODY = ("127.0.1.50", None)                      # not let through

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
SLACK = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.38.125 Chrome/124.0.6367.243 Electron/30.1.0 Safari/537.36 Sonic Slack_SSB/4.38.125"
TEAMS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/24152.412.2958.916"
PYREQ = "python-requests/2.32.3"


def curl(who, url, *args, ua=CHROME, peek=False, data=None):
    addr, cred = who
    cmd = ["curl", "-q", "-s", "-k", "-o", "/dev/null", "--max-time", "12", "--interface", addr,
           "--noproxy", "", "-x", "http://127.0.0.1:%d" % (PEEK if peek else PORT), "--path-as-is", "-g"]
    if cred:
        cmd += ["--proxy-user", cred]
    if ua is not None:
        cmd += ["-A", ua]
    cmd += list(args) + [url]
    subprocess.run(cmd, input=data, stderr=subprocess.DEVNULL, check=False)


def post(who, url, size, *args, ctype="application/octet-stream", method="POST", **kw):
    curl(who, url, "-X", method, "-H", "Content-Type: " + ctype, "--data-binary", "@-", *args, data=b"u" * size, **kw)


def auth(who):
    if not who[1]:
        return b""
    return b"Proxy-Authorization: Basic " + base64.b64encode(who[1].encode()) + b"\r\n"


def dial(who, peek=False):
    return socket.create_connection(("127.0.0.1", PEEK if peek else PORT), timeout=8, source_address=(who[0], 0))


def drain(s):
    out = b""
    try:
        while True:
            d = s.recv(65536)
            if not d:
                return out
            out += d
    except OSError:
        return out


def raw(who, data, wait=True, pause=0.0):
    s = dial(who)
    try:
        s.sendall(data)
        time.sleep(pause)
        if wait:
            drain(s)
    except OSError:
        pass
    s.close()


def request(who, line, headers=b"", body=b"", **kw):
    raw(who, line + b"\r\n" + auth(who) + b"Connection: close\r\n" + headers + b"\r\n" + body, **kw)


def tunnel(who, target, sni, payload=b"", ua=b"", peek=False, abort=False, tls=True):
    """CONNECT target, then TLS with that server name (None: no server name)."""
    s = dial(who, peek)
    try:
        s.sendall(b"CONNECT " + target + b" HTTP/1.1\r\nHost: " + target + b"\r\n" + auth(who) + ua + b"\r\n")
        head = s.recv(65536)
        if b" 200 " not in head:
            return
        if not tls:
            s.sendall(payload)
            if not abort:
                drain(s)
            return
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ctx.check_hostname = False
        ctx.verify_mode = ssl.CERT_NONE
        t = ctx.wrap_socket(s, server_hostname=sni)
        s = t
        t.sendall(payload)
        if not abort:
            drain(t)
    except OSError:
        pass
    finally:
        s.close()


def upload(path, host, size):
    return ("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (path, host, size)).encode() + b"u" * size


# --- ordinary https ------------------------------------------------------
curl(ALICE, "https://slack.com/", ua=SLACK)
curl(ALICE, "https://wss-primary.slack.com/", ua=SLACK)
post(ALICE, "https://files.slack.com/upload/v1", 300_000, ua=SLACK)
curl(ALICE, "https://a.slack-edge.com/static/12000.css", ua=SLACK)
curl(BOB, "https://chatgpt.com/")
post(BOB, "https://chatgpt.com/backend-api/conversation", 4_096, ctype="application/json")
curl(BOB, "https://cdn.oaistatic.com/static/90000.js")
post(CAROL, "https://api.openai.com/v1/chat/completions", 20_000, ctype="application/json", ua="OpenAI/Python 1.35.3")
post(CAROL, "https://api.openai.com/v1/files", 1_500_000, ua="OpenAI/Python 1.35.3")
curl(CAROL, "https://claude.ai/chats")
post(CAROL, "https://api.anthropic.com/v1/messages", 8_000, ctype="application/json", ua="Anthropic/Python 0.30.0")
curl(DAVE, "https://app.box.com/folder/0")
post(DAVE, "https://upload.box.com/api/2.0/files/content", 2_500_000)
curl(DAVE, "https://www.notion.so/")
curl(DAVE, "https://github.com/", ua=FIREFOX)
curl(DAVE, "https://codeload.github.com/zip/700000", ua="git/2.45.2")
curl(ERIN, "https://drive.google.com/drive/my-drive", ua=FIREFOX)
post(ERIN, "https://www.googleapis.com/upload/drive/v3/files", 900_000, ua=FIREFOX)
curl(ERIN, "https://teams.microsoft.com/", ua=TEAMS)
curl(ERIN, "https://login.microsoftonline.com/status/302", ua=TEAMS)
curl(ERIN, "https://graph.microsoft.com:443/v1.0/me", ua=None)
for who, host in ((ALICE, "www.figma.com"), (BOB, "miro.com"), (CAROL, "app.asana.com"), (DAVE, "mycompany.atlassian.net"),
                  (ERIN, "acme.my.salesforce.com"), (FRANK, "app.hubspot.com"), (GRACE, "us02web.zoom.us"),
                  (HEIDI, "www.canva.com"), (JOSE, "web.whatsapp.com"), (QUOTE, "discord.com"), (PCT, "mail.proton.me")):
    curl(who, "https://%s/" % host)
curl(FRANK, "https://gamma.app/", ua=FIREFOX)
curl(GRACE, "https://eu1.webex.com/zip/30000", ua=FIREFOX)
curl(SERVER, "https://app.terraform.io/", ua="Terraform/1.8.5")
curl(SERVER, "https://sentry.io/api/1/envelope/", ua=PYREQ)

# --- https through the port that reads the TLS server name ---------------
curl(ALICE, "https://slack.com/api/rtm.connect", ua=SLACK, peek=True)
curl(BOB, "https://gemini.google.com/app", peek=True)
post(BOB, "https://content.dropboxapi.com/2/files/upload", 600_000, peek=True, ua="DropboxDesktopClient/201.4.5551 (Windows; 10; x64; en_US)")
curl(CAROL, "https://www.perplexity.ai/", peek=True)
curl(FRANK, "https://www.grammarly.com/", peek=True)
curl(GRACE, "https://us04web.zoom.us/", peek=True)
curl(DAVE, "https://mega.nz/", peek=True)                                        # ended after the server name
tunnel(DAVE, b"127.0.3.2:443", "mega.nz", peek=True)                            # likewise, target is a number
tunnel(BOB, b"127.0.3.3:443", "api.mistral.ai", upload("/v1/chat", "api.mistral.ai", 50_000), peek=True)
tunnel(ERIN, b"127.0.3.5:443", None, upload("/x", "x", 10), peek=True)          # no server name
tunnel(HEIDI, b"slack.com:443", "files.slack.com", upload("/x", "x", 10), peek=True)  # names disagree
tunnel(HEIDI, b"slack.com:443", None, b"SSH-2.0-OpenSSH_9.6\r\n", tls=False, abort=True, peek=True)
curl(NOBODY, "https://chatgpt.com/", peek=True)

# --- tunnels out of the ordinary -----------------------------------------
tunnel(ALICE, b"127.0.3.2:443", "slack.com", upload("/x", "x", 10))
tunnel(ALICE, b"SLACK.COM:443", "slack.com", upload("/x", "x", 10), ua=b"User-Agent: " + SLACK.encode() + b"\r\n")
tunnel(BOB, b"slack.com.:443", "slack.com", upload("/x", "x", 10))
tunnel(BOB, b"gitlab.com:8443", "gitlab.com", upload("/x", "x", 10))
tunnel(CAROL, b"[::1]:9443", "localhost")                                        # nothing listens
tunnel(CAROL, b"[2001:db8::7]:443", "x.example")                                # denied
tunnel(DAVE, b"trello.com:443", "trello.com")                                   # connection refused
tunnel(DAVE, b"nosuch.invalid:443", "x")                                        # no such name
tunnel(ERIN, b"slack.com:22", "x")                                              # port not allowed
tunnel(ERIN, b"xn--bcher-kva.example:443", "xn--bcher-kva.example", upload("/x", "x", 10))
tunnel(ERIN, b"notion.so:443", None, tls=False, abort=True)                     # not one byte
tunnel(FRANK, b"api.openai.com:443", "api.openai.com", upload("/x", "x", 4_000_000), abort=True)
tunnel(JOSE, b"slack.com", "slack.com", upload("/x", "x", 10))               # no port
tunnel(HEIDI, b"www.youtube.com:443", "www.youtube.com", b"GET /slow/2000000 HTTP/1.1\r\nHost: x\r\n\r\n", abort=True)

# --- no user, wrong user -------------------------------------------------
curl(NOBODY, "https://slack.com/")
curl(NOBODY, "http://www.example.com/", ua=FIREFOX)
curl(NOBODY, "https://www.evernote.com/", ua=None)
curl((NOBODY[0], "alice:wrong"), "https://chatgpt.com/")
curl((NOBODY[0], "mallory:guess"), "http://pastes.example.org/raw/1")
curl(ALICE, "https://app.slack.com/", "--proxy-anyauth", ua=SLACK)               # 407, then 200

# --- denied --------------------------------------------------------------
curl(ALICE, "https://www.dropbox.com/home")
curl(BOB, "http://www.dropbox.com/download?plat=win")
post(CAROL, "https://wetransfer.com/api/v4/transfers", 1_000)
post(DAVE, "http://pastebin.com/api/api_post.php", 5_000)
curl(ERIN, "http://192.0.2.10/x")
curl(ERIN, "http://[2001:db8::7]:8088/x")
curl(FRANK, "http://www.dropbox.com/")
curl(ALICE, "http://intranet.example.net:25/")
curl(BOB, "http://video.example.com/video/5000")                                # denied by its reply

# --- plain http ----------------------------------------------------------
curl(ALICE, "http://www.example.com/")
curl(ALICE, "http://www.example.com/", "-I")
curl(ALICE, "http://www.example.com/page/30000.html", "-e", "http://www.example.com/", ua=FIREFOX)
curl(BOB, "http://search.example.com/find?q=salary+list&lang=en&token=a%20b%2Fc", "-e", "http://portal.example.net/?id=7&x=\"y\"")
post(BOB, "http://api.example.com/v1/items", 10, ctype="application/json")
post(BOB, "http://api.example.com/v1/items", 65_536, ctype="application/json")
post(CAROL, "http://upload.example.com/files", 1_200_000)
post(CAROL, "http://upload.example.com/files/report.xlsx", 250_000, method="PUT")
post(CAROL, "http://upload.example.com/files/stream", 40_000, "-H", "Transfer-Encoding: chunked")
post(DAVE, "http://dav.example.com/share/", 300, method="PROPFIND", ctype="text/xml")
curl(DAVE, "http://dav.example.com/share/new", "-X", "MKCOL")
curl(DAVE, "http://api.example.com/v1/items/9", "-X", "DELETE", ua=PYREQ)
curl(DAVE, "http://api.example.com/v1/items", "-X", "OPTIONS", ua=PYREQ)
post(DAVE, "http://api.example.com/v1/items/9", 128, method="PATCH", ua=PYREQ)
curl(ERIN, "http://api.example.com/chunked/20000")
curl(ERIN, "http://api.example.com/notype/500")
curl(ERIN, "http://api.example.com/oddtype/500")
curl(ERIN, "http://cdn.example.com:8088/zip/120000.zip")
curl(ERIN, "http://127.0.3.4/zip/1000")
curl(ERIN, "http://127.0.3.4:8088/")
curl(FRANK, "http://www.example.com/zip/45000.zip")
curl(GRACE, "http://www.example.com/zip/46000.zip")
curl(HEIDI, "http://www.example.com/zip/47000.zip")
curl(JOSE, "http://www.example.com/zip/48000.zip")
curl(QUOTE, "http://www.example.com/zip/49000.zip")
curl(PCT, "http://www.example.com/zip/50000.zip")
curl(GRACE, "http://zoom.us/zip/2000")
for code in (204, 301, 401, 404, 429, 500, 503):
    curl(ALICE, "http://www.example.com/status/%d" % code)
curl(SERVER, "http://deb.example.org/static/3000", ua="Debian APT-HTTP/1.3 (2.6.1)")
curl(SERVER, "http://ocsp.example.org/", ua=None)
curl(ALICE, "http://ws.example.com/ws", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "--http1.1", "--max-time", "1")

# --- the cache -----------------------------------------------------------
curl(ALICE, "http://www.example.com/static/2000.css")
curl(BOB, "http://www.example.com/static/2000.css")                             # memory hit
curl(BOB, "http://www.example.com/static/2000.css", "-H", "If-None-Match: \"v1\"")
curl(BOB, "http://www.example.com/static/2000.css", "-H", "Cache-Control: no-cache")
curl(ALICE, "http://www.example.com/static/60000.css")
time.sleep(1)
curl(CAROL, "http://www.example.com/static/60000.css")                          # disk hit
curl(ALICE, "http://www.example.com/reval/3000.js")
curl(BOB, "http://www.example.com/reval/3000.js")                               # refresh, not changed
curl(ALICE, "http://www.example.com/changed/3000.json")
curl(BOB, "http://www.example.com/changed/3000.json")                           # refresh, changed
curl(CAROL, "http://www.example.com/absent", "-H", "Cache-Control: only-if-cached")

# --- names and bytes out of the ordinary ---------------------------------
request(ALICE, "GET http://www.example.com/straße/naïve.html HTTP/1.1".encode(), b"Host: www.example.com\r\nUser-Agent: curl/8.8.0\r\n")
request(ALICE, b"GET http://www.example.com/latin1/caf\xe9 HTTP/1.1", b"Host: www.example.com\r\n")
request(ALICE, b"GET http://www.example.com/%E6%97%A5%E6%9C%AC%E8%AA%9E?q=%22x%22 HTTP/1.1", b"Host: www.example.com\r\n")
request(BOB, b"GET http://www.example.com/a b c HTTP/1.1", b"Host: www.example.com\r\n")
request(BOB, b"GET http://www.example.com/quote\"'\\back|pipe,comma;semi<gt> HTTP/1.1", b"Host: www.example.com\r\n")
request(BOB, b"GET HTTP://WWW.Example.COM/Case HTTP/1.1", b"Host: www.example.com\r\n")
request(CAROL, b"GET http://user:secret@www.example.com/private HTTP/1.1", b"Host: www.example.com\r\n")
request(CAROL, b"GET http://www.example.com./dot HTTP/1.1", b"Host: www.example.com.\r\n")
request(CAROL, b"GET http://under_score.example.com/ HTTP/1.1", b"Host: under_score.example.com\r\n")
request(CAROL, "GET http://bücher.example/ HTTP/1.1".encode(), "Host: bücher.example\r\n".encode())
request(DAVE, b"GET http://www.example.com/?" + b"a" * 2500 + b" HTTP/1.1", b"Host: www.example.com\r\n")
request(DAVE, b"GET http://www.example.com/#fragment HTTP/1.1", b"Host: www.example.com\r\n")
request(DAVE, b"GET ftp://ftp.example.com/pub/x.txt HTTP/1.1", b"Host: ftp.example.com\r\n")
request(DAVE, b"OPTIONS * HTTP/1.1", b"Host: www.example.com\r\n")
request(DAVE, b"BREW http://www.example.com/pot HTTP/1.1", b"Host: www.example.com\r\n")
request(ERIN, b"GET /origin-form HTTP/1.1", b"Host: www.example.com\r\n")
request(ERIN, b"GET http://www.example.com/ua1 HTTP/1.0", b"User-Agent: say \"hi\" \\ back\tTab\r\nReferer: http://x.example/\"q\"\r\n")
request(ERIN, b"GET http://www.example.com/ua2 HTTP/1.1", "Host: www.example.com\r\nUser-Agent: Müller/1.0 (日本)\r\n".encode())
request(ERIN, b"GET http://www.example.com/ua3 HTTP/1.1", b"Host: www.example.com\r\nUser-Agent: \r\n")
request(ERIN, b"GET http://www.example.com/ua4 HTTP/1.1", b"Host: www.example.com\r\nUser-Agent: one/1\r\nUser-Agent: two/2\r\n")

# --- what goes wrong -----------------------------------------------------
curl(ALICE, "http://trello.com/b/1")                                            # 503, refused
curl(BOB, "http://nosuch.invalid/")                                             # 503, no such name
curl(CAROL, "http://api.example.com/reset")                                     # 502
curl(DAVE, "http://api.example.com/garbage")
curl(ERIN, "http://api.example.com/hang")                                       # 504
curl(ERIN, "http://api.example.com/zip/6000000")                                # reply too large
curl(ALICE, "http://downloads.example.com/slow/2000000", "--max-time", "1")      # client goes away
request(BOB, b"POST http://upload.example.com/cut HTTP/1.1", b"Host: upload.example.com\r\nContent-Length: 900000\r\n", b"u" * 30_000, wait=False)
request(BOB, b"PUT http://upload.example.com/cut2 HTTP/1.1", b"Host: upload.example.com\r\nContent-Length: 900000\r\n", b"u" * 30_000, wait=False, pause=0.4)
curl(SERVER, "http://127.0.0.1:%d/squid-internal-mgr/info" % PORT, "--noproxy", "*", ua=PYREQ)
raw(NOBODY, b"\x16\x03\x01\x00\x05hello\r\n\r\n")                               # TLS bytes on the proxy port
raw(NOBODY, b"GARBAGE\r\n\r\n")
raw(NOBODY, b"GET http://\r\n\r\n")
raw(NOBODY, b"GET http://www.example.com/ HTTP/9.9\r\n\r\n")
raw(NOBODY, b"GET http://www.example.com:99999/ HTTP/1.1\r\n\r\n")
raw(NOBODY, b"GET http://www.example.com/ HTTP/1.1\r\nX: " + b"h" * 70_000 + b"\r\n\r\n")
raw(NOBODY, b"", wait=False)                                                    # connects, says nothing
raw(NOBODY, b"GET http://www.exam", wait=False)                                 # half a request
raw(NOBODY, b"GET http://www.exam")                                             # half a request, then the timeout
time.sleep(1)
