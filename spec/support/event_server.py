"""A service that answers with events: one at once, and the next ones each after a GET of /go.

A POST of a path with "cut" in it has its connection cut after the first event; of one with "fault",
an exception follows; of one with "wait", nothing does. Nobody waits longer than 20 seconds.
"""
import binascii
import http.server
import json
import struct
import threading

import serving

GO = threading.Semaphore(0)


def string(name, value):
    return (struct.pack("!B", len(name)) + name.encode() + b"\x07"
            + struct.pack("!H", len(value)) + value.encode())


def message(kind, name, payload):
    headers = string(":message-type", kind) + string(
        ":exception-type" if kind == "exception" else ":event-type", name)
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    head = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + body
    return head + struct.pack("!I", binascii.crc32(head))


def records(number):
    return message("event", "SubscribeToShardEvent", {
        "Records": [], "ContinuationSequenceNumber": str(number), "MillisBehindLatest": number})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        GO.release()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        while GO.acquire(blocking=False):
            pass
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.part(message("event", "initial-response", {}) + records(1))
        if "wait" in self.path:
            GO.acquire(timeout=20)
        elif "fault" in self.path:
            self.part(message("exception", "InternalFailureException", {"message": "all gone"}))
        elif "cut" not in self.path:
            for number in (2, 3):
                GO.acquire(timeout=20)
                self.part(records(number))
            self.wfile.write(b"0\r\n\r\n")

    def part(self, body):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        self.wfile.flush()


serving.http_requests(Handler)
