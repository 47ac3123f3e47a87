"""An EC2 that does not do well: it answers each request by the next of the steps that it is given.

Usage: faulty_server.py. Prints its port and its pid, listens on 127.0.0.1, and ends with
the process that started it.
POST /steps with words, one a request from then on; the last one stays. GET /count: how many
requests came since. The words:

    ok        an answer of DescribeVpcs        throttle   RequestLimitExceeded, HTTP 503
    error     InternalError, HTTP 500          refuse     InvalidVpcID.NotFound, HTTP 400
    reset     the connection is reset          cut        it ends in the middle of the answer
    slow      nothing for a second             html       a page, HTTP 502
    later     as throttle, with x-amz-retry-after: 300
"""

import http.server
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

STATE = {"steps": ["ok"], "count": 0}
LOCK = threading.Lock()
OK = (b'<DescribeVpcsResponse><requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId></item>'
      b'</vpcSet></DescribeVpcsResponse>')
ERROR = ('<Response><Errors><Error><Code>%s</Code><Message>as asked</Message></Error></Errors>'
         '<RequestID>r</RequestID></Response>')
ERRORS = {"throttle": (503, "RequestLimitExceeded"), "later": (503, "RequestLimitExceeded"),
          "error": (500, "InternalError"), "refuse": (400, "InvalidVpcID.NotFound")}


def next_step():
    with LOCK:
        STATE["count"] += 1
        return STATE["steps"].pop(0) if len(STATE["steps"]) > 1 else STATE["steps"][0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, kind="text/xml", headers=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(200, str(STATE["count"]).encode(), "text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/steps":
            with LOCK:
                STATE.update(steps=body.decode().split(), count=0)
            # A kept connection that turns out dead is replaced before any rule is asked.
            return self.reply(200, b"", headers=[("Connection", "close")])
        return self.act(next_step())

    def act(self, step):
        if step in ERRORS:
            status, code = ERRORS[step]
            headers = [("x-amz-retry-after", "300")] if step == "later" else []
            return self.reply(status, (ERROR % code).encode(), headers=headers)
        if step == "html":
            return self.reply(502, b"<html>no</html>", "text/html")
        if step == "ok":
            return self.reply(200, OK)
        self.close_connection = True
        if step == "slow":
            time.sleep(1)
        elif step == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + OK[:40])
        elif step == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        return None

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass


serving.http_requests(Handler)
