"""As much of HTTP/2 as it takes to answer: 200 and what was sent, or a stream that is reset.

Usage: http2_server.py CERTIFICATE KEY. Prints its port and its pid, listens on 127.0.0.1, and
ends with the process that started it. It does not read headers: a request with the body
"reset" is reset, one with "go" is told to go away.
"""

import struct
import sys

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END, ACK, END_HEADERS = 1, 1, 4
STATUS_200 = b"\x88"  # an entry of HPACK's fixed table


def frame(kind, flags, stream, payload=b""):
    head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream)
    return head + payload


def reply(stream, body):
    if body == b"reset":
        return frame(RST_STREAM, 0, stream, struct.pack(">I", 2))
    if body == b"go":
        return frame(GOAWAY, 0, 0, struct.pack(">II", 0, 0))
    head = frame(HEADERS, END_HEADERS, stream, STATUS_200)
    return head + frame(DATA, END, stream, body or b"nothing")


def serve(sock):
    stream_of = sock.makefile("rb")
    stream_of.read(24)  # the client's preface
    sock.sendall(frame(SETTINGS, 0, 0))
    bodies = {}
    while True:
        head = stream_of.read(9)
        if len(head) < 9:
            return
        payload = stream_of.read(int.from_bytes(head[:3], "big"))
        kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
        if kind in (SETTINGS, PING) and not flags & ACK:
            sock.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
        if kind == DATA:
            bodies[stream] = bodies.get(stream, b"") + payload
        if kind in (DATA, HEADERS) and flags & END:
            sock.sendall(reply(stream, bodies.pop(stream, b"")))


def handle(sock, context):
    try:
        with context.wrap_socket(sock, server_side=True) as wrapped:
            serve(wrapped)
    except OSError:
        pass


context = serving.context(sys.argv[1:])
context.set_alpn_protocols(["h2"])
serving.sockets(handle, context)
