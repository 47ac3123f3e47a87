"""A server that answers as its path says: well, badly, slowly or never.

Usage: http_server.py [CERTIFICATE KEY]. Prints its port and its pid, listens on 127.0.0.1, and
ends with the process that started it. GET /count says how many connections and requests
there were.
"""

import gzip
import json
import os
import signal
import socket
import sys
import threading
import time
import zlib

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

COUNT = {"connections": 0, "requests": 0, "tunnels": 0}
BLOCK = b"x" * 65536


def answer(status="200 OK", body=b"", headers=()):
    lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body), *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def read_request(stream):
    line = stream.readline()
    if not line.strip():
        return None
    method, path = line.decode("latin-1").split()[:2]
    headers = {}
    for raw in iter(stream.readline, b"\r\n"):
        if not raw:
            return None
        name, _, value = raw.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return {"method": method, "path": path, "headers": headers, "body": body.decode("latin-1")}


def endless(sock, head, block):
    sock.sendall(head)
    while True:
        sock.sendall(block)


def trickle(sock, _request):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        sock.sendall(b"x")
        time.sleep(0.02)


def hang(sock, _request):
    sock.recv(1)


def interrupt(sock, request):
    """Interrupts the process named by the query, once it has had time to fall asleep."""
    time.sleep(0.2)
    os.kill(int(request["path"].split("?")[1]), signal.SIGINT)
    hang(sock, request)


def bomb(sock, _request):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
    zeros = bytes(1 << 20)
    for _ in range(1024):
        sock.sendall(packer.compress(zeros))
    sock.sendall(packer.flush())


GO = threading.Event()


def conversation(sock, _request):
    """Says the second word once somebody has asked for /go."""
    GO.clear()
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none")
    GO.wait(20)
    sock.sendall(b"two")


RAW = {  # what ends the connection
    "/conversation": conversation,
    "/garbage": lambda sock, _: sock.sendall(b"\x00\x01 this is not HTTP\r\n\r\n"),
    "/cut": lambda sock, _: sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
    "/cut-header": lambda sock, _: sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "/silent": lambda sock, _: None,
    "/hang": hang,
    "/trickle": trickle,
    "/interrupt": interrupt,
    "/bomb": bomb,
    "/endless": lambda sock, _: endless(sock, b"HTTP/1.1 200 OK\r\n\r\n", BLOCK),
    "/endless-header": lambda sock, _: endless(sock, b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000),
    "/long-header": lambda sock, _: endless(sock, b"HTTP/1.1 200 OK\r\nlong: ", BLOCK),
    "/wrong-gzip": lambda sock, _: sock.sendall(
        answer(body=b"not gzip", headers=["Content-Encoding: gzip"])
    ),
}


def polite(request):
    path = request["path"].split("?")[0]
    if path == "/count":
        return answer(body=json.dumps(COUNT).encode())
    if path == "/go":
        GO.set()
    if path.startswith("/status/"):
        return answer(path[8:] + " As asked", b"status")
    if path == "/redirect":
        return answer("302 Found", headers=["Location: /echo"])
    if path == "/headers":
        return answer(headers=["X-One: 1", "x-one:  2 ", "Empty:", "MiXeD: Value:with:colons"])
    if path == "/early":
        return b"HTTP/1.1 103 Early Hints\r\nEarly: yes\r\n\r\n" + answer(headers=["Late: yes"])
    if path == "/chunked":
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n"
        return head + b"4\r\nfour\r\n5;x=y\r\n five\r\n0\r\nSum: 9\r\n\r\n"
    if path == "/gzip":
        return answer(body=gzip.compress(b"g" * 1000), headers=["Content-Encoding: gzip"])
    if path == "/deflate":
        return answer(body=zlib.compress(b"d" * 1000), headers=["Content-Encoding: deflate"])
    return answer(body=json.dumps(request).encode(), headers=["Content-Type: application/json"])


def copy(source, target):
    try:
        for block in iter(lambda: source.recv(65536), b""):
            target.sendall(block)
    except OSError:
        pass
    target.close()


def tunnel(sock, target):
    host, port = target.split(":")
    other = socket.create_connection((host, int(port)))
    sock.sendall(b"HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")
    threading.Thread(target=copy, args=(other, sock), daemon=True).start()
    copy(sock, other)


def serve(sock):
    stream = sock.makefile("rb")
    served = 0
    while True:
        request = read_request(stream)
        if not request:
            return
        COUNT["requests"] += 1
        path = request["path"]
        if request["method"] == "CONNECT":
            COUNT["tunnels"] += 1
            return tunnel(sock, path)
        if path.split("?")[0] in RAW:
            return RAW[path.split("?")[0]](sock, request)
        if path == "/once" and served:
            return  # read, and closed without an answer
        served += 1
        reply = polite(request)
        if request["method"] == "HEAD":
            reply = reply[: reply.index(b"\r\n\r\n") + 4]
        sock.sendall(reply)


def handle(sock, context):
    COUNT["connections"] += 1
    try:
        if context:
            sock = context.wrap_socket(sock, server_side=True)
        serve(sock)
    except (OSError, ValueError):
        pass
    finally:
        sock.close()


serving.sockets(handle, serving.context(sys.argv[1:]))
