"""A local AWS for specs: an emulator that checks signatures, and a proxy before it that counts.

    emulator.py moto|ministack VENV

MRUN_SPEC_FAULTS: rules of faults.py that hold where a spec says nothing else; one that counts or
quotes says {"exact": true}.

Prints the proxy's port, the pid, and a line of JSON with the keys of a user who may do everything.
Host goes through as it came, so signatures stay valid. Control, on the proxy itself:

    GET    /_calls        what was asked: [{service, operation, status, params, flying}]
    DELETE /_calls        forgets it
    PUT    /_faults       how the proxy behaves from now on (see faults.py)
    GET    /_account/REGION  what boto3 finds in the account (boto.py)
    POST   /_python/REGION   runs Python there, with client(service) at hand; the value of `result`
    POST   /_reset        an empty account with a new user; answers with the new keys
    POST   /_fork         another one beside it (moto), whose account begins as this one is now;
                          answers with its port and pid, and it goes when this one goes
    POST   /_role/ACCOUNT a role in another account that anybody may assume; answers with its ARN
    GET    /_account/REGION?role=ARN, POST /_python/REGION?role=ARN   the same, in that account
"""
import http.client
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import boto  # noqa: E402
import faults  # noqa: E402
import forking  # noqa: E402

KIND, VENV = sys.argv[1], sys.argv[2]
ALWAYS = json.loads(os.environ.get("MRUN_SPEC_FAULTS") or "{}")


def rules_of(said):
    return said if said.get("exact") else {**ALWAYS, **said}

POLICY = {"Version": "2012-10-17",
          "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MINISTACK = {"AUTH": "true", "BIND_HOST": "127.0.0.1"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start():
    port = free_port()
    child = subprocess.Popen(
        [VENV + "/bin/ministack"], env=dict(os.environ, GATEWAY_PORT=str(port), **MINISTACK),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return child, port
        except OSError:
            if child.poll() is not None:
                sys.exit(KIND + " does not start")
            time.sleep(0.05)
    sys.exit(KIND + " does not listen")


def send_out(method, path, body, headers):
    connection = http.client.HTTPConnection("127.0.0.1", UPSTREAM, timeout=120)
    connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    if body:
        connection.send(body)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, answer.getheaders(), data


if KIND == "moto":
    import inside
    CHILD, UPSTREAM, send = None, 5000, inside.send  # nobody listens there
else:
    CHILD, UPSTREAM = start()
    send = send_out


def iam(action, headers=None, **params):
    params.update(Action=action, Version="2010-05-08")
    body = urllib.parse.urlencode(params).encode()
    key = "123456789012"  # to ministack an unchecked root; moto takes the first three calls so
    _, _, data = send("POST", "/", body, {
        "Host": "127.0.0.1:%d" % UPSTREAM, "Content-Length": str(len(body)),
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        "Authorization": "AWS4-HMAC-SHA256 Credential=%s/%s/us-east-1/iam/aws4_request, "
                         "SignedHeaders=host, Signature=x" % (key, time.strftime("%Y%m%d")),
        **(headers or {})})
    return data.decode()


def no_auth(count):
    """So many calls are not checked: of somebody who may do nothing yet."""
    send("POST", "/moto-api/reset-auth", str(count).encode(), {
        "Host": "127.0.0.1:%d" % UPSTREAM, "Content-Length": "1", "Content-Type": "text/plain"})


def new_role(account):
    there = {"x-moto-account-id": account}
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    no_auth(2)
    iam("CreateRole", there, RoleName="deploy", AssumeRolePolicyDocument=json.dumps(trust))
    iam("PutRolePolicy", there, RoleName="deploy", PolicyName="all",
        PolicyDocument=json.dumps(POLICY))
    return "arn:aws:iam::%s:role/deploy" % account


def new_user():
    iam("CreateUser", UserName="spec")
    iam("PutUserPolicy", UserName="spec", PolicyName="all", PolicyDocument=json.dumps(POLICY))
    answer = iam("CreateAccessKey", UserName="spec")
    return {"access_key": re.search("<AccessKeyId>(.*?)<", answer).group(1),
            "secret_key": re.search("<SecretAccessKey>(.*?)<", answer).group(1)}


def reset():
    if KIND == "moto":
        plain = {"Host": "127.0.0.1:%d" % UPSTREAM}
        send("POST", "/moto-api/reset", b"", dict(plain, **{"Content-Length": "0"}))
        no_auth(3)
    else:
        send("POST", "/_ministack/reset", b"", {"Host": "localhost", "Content-Length": "0"})
    return new_user()


class State:
    lock = threading.Lock()
    calls, readers = [], {}
    flying = 0
    faults = faults.Faults(ALWAYS)


def keys_of(role):
    if not role:
        return {"aws_access_key_id": KEYS["access_key"],
                "aws_secret_access_key": KEYS["secret_key"]}
    answer = reader("us-east-1", None).client("sts").assume_role(
        RoleArn=role, RoleSessionName="spec")["Credentials"]
    return {"aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"]}


def reader(region, role):
    if (region, role) not in State.readers:
        State.readers[region, role] = boto.Reader(
            send, region_name=region, endpoint_url="http://127.0.0.1:%d" % UPSTREAM,
            **keys_of(role))
    return State.readers[region, role]


def boto_answer(path, body):
    path, _, role = path.partition("?role=")
    kind, region = path.split("/")[1:]
    client = reader(region, role or None).client
    if kind == "_account":
        return boto.account(client)
    scope = {"client": client}
    exec(body.decode(), scope)  # pylint: disable=exec-used
    return scope.get("result")


def describe(headers, body):
    scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", headers.get("Authorization", ""))
    target = headers.get("X-Amz-Target")
    if target:
        params = json.loads(body or b"{}")
        operation = target.split(".")[-1]
    else:
        form = body if len(body) < 1 << 20 else b""  # a large body is an object
        params = dict(urllib.parse.parse_qsl(form.decode("utf-8", "replace"),
                                             keep_blank_values=True))
        operation = params.pop("Action", "?")
        params.pop("Version", None)
    return {"service": scope.group(2) if scope else "?", "region": scope.group(1) if scope else "?",
            "operation": operation, "params": params}


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status, headers, data):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        if self.command == "HEAD":  # the length of what a GET would bring
            length = dict((name.lower(), value) for name, value in headers).get("content-length")
        else:
            length = str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(data)

    def answer_json(self, value):
        self.answer(200, [("Content-Type", "application/json")],
                    json.dumps(value, default=str).encode())

    def control(self, body):
        if self.path.startswith(("/_account/", "/_python/")):
            return self.answer_json(boto_answer(self.path, body))
        if self.path.startswith("/_role/"):
            return self.answer_json(new_role(self.path.split("/")[2]))
        if self.path == "/_fork":
            return self.answer_json(forking.fork())
        with State.lock:
            if self.path == "/_calls" and self.command == "DELETE":
                State.calls = []
                return self.answer_json({})
            if self.path == "/_calls":
                return self.answer_json(State.calls)
            if self.path == "/_faults":
                State.faults = faults.Faults(rules_of(json.loads(body)))
                return self.answer_json({})
            State.faults = faults.Faults(ALWAYS)
            State.calls, State.readers = [], {}
        KEYS.update(reset())
        self.answer_json(KEYS)

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_") and not self.path.startswith("/_ministack"):
            return self.control(body)
        call = describe(self.headers, body)
        with State.lock:
            State.flying += 1
            call["flying"] = State.flying
            State.calls.append(call)
            behaviour = State.faults
        try:
            status, headers, data = behaviour.carry(
                call, lambda: send(self.command, self.path, body, dict(self.headers.items())))
        finally:
            with State.lock:
                State.flying -= 1
        call["status"] = status
        if status is None:
            self.close_connection = True
            return
        self.answer(status, headers, data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass  # a client that was killed


def stop(*_):
    if CHILD:
        CHILD.kill()
        CHILD.wait()
    note = os.path.join(tempfile.gettempdir(), "ministack-%d.pid" % UPSTREAM)
    if os.path.exists(note):  # ministack's, which it forgets when it is killed
        os.remove(note)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
KEYS = new_user()
SERVER = Server(("127.0.0.1", 0), Proxy)
forking.prepare(SERVER, lambda: Server(("127.0.0.1", 0), Proxy))
print(SERVER.server_address[1], os.getpid(), flush=True)
print(json.dumps(KEYS), flush=True)
SERVER.serve_forever()
