"""How AWS behaves and the emulators do not: late, unfinished, and faithful to client tokens.

    {"hidden": n}    what was made is unknown to the next n calls that ask for it
    {"pending": n}   what was made, and what is deleted, is on its way for n looks
    {"tokens": true} the same ClientToken gets the same answer, other parameters a refusal
    {"delay_ms": n}  each call takes that long
    {"refuse": {"operation": name, "message": text}}
                     that operation is refused, with these words
    {"throttle": n}  each n-th call is throttled
    {"reset": n}     each n-th call is cut off before it is done, and each n-th after it ("drop")
    {"reorder": n}   calls overtake one another: each is held back for up to n ms
    {"cut": {"at": n, "when": "before"|"after"}}  as kill, but the connection dies and not the
                     process; so does every connection after it
    {"kill": {"at": n, "when": "before"|"after"|"answered", "pid_file": path,
              "operation": name|null, "reads": bool}}
                     the n-th changing call (of that name; with reads: the n-th call) ends the
                     process whose pid stands in the file. answered: it reads the answer, and the
                     next write to its journal ends it
    {"limit": {"bytes": n, "pid_file": path}}  from the first call on no file grows beyond that
"""
import glob
import json
import os
import re
import resource
import signal
import threading
import time
import xml.etree.ElementTree as xml

READS = re.compile("^(Describe|Get|List|Search|Lookup|Head)")
ID = re.compile(r"\b(?:vpc|subnet|rtb|rtbassoc|sg|sgr|igw|eipalloc|nat|vpce|i)-[0-9a-f]{8,17}\b")
NOT_FOUND = {
    "vpc": "InvalidVpcID.NotFound", "subnet": "InvalidSubnetID.NotFound",
    "rtb": "InvalidRouteTableID.NotFound", "rtbassoc": "InvalidAssociationID.NotFound",
    "sg": "InvalidGroup.NotFound", "sgr": "InvalidSecurityGroupRuleId.NotFound",
    "igw": "InvalidInternetGatewayID.NotFound", "eipalloc": "InvalidAllocationID.NotFound",
    "nat": "NatGatewayNotFound", "vpce": "InvalidVpcEndpointId.NotFound",
    "i": "InvalidInstanceID.NotFound",
}
NAMED = {"CreateRole": "RoleName", "CreateInstanceProfile": "InstanceProfileName"}
DONE = {"running": "pending", "available": "pending", "terminated": "shutting-down",
        "deleted": "deleting"}
HELD = ("instanceId", "natGatewayId", "vpcEndpointId", "vpcId", "subnetId")
EC2_ERROR = ('<?xml version="1.0"?><Response><Errors><Error><Code>%s</Code><Message>%s does not '
             'exist</Message></Error></Errors><RequestID>spec</RequestID></Response>')
IAM_ERROR = ('<?xml version="1.0"?><ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
             '<Error><Type>Sender</Type><Code>%s</Code><Message>%s cannot be found.</Message></Error>'
             '<RequestId>spec</RequestId></ErrorResponse>')


THROTTLED = {
    "ec2": (503, "RequestLimitExceeded"), "iam": (400, "Throttling"), "sts": (400, "Throttling")}
SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
GONE = None, [], b""


def local(element):
    return element.tag.split("}")[-1]


def refusal(code, subject, service="ec2"):
    template = IAM_ERROR if service == "iam" else EC2_ERROR
    return (404 if service == "iam" else 400, [("Content-Type", "text/xml")],
            (template % (code, subject)).encode())


def throttled(call):
    status, code = THROTTLED.get(call["service"], (400, "ThrottlingException"))
    if call["service"] == "s3":
        return 503, [("Content-Type", "application/xml")], SLOW_DOWN
    if call["service"] in ("ec2", "iam", "sts"):
        _, headers, data = refusal(code, "the rate", call["service"])
        return status, headers, data
    return (status, [("Content-Type", "application/x-amz-json-1.1")],
            b'{"__type":"%s","message":"Rate exceeded"}' % code.encode())


def pid_of(rule):
    with open(rule["pid_file"], encoding="ascii") as handle:
        return int(handle.read())


def limit_files(pid, size):
    """No file of that process grows beyond a size: a signal that ends it, or an error of write."""
    try:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, size))
    except ProcessLookupError:
        pass


def journal_bytes(pid_file):
    paths = glob.glob(os.path.join(os.path.dirname(pid_file), ".mrun", "*", "journal"))
    return max([os.path.getsize(path) for path in paths] or [0])


class Faults:
    def __init__(self, rules):
        self.rules = rules
        self.lock = threading.Lock()
        self.hidden, self.pending, self.tokens = {}, {}, {}
        self.known, self.struck = set(), set()
        self.changes, self.count, self.is_off = 0, 0, False

    def carry(self, call, send):
        """The answer to a call, or a status of None where nobody is left to answer."""
        if self.rules.get("limit") and self.count == 0:
            limit_files(pid_of(self.rules["limit"]), self.rules["limit"]["bytes"])
        if self.rules.get("delay_ms"):
            time.sleep(self.rules["delay_ms"] / 1000)
        with self.lock:
            self.count += 1
            turn = self.count
        if self.rules.get("reorder"):
            time.sleep(turn * 7919 % 5 * self.rules["reorder"] / 4000)
        if self.is_due("throttle", turn):
            return throttled(call)
        if self.is_due("reset", turn) or self.is_cut(call, "before"):
            return GONE
        answer = self.carry_out(call, send)
        return GONE if self.is_due("drop", turn) or self.is_cut(call, "after") else answer

    def is_due(self, rule, turn):
        spread = {"throttle": 0, "reset": 1, "drop": 2}
        every = self.rules.get(rule)
        return every and (turn + spread[rule]) % every == 0

    def is_cut(self, call, when):
        rule = self.rules.get("cut")
        if not rule:
            return False
        with self.lock:
            if self.is_off:
                return True
            if rule["when"] == when and self.is_turn(rule, call):
                self.is_off = True
            return self.is_off

    def is_turn(self, rule, call):
        if rule.get("operation", call["operation"]) != call["operation"]:
            return False
        if READS.match(call["operation"]) and not rule.get("reads"):
            return False
        self.changes += 1
        return self.changes == rule["at"]

    def carry_out(self, call, send):
        if self.is_killed(call, "before"):
            return GONE
        early = (self.refuse_asked(call) or self.refuse_hidden(call)
                 or self.same_token(call))
        if early:
            return early
        status, headers, data = send()
        if status == 500 and call["operation"] == "RemoveRoleFromInstanceProfile":
            return refusal("NoSuchEntity", "the role", "iam")  # moto breaks where AWS says this
        if status < 300:
            self.remember(call, status, headers, data)
        if self.is_killed(call, "after"):
            return GONE
        if status < 300:
            data = self.edited(call, data)
        self.is_killed(call, "answered")
        return status, headers, data

    def is_killed(self, call, when):
        rule = self.rules.get("kill")
        if not rule or rule["when"] != when:
            return False
        with self.lock:
            if not self.is_turn(rule, call):
                return False
        pid = pid_of(rule)
        if when == "answered":
            limit_files(pid, journal_bytes(rule["pid_file"]))
            return False
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        return True

    def refuse_asked(self, call):
        rule = self.rules.get("refuse")
        if not rule or rule["operation"] != call["operation"]:
            return None
        body = json.dumps({"__type": "ValidationException", "message": rule["message"]})
        return 400, [("Content-Type", "application/x-amz-json-1.1")], body.encode()

    def asked_for(self, call):
        """Ids that a call names, other than in a filter."""
        text = " ".join(str(value) for name, value in call["params"].items()
                        if not name.startswith("Filter"))
        return set(ID.findall(text))

    def refuse_hidden(self, call):
        if call["operation"] in NAMED:  # who makes it is told that it exists
            return None
        with self.lock:
            for name in ("RoleName", "InstanceProfileName"):
                key = name + "/" + str(call["params"].get(name))
                if call["service"] == "iam" and self.hidden.get(key, 0) > 0:
                    self.hidden[key] -= 1
                    return refusal("NoSuchEntity", key, "iam")
            if call["service"] != "ec2":
                return None
            for each in self.asked_for(call):
                if self.hidden.get(each, 0) > 0:
                    self.hidden[each] -= 1
                    return refusal(NOT_FOUND[each.split("-")[0]], each)
        return None

    def token_of(self, call):
        token = call["params"].get("ClientToken")
        if not (self.rules.get("tokens") and token):
            return None, None
        params = sorted((k, v) for k, v in call["params"].items() if k != "ClientToken")
        return call["operation"] + "/" + token, params

    def same_token(self, call):
        key, params = self.token_of(call)
        with self.lock:
            known = key and self.tokens.get(key)
        if not known:
            return None
        if known[0] != params:
            return refusal("IdempotentParameterMismatch", key)
        return known[1]

    def remember(self, call, status, headers, data):
        key, params = self.token_of(call)
        operation = call["operation"]
        with self.lock:
            self.known |= self.asked_for(call)
            if key:
                self.tokens[key] = (params, (status, headers, data))
            if re.match("^(Terminate|Delete)", operation):
                for each in self.asked_for(call):
                    self.pending[each] = self.rules.get("pending", 0)
            if not re.match("^(Create|Run|Allocate)", operation):
                return
            if operation in NAMED and self.rules.get("hidden"):
                name = NAMED[operation]
                self.hidden[name + "/" + call["params"][name]] = self.rules["hidden"]
            found = set(ID.findall(data.decode("utf-8", "replace")))
            for each in found - self.known - self.asked_for(call):
                self.hidden[each] = self.rules.get("hidden", 0)
                self.pending[each] = self.rules.get("pending", 0)
            self.known |= found

    def edited(self, call, data):
        if call["service"] != "ec2" or not READS.match(call["operation"]):
            return data
        with self.lock:
            text = data.decode("utf-8", "replace")
            hidden = {each for each in set(ID.findall(text)) if self.hidden.get(each, 0) > 0}
            waiting = {each for each in set(ID.findall(text)) if self.pending.get(each, 0) > 0}
            if not hidden and not waiting:
                return data
            root = xml.fromstring(data)
            xml.register_namespace("", root.tag.split("}")[0].strip("{"))
            seen = set()
            self.take_out(root, hidden)
            self.hold_back(root, waiting - hidden, seen)
            for each in hidden:
                self.hidden[each] -= 1
            for each in seen:
                self.pending[each] -= 1
            return xml.tostring(root, xml_declaration=True, encoding="UTF-8")

    def take_out(self, element, hidden):
        for child in list(element):
            if any(leaf.text in hidden for leaf in child if local(leaf).endswith("Id")
                   and local(leaf) != "vpcId") or self.is_vpc(child, hidden):
                element.remove(child)
            else:
                self.take_out(child, hidden)

    def is_vpc(self, element, hidden):
        first = next((leaf for leaf in element if local(leaf).endswith("Id")), None)
        return first is not None and local(first) == "vpcId" and first.text in hidden

    def hold_back(self, element, waiting, seen):
        own = next((leaf for leaf in element if local(leaf) in HELD), None)
        for child in element:
            name = local(child)
            if own is not None and own.text in waiting:
                if name in ("state", "vpcEndpointState") and child.text in DONE:
                    child.text = DONE[child.text]
                    seen.add(own.text)
                if name == "instanceState":
                    for leaf in child:
                        if local(leaf) == "name" and leaf.text in DONE:
                            leaf.text = DONE[leaf.text]
                            seen.add(own.text)
            self.hold_back(child, waiting, seen)
