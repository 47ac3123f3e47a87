"""The same calls as one_call.lua, by boto3.

    one_call.py CASE URL
"""
import sys

import boto3

CALLS = {
    "run": ("ec2", "run_instances", {
        "ImageId": "ami-0abcdef1234567890", "MinCount": 1, "MaxCount": 1,
        "InstanceType": "t3.micro", "SubnetId": "subnet-0abc1234def567890",
        "SecurityGroupIds": ["sg-0abc1234def567890"]}),
    "instances": ("ec2", "describe_instances", {}),
    "items": ("dynamodb", "query", {
        "TableName": "t", "KeyConditionExpression": "id = :i",
        "ExpressionAttributeValues": {":i": {"S": "x"}}}),
    "keys": ("s3", "list_objects_v2", {"Bucket": "b"}),
}
SERVICE, OPERATION, PARAMS = CALLS[sys.argv[1]]
CLIENT = boto3.client(SERVICE, region_name="us-east-1", endpoint_url=sys.argv[2],
                      aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="k" * 40)
RESULT = getattr(CLIENT, OPERATION)(**PARAMS)
for name in ("Instances", "Reservations", "Items", "Contents"):
    if name in RESULT:
        print(len(RESULT[name]))
with open("/proc/self/status", encoding="ascii") as file:
    print(next(line for line in file if line.startswith("RssAnon:")).split()[1])
