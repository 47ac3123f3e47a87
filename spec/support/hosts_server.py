"""AWS's own hosts on 127.0.0.1: a proxy whose tunnels all end here, in TLS, whatever host they are
to. It tells endpoints (Timestream, DynamoDB) and gives sessions with directory buckets (S3), checks
every signature, and keeps objects.

Usage: hosts_server.py CERTIFICATE KEY. Prints its port and its pid, and ends with the process that
started it. PUT /_state merges JSON into what it knows and forgets what came; GET /_seen gives
[{host, operation, key, status, headers}] of what came:

    keys      {access key: secret} of who may call
    address   the endpoint that it tells, and then: those that it tells after; minutes: for how long
    refused   [host, status, code]: what that host answers to all but the question for endpoints
    telling   the status of an answer that tells endpoints
    life_s    how long sessions last, and wait_s how long each question of the two kinds takes
    ended     answer ExpiredToken to sessions that began before this; [status, code] of it
"""
import hashlib
import hmac
import http.server
import itertools
import json
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

USUAL = {"address": "", "then": [], "minutes": 10, "refused": None, "telling": 200, "life_s": 300, "wait_s": 0,
         "ended": None, "sessions": 200}
STATE = {"keys": {}, **USUAL}
SESSIONS, SEEN, OBJECTS, LOCK = {}, [], {}, threading.Lock()
NUMBERS = itertools.count(1)
CONTEXT = serving.context(sys.argv[1:])


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quoted(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical_query(query, without):
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    return "&".join(sorted("%s=%s" % (quoted(k), quoted(v)) for k, v in pairs if k != without))


class Hosts(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_CONNECT(self):
        self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        self.connection = CONTEXT.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile.flush()
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def handle_expect_100(self):
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def answer(self, status, body="", kind="application/x-amz-json-1.0", headers=()):
        if isinstance(body, dict):
            body = json.dumps(body)
        body = body if isinstance(body, bytes) else body.encode()
        with LOCK:
            SEEN.append({"host": self.headers["Host"], "operation": self.operation,
                         "key": self.access_key, "status": status, "path": self.path,
                         "headers": {k.lower(): v for k, v in self.headers.items()}})
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def control(self):
        with LOCK:
            answer = json.dumps(SEEN)
            if self.command == "PUT":
                STATE.update(USUAL, **json.loads(self.body))
                SEEN.clear()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def signed(self):
        """(access key, scope, signed headers, signature, date, query), as they stand there."""
        query = urllib.parse.urlsplit(self.path).query
        given = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if "X-Amz-Signature" in given:
            who, names, signature = (given["X-Amz-" + n] for n in (
                "Credential", "SignedHeaders", "Signature"))
            return who, names, signature, given["X-Amz-Date"], given.get("X-Amz-S3session-Token")
        words = self.headers["Authorization"].split(" ", 1)[1]
        said = dict(word.strip().split("=", 1) for word in words.split(","))
        return (said["Credential"], said["SignedHeaders"], said["Signature"],
                self.headers["x-amz-date"], self.headers.get("x-amz-s3session-token"))

    def signature_is_right(self):
        who, names, signature, date, token = self.signed()
        self.access_key, scope = who.split("/", 1)
        session = SESSIONS.get(self.access_key)
        secret = session["secret"] if session else STATE["keys"].get(self.access_key)
        if secret is None or (token or None) != (session and session["token"]):
            return False
        if "x-amz-s3session-token" in self.headers and "x-amz-s3session-token" not in names:
            return False
        url = urllib.parse.urlsplit(self.path)
        body = self.headers.get("x-amz-content-sha256") or (
            "UNSIGNED-PAYLOAD" if "X-Amz-Signature=" in url.query
            else hashlib.sha256(self.body).hexdigest())
        values = "".join("%s:%s\n" % (n, " ".join(self.headers[n].split()))
                         for n in names.split(";"))
        text = "\n".join((self.command, url.path, canonical_query(url.query, "X-Amz-Signature"),
                          values, names, body))
        to_sign = "\n".join(("AWS4-HMAC-SHA256", date, scope,
                             hashlib.sha256(text.encode()).hexdigest()))
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = mac(key, part)
        return hmac.compare_digest(mac(key, to_sign).hex(), signature)

    def endpoints(self):
        time.sleep(STATE["wait_s"])
        if STATE["telling"] != 200:
            return self.answer(STATE["telling"], {"__type": "AccessDeniedException"})
        with LOCK:
            address = STATE["address"]
            STATE["address"] = (STATE["then"] or [address])[0]
            STATE["then"] = STATE["then"][1:]
        self.answer(200, {"Endpoints": [{"Address": address,
                                         "CachePeriodInMinutes": STATE["minutes"]}]})

    def json_service(self):
        if not self.signature_is_right():
            return self.answer(400, {"__type": "InvalidSignatureException"})
        if self.operation == "DescribeEndpoints":
            return self.endpoints()
        host, status, code = STATE["refused"] or (None, None, None)
        if self.headers["Host"] == host:
            return self.answer(status, {"__type": code})
        self.answer(200, {})

    def refuse(self, status, code):
        self.answer(status, "<Error><Code>%s</Code><Message>no</Message></Error>" % code,
                    "application/xml")

    def session(self):
        time.sleep(STATE["wait_s"])
        if STATE["sessions"] != 200:
            return self.refuse(STATE["sessions"], "AccessDenied")
        number = next(NUMBERS)
        key, ends = "SESSION%d" % number, time.time() + STATE["life_s"]
        token = "token+of/%d==" % number
        SESSIONS[key] = {"secret": "secret %d" % number, "token": token, "ends": ends,
                         "number": number, "host": self.headers["Host"]}
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends))
        self.answer(200, (
            "<CreateSessionResult><Credentials><SessionToken>%s</SessionToken><SecretAccessKey>"
            "secret %d</SecretAccessKey><AccessKeyId>%s</AccessKeyId><Expiration>%s</Expiration>"
            "</Credentials></CreateSessionResult>") % (token, number, key, moment),
            "application/xml")

    def whole_body(self):
        """Without the chunks in which a body with a trailer is sent."""
        if self.headers.get("Content-Encoding") != "aws-chunked":
            return self.body
        rest, found = self.body, b""
        while True:
            size, _, rest = rest.partition(b"\r\n")
            size = int(size.split(b";")[0], 16)
            if size == 0:
                return found
            found, rest = found + rest[:size], rest[size + 2:]

    def s3(self):
        if not self.signature_is_right():
            return self.refuse(403, "SignatureDoesNotMatch")
        if self.operation == "CreateSession":
            return self.session()
        session = SESSIONS.get(self.access_key)
        if session and session["host"] != self.headers["Host"]:
            return self.refuse(403, "AccessDenied")
        ended = STATE["ended"]
        if session and (session["ends"] < time.time() or ended and session["number"] <= ended[0]):
            return self.refuse(*(ended[1:] if ended else (400, "ExpiredToken")))
        place = (self.headers["Host"], urllib.parse.urlsplit(self.path).path)
        if self.command == "PUT":
            OBJECTS[place] = self.whole_body()
            return self.answer(200, headers=[("ETag", '"e"')], kind="application/xml")
        found = OBJECTS.get(place, b"" if self.command == "POST" else None)
        if found is None:
            return self.refuse(404, "NoSuchKey")
        self.answer(200, found or "<R/>", "application/xml")

    def read_body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def handle_request(self):
        self.body = self.read_body()
        if self.path.startswith("/_"):
            return self.control()
        target, self.access_key = self.headers.get("X-Amz-Target"), None
        query = urllib.parse.urlsplit(self.path).query
        self.operation = target.split(".")[1] if target else (
            "CreateSession" if query.split("&")[0] in ("session", "session=") else self.command)
        return self.json_service() if target else self.s3()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_request


serving.http_requests(Hosts)
