"""What hands out credentials, on 127.0.0.1: an instance's metadata, a container's agent, SSO's
portal and its OIDC, and the sign-in service of `aws login`.

Prints its port and its pid, and ends with the process that started it. PUT /_state merges JSON
into what it knows, GET /_count says how often each was asked:

    keys           what it gives, [{AccessKeyId, SecretAccessKey, Token}]: one after the other,
                   the last for ever
    life_s         how long they last
    authorization  what the container must send
    bearer         the SSO token that is good now; refresh: what renews it
    imds_v1        whether metadata is given without a token
    wait_s         before each answer
"""
import base64
import collections
import hashlib
import http.server
import json
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True  # not into the project's folders
import serving  # noqa: E402

STATE = {"keys": [], "life_s": 3600, "authorization": None, "bearer": "bearer-0",
         "refresh": "refresh-0", "imds_v1": False, "wait_s": 0, "given": 0, "status": 200}
COUNT = collections.Counter()
LOCK = threading.Lock()
ROLE_PATH = "/latest/meta-data/iam/security-credentials/"


def expires():
    return int(time.time()) + STATE["life_s"]


def iso(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def next_keys():
    with LOCK:
        keys = STATE["keys"][min(STATE["given"], len(STATE["keys"]) - 1)]
        STATE["given"] += 1
    return keys


def document():
    return dict(next_keys(), Code="Success", Type="AWS-HMAC", Expiration=iso(expires()))


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def proof_is_right(header, url):
    """Whether a DPoP header is signed by the key in it and speaks of this request."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    head, payload, signature = header.split(".")
    jwk = json.loads(decoded(head))["jwk"]
    numbers = [int.from_bytes(decoded(jwk[name]), "big") for name in ("x", "y")]
    key = ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()
    raw = decoded(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"),
                                     int.from_bytes(raw[32:], "big"))
    try:
        key.verify(der, (head + "." + payload).encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    said = json.loads(decoded(payload))
    return (said["htm"], said["htu"]) == ("POST", url) and abs(said["iat"] - time.time()) < 60


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        if not isinstance(body, str):
            body = json.dumps(body)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def refuse(self, status, code):
        self.answer(status, {"message": "no", "error": code}, [("x-amzn-errortype", code)])

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def begin(self, name):
        COUNT[name] += 1
        time.sleep(STATE["wait_s"])
        if STATE["status"] != 200:
            self.refuse(STATE["status"], "Broken")
            return False
        return True

    def do_PUT(self):
        text = self.body()
        if self.path == "/_state":
            STATE.update(json.loads(text), given=0)
            COUNT.clear()
            return self.answer(200, {})
        if self.path == "/latest/api/token" and self.begin("imds_token"):
            if "x-aws-ec2-metadata-token-ttl-seconds" not in self.headers:
                return self.refuse(400, "NoTtl")
            self.answer(200, "imds-token")

    def metadata(self):
        if not STATE["imds_v1"] and self.headers.get("x-aws-ec2-metadata-token") != "imds-token":
            return self.refuse(401, "NoToken")
        name = self.path[len(ROLE_PATH):]
        self.answer(200, document() if name else "the-role")

    def portal(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        if self.headers.get("x-amz-sso_bearer_token") != STATE["bearer"] or "role_name" not in query:
            return self.refuse(401, "UnauthorizedException")
        keys = next_keys()
        self.answer(200, {"roleCredentials": {
            "accessKeyId": keys["AccessKeyId"], "secretAccessKey": keys["SecretAccessKey"],
            "sessionToken": keys["Token"], "expiration": expires() * 1000}})

    def do_GET(self):
        if self.path == "/_count":
            return self.answer(200, COUNT)
        if self.path.startswith(ROLE_PATH):
            return self.begin("imds") and self.metadata()
        if self.path == "/container":
            if not self.begin("container"):
                return None
            if self.headers.get("Authorization") != STATE["authorization"]:
                return self.refuse(401, "Unauthorized")
            return self.answer(200, document())
        if self.path.startswith("/federation/credentials"):
            return self.begin("sso") and self.portal()
        self.refuse(404, "NotFound")

    def oidc(self, said):
        if said.get("refreshToken") != STATE["refresh"]:
            return self.refuse(400, "InvalidGrantException")
        number = int(STATE["refresh"].rpartition("-")[2]) + 1
        STATE["bearer"], STATE["refresh"] = "bearer-%d" % number, "refresh-%d" % number
        self.answer(200, {"accessToken": STATE["bearer"], "tokenType": "Bearer",
                          "expiresIn": STATE["life_s"], "refreshToken": STATE["refresh"]})

    def sign_in(self, said):
        url = "http://%s%s" % (self.headers["Host"], self.path)
        if said.get("refreshToken") != STATE["refresh"]:
            return self.refuse(400, "TOKEN_EXPIRED")
        if not proof_is_right(self.headers["DPoP"], url):
            return self.refuse(400, "INVALID_REQUEST")
        keys = next_keys()
        STATE["refresh"] = hashlib.sha1(STATE["refresh"].encode()).hexdigest()
        self.answer(200, {"tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4",
                          "accessToken": {"accessKeyId": keys["AccessKeyId"],
                                          "secretAccessKey": keys["SecretAccessKey"],
                                          "sessionToken": keys["Token"]},
                          "expiresIn": STATE["life_s"], "refreshToken": STATE["refresh"]})

    def do_POST(self):
        said = json.loads(self.body())
        if self.path == "/token":
            return self.begin("oidc") and self.oidc(said)
        if self.path == "/v1/token":
            return self.begin("signin") and self.sign_in(said)
        self.refuse(404, "NotFound")


serving.http_requests(Handler)
