"""The same work as client_bench.lua, by botocore: prints the same.

    client_bench.py CASE COUNT FOLDER
"""
import sys
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session

CASE, COUNT, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3]

RUN = {
    "ImageId": "ami-0abcdef1234567890", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
    "SubnetId": "subnet-0abc1234def567890", "SecurityGroupIds": ["sg-0abc1234def567890"],
    "ClientToken": "1c6ecd6e-6d2c-4bf5-9d6a-0123456789ab",
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
        "VolumeSize": 20, "VolumeType": "gp3", "Encrypted": True}}],
    "TagSpecifications": [{"ResourceType": "instance", "Tags": [
        {"Key": "Name", "Value": "web"}, {"Key": "Team", "Value": "a & b"}]}],
}


def client_of(service):
    return botocore.session.get_session().create_client(
        service, region_name="eu-west-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="k" * 40)


def reading(client, operation, name):
    with open("%s/%s" % (FOLDER, name), "rb") as file:
        body = file.read()
    shape = client.meta.service_model.operation_model(operation).output_shape
    parser = client._response_parser
    return lambda: parser.parse({"status_code": 200, "headers": {}, "body": body}, shape)


def signing():
    credentials = botocore.credentials.Credentials("AKIAIOSFODNN7EXAMPLE", "k" * 40, "t" * 400)
    auth = botocore.auth.SigV4Auth(credentials, "ec2", "eu-west-1")

    def work():
        auth.add_auth(botocore.awsrequest.AWSRequest(
            method="POST", url="https://ec2.eu-west-1.amazonaws.com/",
            data="Action=DescribeVpcs&Version=2016-11-15",
            headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"}))
    return work


def running():
    client = client_of("ec2")
    model = client.meta.service_model.operation_model("RunInstances")
    read = reading(client, "RunInstances", "run")

    def work():
        client._serializer.serialize_to_request(RUN, model)
        read()
    return work


CASES = {
    "sign": signing, "run": running,
    "instances": lambda: reading(client_of("ec2"), "DescribeInstances", "instances"),
    "items": lambda: reading(client_of("dynamodb"), "Query", "items"),
    "keys": lambda: reading(client_of("s3"), "ListObjectsV2", "keys"),
}

WORK = CASES[CASE]()
if COUNT > 1:
    WORK()
BEGAN = time.process_time()
for _ in range(COUNT):
    WORK()
print("%.9f" % ((time.process_time() - BEGAN) / COUNT))
with open("/proc/self/status", encoding="ascii") as status:
    print(next(line for line in status if line.startswith("RssAnon:")).split()[1])
