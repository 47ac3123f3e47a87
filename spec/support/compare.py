"""Makes the calls of spec/support/calls with boto3 and prints what came, as mrun writes values.

    compare.py SERVICE...        (the environment says where)

One line of JSON for each service: [service, [{"result": ...} or {"error": ..., ...}, ...]]
"""
import base64
import datetime
import functools
import hashlib
import json
import os
import re
import sys

sys.dont_write_bytecode = True
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calls")


def plain(value):
    """As mrun writes it: ISO 8601 in UTC, base64, and the rest as it is."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        text = value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return text.rstrip("0").rstrip(".") + "Z"
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if hasattr(value, "read"):
        return base64.b64encode(value.read()).decode()
    return value


def given(value, kept):
    if isinstance(value, dict):
        if set(value) == {"$blob"}:
            return base64.b64decode(given(value["$blob"], kept))
        if set(value) == {"$time"}:
            return datetime.datetime.fromtimestamp(value["$time"], datetime.timezone.utc)
        return {key: given(item, kept) for key, item in value.items()}
    if isinstance(value, list):
        return [given(item, kept) for item in value]
    if isinstance(value, str) and value.startswith("$"):
        return kept[value[1:]]
    return value


def look(value, path):
    if path.startswith("tail:"):
        return look(value, path[5:]).split("/")[-1]
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def hash_of_body(request, **_):
    """moto refuses a right signature of a request without a body where this header is missing."""
    body = request.data or b""
    body = body.encode() if isinstance(body, str) else body
    if isinstance(body, bytes) and "X-Amz-Content-SHA256" not in request.headers:
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()


def client_of(session, service):
    client = session.client(service)
    client.meta.events.register("before-sign", hash_of_body)
    return client


def one(clients, service, call, kept):
    from botocore.exceptions import ClientError
    from botocore import xform_name
    operation, params, keep = (call + [None])[:3]
    if "." in operation:
        service, operation = operation.split(".")
    try:
        answer = getattr(clients(service), xform_name(operation))(**given(params, kept))
    except ClientError as error:
        about = error.response["Error"]
        return {"error": about.get("Code"), "message": re.sub(r"\s+", " ", about.get("Message", "")),
                "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
    answer.pop("ResponseMetadata", None)
    result = plain(answer)
    for name, path in (keep if isinstance(keep, dict) else {}).items():
        kept[name] = look(result, path)
    return {"result": result}


def main():
    import boto3
    session = boto3.session.Session()
    clients = functools.cache(lambda service: client_of(session, service))
    for service in sys.argv[1:]:
        with open(os.path.join(FOLDER, service + ".json"), encoding="utf-8") as file:
            calls = json.load(file)
        kept, came = {}, []
        for call in calls:
            try:
                came.append(one(clients, service, call, kept))
            except Exception as error:  # pylint: disable=broad-except
                came.append({"error": repr(error)})
        print(json.dumps([service, came]), flush=True)


main()
