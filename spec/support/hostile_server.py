"""A server that means no good: what it answers is named by the first part of the path.

Usage: hostile_server.py [CERTIFICATE KEY]. Prints its port and its pid, listens on 127.0.0.1, and
ends with the process that started it. GET /count says how many requests there were, and which
headers the last one had.
"""

import json
import socket
import sys
import time
import zlib

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

SEEN = {"requests": 0, "last": ""}
OK = b"HTTP/1.1 200 OK\r\n"
VPCS = b"<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet>"
WHOLE = VPCS + b"</DescribeVpcsResponse>"


def whole(body, status=b"200 OK", headers=b""):
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(body), headers, body)


def forever(block, pause_s=0.0):
    while True:
        yield block
        time.sleep(pause_s)


def chunks(*sizes_and_data):
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    yield from sizes_and_data


def after(head, blocks):
    yield head
    yield from blocks


def bomb():
    """A body that is small on the wire, and another such one inside it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
    for _ in range(2048):
        yield packer.compress(bytes(1 << 20))
    yield packer.flush()


def nested_xml(depth):
    return b"<a>" * depth + b"</a>" * depth


def nested_json(depth):
    return b'{"Item":{"a":' + b'{"L":[' * depth + b"]}" * depth + b"}}"


def entities():
    lines = [b'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">']
    for at in range(9):
        lines.append(b'<!ENTITY a%d "%s">' % (at + 1, b"&a%d;" % at * 10))
    return b"\n".join(lines) + b"]><DescribeVpcsResponse>&a9;</DescribeVpcsResponse>"


ANSWERS = {
    "silent": lambda _: [],
    "cut": lambda _: [OK + b"Content-Length: 1000\r\n\r\n" + VPCS],
    "cut-header": lambda _: [OK + b"Content-Le"],
    "cut-xml": lambda _: [whole(VPCS)],
    "cut-chunk": lambda _: chunks(b"ffff\r\n<a>"),
    "bad-chunk": lambda _: chunks(b"zz\r\n<a>\r\n0\r\n\r\n"),
    "negative-chunk": lambda _: chunks(b"-5\r\n<a>\r\n0\r\n\r\n"),
    "huge-chunk": lambda _: chunks(b"ffffffffffffffffff\r\n<a>\r\n0\r\n\r\n"),
    "two-lengths": lambda _: [OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n" + WHOLE],
    "negative-length": lambda _: [OK + b"Content-Length: -1\r\n\r\n" + WHOLE],
    "huge-length": lambda _: [OK + b"Content-Length: 99999999999999999999\r\n\r\n" + VPCS],
    "garbage": lambda _: [b"\x00\x01 nothing of HTTP\r\n\r\n"],
    "http10": lambda _: [b"HTTP/1.0 200 OK\r\n\r\n" + WHOLE],
    "endless": lambda _: after(OK + b"\r\n<a>", forever(b"<b>x</b>" * 8192)),
    "endless-header": lambda _: after(OK, forever(b"a: b\r\n" * 1000)),
    "long-header": lambda _: after(OK + b"a: ", forever(b"x" * 65536)),
    "endless-early": lambda _: forever(b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" * 100),
    "slow": lambda _: after(OK + b"Content-Length: 100000\r\n\r\n", forever(b"x", 0.02)),
    "slow-header": lambda _: after(OK, forever(b"x", 0.02)),
    "hang": lambda _: after(b"", (time.sleep(60) or b"" for _ in range(1))),
    "bomb": lambda _: bomb(),
    "wrong-gzip": lambda _: [whole(b"no gzip", headers=b"Content-Encoding: gzip\r\n")],
    "unknown-coding": lambda _: [whole(WHOLE, headers=b"Content-Encoding: zstd-9\r\n")],
    "deep-xml": lambda _: [whole(nested_xml(100000))],
    "deep-json": lambda _: [whole(nested_json(50000))],
    "entities": lambda _: [whole(entities())],
    "html": lambda _: [whole(b"<!doctype html><p>Log in<br>", headers=b"Content-Type: text/html\r\n")],
    "binary": lambda _: [whole(bytes(range(256)) * 16)],
    "wrong-json": lambda _: [whole(b'[{"Item":1}]')],
    "wrong-type": lambda _: [whole(b'{"Item":{"a":{"S":{"x":[1]}}},"ConsumedCapacity":"lots"}')],
    "wrong-error": lambda _: [whole(b'{"__type":{"a":1},"message":[2]}', b"400 Bad Request")],
    "long-error": lambda _: [
        whole(b'{"__type":"X","message":"%s"}' % (b"m" * 1000000), b"400 Bad Request")
    ],
    "redirect": lambda query: [whole(b"", b"307 Temporary Redirect", b"Location: %s\r\n" % query)],
    "moved": lambda query: [whole(b"", b"301 Moved Permanently", b"Location: %s\r\n" % query)],
    "odd-status": lambda _: [whole(b"", b"999 What")],
    "early": lambda _: [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nnoise"],
}


def read_request(stream):
    line = stream.readline().decode("latin-1").split()
    headers = stream.readline()
    head = [headers]
    while headers.strip():
        headers = stream.readline()
        head.append(headers)
    text = b"".join(head).decode("latin-1")
    for name_value in text.lower().splitlines():
        if name_value.startswith("content-length:"):
            stream.read(int(name_value.partition(":")[2]))
    return (line[1] if len(line) > 1 else ""), text


def serve(sock):
    path, head = read_request(sock.makefile("rb"))
    name, _, query = path.lstrip("/").partition("?")
    if name == "count":
        return sock.sendall(whole(json.dumps(SEEN).encode()))
    SEEN["requests"] += 1
    SEEN["last"] = head
    for block in ANSWERS.get(name.split("/")[0], lambda _: [whole(WHOLE)])(query.encode()):
        sock.sendall(block)


def handle(sock, context):
    try:
        serve(context.wrap_socket(sock, server_side=True) if context else sock)
        sock.shutdown(socket.SHUT_WR)
    except (OSError, ValueError):
        pass
    finally:
        sock.close()


serving.sockets(handle, serving.context(sys.argv[1:]))
