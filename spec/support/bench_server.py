"""Answers AWS calls with files, over kept connections, for the benchmark.

    bench_server.py FOLDER      (prints its port and its pid)

A request is answered with the file that is named after its operation, else with an empty answer
of DescribeVpcs.
"""
import asyncio
import os
import re
import sys

FILES = {b"Action=DescribeInstances": "instances", b"Action=RunInstances": "run",
         b"DynamoDB_20120810.Query": "items", b"list-type=2": "keys"}
SMALL = b'<DescribeVpcsResponse><requestId>r</requestId><vpcSet/></DescribeVpcsResponse>'


def read(name):
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        return file.read()


BODIES = {mark: read(name) for mark, name in FILES.items()}
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


def head(body):
    return (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nx-amzn-RequestId: r\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body))


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.waiting = transport, b""

    def data_received(self, data):
        self.waiting += data
        while True:
            end = self.waiting.find(b"\r\n\r\n")
            if end < 0:
                return
            length = LENGTH.search(self.waiting, 0, end)
            size = end + 4 + int(length.group(1)) if length else end + 4
            if len(self.waiting) < size:
                if b"100-continue" in self.waiting[:end]:
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            request, self.waiting = self.waiting[:size], self.waiting[size:]
            self.answer(request)

    def answer(self, request):
        body = SMALL
        for mark, found in BODIES.items():
            if mark in request:
                body = found
        self.transport.write(head(body) + body)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], os.getpid(), flush=True)
    await server.serve_forever()


asyncio.run(main())
