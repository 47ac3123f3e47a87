"""Objects too large to be kept: it takes and hands out streams, and holds none of them.

Usage: object_server.py. Prints its port and its pid, listens on 127.0.0.1, and ends with the
process that started it. What it speaks is S3's:

    PUT  /BUCKET/KEY      read to its end; refused where the hash or the checksum is not its own
    POST /BUCKET/KEY      begins an upload in parts, or ends it
    DELETE /BUCKET/KEY    aborts it
    GET  /BUCKET/N[/...]  N bytes, the same ones each time, or a range of them
    HEAD /BUCKET/N[/...]
    GET  /_seen           what came: [{method, path, bytes, sha256, headers}]
    PUT  /_fail           the first N bodies are read by half, and the connection dropped
"""
import base64
import hashlib
import http.server
import json
import random
import re
import sys
import threading
import zlib

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

BLOCK = random.Random(4).randbytes(1 << 20)
STATE = {"seen": [], "fail": 0}
LOCK = threading.Lock()


def sum_of(size):
    total, left = 0, size
    while left > 0:
        total = zlib.crc32(BLOCK[:min(left, len(BLOCK))], total)
        left -= len(BLOCK)
    return base64.b64encode(total.to_bytes(4, "big")).decode()


class Objects(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status, body=b"", headers=()):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def control(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        with LOCK:
            if self.path == "/_fail":
                STATE["fail"] = int(body)
            answer = json.dumps(STATE["seen"]).encode()
            STATE["seen"] = []
        self.answer(200, answer)

    def fails(self):
        with LOCK:
            STATE["fail"] -= 1
            return STATE["fail"] >= 0

    def do_PUT(self):
        if self.path.startswith("/_"):
            return self.control()
        size = left = int(self.headers["Content-Length"])
        failing = self.fails()
        sha256, crc = hashlib.sha256(), 0
        while left > (size // 2 if failing else 0):
            chunk = self.rfile.read(min(left, 1 << 20))
            if not chunk:
                break
            sha256.update(chunk)
            crc = zlib.crc32(chunk, crc)
            left -= len(chunk)
        with LOCK:
            STATE["seen"].append({"method": "PUT", "path": self.path, "bytes": size - left,
                                  "sha256": sha256.hexdigest(), "headers": dict(self.headers)})
        if failing:
            self.close_connection = True
            return None
        want = self.headers.get("x-amz-content-sha256")
        crc = base64.b64encode(crc.to_bytes(4, "big")).decode()
        if want != sha256.hexdigest() or crc != self.headers.get("x-amz-checksum-crc32", crc):
            return self.answer(400, b"<Error><Code>XAmzContentSHA256Mismatch</Code></Error>")
        return self.answer(200, headers=[("ETag", '"%s"' % sha256.hexdigest()[:32])])

    def do_GET(self):
        if self.path.startswith("/_"):
            return self.control()
        size = int(self.path.split("?")[0].split("/")[2])
        first, last, status = 0, size - 1, 200
        found = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if found:
            first, last, status = int(found.group(1)), int(found.group(2)), 206
        failing = self.command == "GET" and self.fails()
        self.send_response_only(status)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("ETag", '"%d"' % size)
        if found:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (first, last, size))
        else:
            self.send_header("x-amz-checksum-crc32",
                             "AAAAAA==" if self.path.endswith("/wrong") else sum_of(size))
        self.end_headers()
        if self.command == "GET":
            self.send_bytes(first, last + 1 - ((last - first) // 2 if failing else 0))
        if failing:
            self.close_connection = True

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with LOCK:
            STATE["seen"].append({"method": self.command, "path": self.path, "bytes": len(body)})
        if self.path.endswith("?uploads"):
            return self.answer(200, b"<R><UploadId>upload-1</UploadId></R>")
        if "/late-error?" in self.path and self.command == "POST":
            return self.answer(200, b"\n<Error><Code>InternalError</Code></Error>")
        return self.answer(200 if self.command == "POST" else 204,
                           b"<R><ETag>whole</ETag></R>" if self.command == "POST" else b"")

    do_DELETE = do_POST

    def send_bytes(self, first, end):
        while first < end:
            at = first % len(BLOCK)
            chunk = BLOCK[at:at + end - first]
            self.wfile.write(chunk)
            first += len(chunk)

    def log_message(self, *_):
        pass


serving.http_requests(Objects)
