"""Reads an account back with boto3, independently of mrun: one document of what is there."""
import io
import urllib.parse


class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


class Reader:
    """Clients of one account and region, made once: making them is what takes boto3 its time.

    send(method, path, body, headers) carries a request out."""

    def __init__(self, send, **options):
        import boto3
        self.session, self.options, self.clients = boto3.session.Session(), options, {}
        self.send = send

    def client(self, service):
        if service not in self.clients:
            client = self.session.client(service, **self.options)
            client.meta.events.register("before-send", self.carry)
            self.clients[service] = client
        return self.clients[service]

    def carry(self, request, **_):
        from botocore.awsrequest import AWSResponse
        url = urllib.parse.urlsplit(request.url)
        path = (url.path or "/") + ("?" + url.query if url.query else "")
        headers = {name: value.decode() if isinstance(value, bytes) else str(value)
                   for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if hasattr(body, "read"):
            body = body.read()
        status, headers, data = self.send(request.method, path, body, {"Host": url.netloc, **headers})
        return AWSResponse(request.url, status, dict(headers), Raw(data))


def tags(thing):
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}


def vpcs(ec2):
    found = {}
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["false"]}])["Vpcs"]:
        ask = lambda name: ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)
        found[vpc["VpcId"]] = {
            "CidrBlock": vpc["CidrBlock"], "Tags": tags(vpc),
            "DnsSupport": ask("enableDnsSupport")["EnableDnsSupport"]["Value"],
            "DnsHostnames": ask("enableDnsHostnames")["EnableDnsHostnames"]["Value"]}
    return found


def subnets(ec2, of):
    return {s["SubnetId"]: {"VpcId": s["VpcId"], "CidrBlock": s["CidrBlock"], "Tags": tags(s),
                            "AvailabilityZone": s["AvailabilityZone"],
                            "MapPublicIpOnLaunch": s["MapPublicIpOnLaunch"]}
            for s in ec2.describe_subnets(Filters=of)["Subnets"]}


def route_tables(ec2, of):
    found = {}
    for table in ec2.describe_route_tables(Filters=of)["RouteTables"]:
        if any(a.get("Main") for a in table["Associations"]):
            continue
        found[table["RouteTableId"]] = {
            "VpcId": table["VpcId"], "Tags": tags(table),
            "Subnets": sorted(a["SubnetId"] for a in table["Associations"] if "SubnetId" in a),
            "Routes": [{k: r[k] for k in ("DestinationCidrBlock", "GatewayId", "NatGatewayId")
                        if r.get(k)} for r in table["Routes"]]}
    return found


def groups(ec2, of):
    keep = ("IpProtocol", "FromPort", "ToPort")
    def rules(permissions):
        return [dict({k: p[k] for k in keep if k in p},
                     Cidrs=[r["CidrIp"] for r in p["IpRanges"]],
                     Descriptions=[r.get("Description", "") for r in p["IpRanges"]],
                     Groups=[g["GroupId"] for g in p["UserIdGroupPairs"]]) for p in permissions]
    return {g["GroupId"]: {"GroupName": g["GroupName"], "Description": g["Description"],
                           "VpcId": g["VpcId"], "Tags": tags(g),
                           "Ingress": rules(g["IpPermissions"]),
                           "Egress": rules(g["IpPermissionsEgress"])}
            for g in ec2.describe_security_groups(Filters=of)["SecurityGroups"]
            if g["GroupName"] != "default"}


def endpoints(ec2):
    return {e["VpcEndpointId"]: {"ServiceName": e["ServiceName"], "VpcId": e["VpcId"],
                                 "Type": e["VpcEndpointType"], "Subnets": e["SubnetIds"],
                                 "PrivateDns": e["PrivateDnsEnabled"],
                                 "Groups": [g["GroupId"] for g in e["Groups"]]}
            for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"] != "deleted"}


def roles(iam):
    found = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        found[name] = {"Trust": role["AssumeRolePolicyDocument"], "Path": role["Path"],
                       "Description": role.get("Description", ""),
                       "Policies": sorted(p["PolicyArn"] for p in attached),
                       "Inline": sorted(iam.list_role_policies(RoleName=name)["PolicyNames"])}
    return found


def profiles(iam):
    return {p["InstanceProfileName"]: {"Roles": [r["RoleName"] for r in p["Roles"]],
                                       "Arn": p["Arn"]}
            for p in iam.list_instance_profiles()["InstanceProfiles"]}


def instances(ec2):
    found = {}
    for reservation in ec2.describe_instances()["Reservations"]:
        for i in reservation["Instances"]:
            if i["State"]["Name"] == "terminated":
                continue
            ask = ec2.describe_instance_attribute(InstanceId=i["InstanceId"],
                                                  Attribute="disableApiTermination")
            found[i["InstanceId"]] = {
                "Profile": i.get("IamInstanceProfile", {}).get("Arn"), "Type": i["InstanceType"],
                "Groups": [g["GroupId"] for g in i["SecurityGroups"]], "Subnet": i["SubnetId"],
                "Image": i["ImageId"], "Tags": tags(i), "Root": i.get("RootDeviceName"),
                "State": i["State"]["Name"],
                "TerminationProtected": ask["DisableApiTermination"]["Value"],
                "Volumes": volumes(ec2, i)}
    return found


def volumes(ec2, instance):
    kept = {d["DeviceName"]: d["Ebs"]["DeleteOnTermination"]
            for d in instance["BlockDeviceMappings"]}
    answer = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id",
                                            "Values": [instance["InstanceId"]]}])
    return [{"Device": v["Attachments"][0]["Device"], "Size": v["Size"], "Type": v["VolumeType"],
             "DeleteOnTermination": kept[v["Attachments"][0]["Device"]]}
            for v in answer["Volumes"]]


def account(client):
    ec2, iam = client("ec2"), client("iam")
    networks = vpcs(ec2)
    of = [{"Name": "vpc-id", "Values": list(networks) or ["none"]}]
    gateways = ec2.describe_internet_gateways()["InternetGateways"]
    nats = ec2.describe_nat_gateways()["NatGateways"]
    return {"Vpcs": networks, "Subnets": subnets(ec2, of), "RouteTables": route_tables(ec2, of),
            "SecurityGroups": groups(ec2, of), "Endpoints": endpoints(ec2), "Roles": roles(iam),
            "Profiles": profiles(iam), "Instances": instances(ec2),
            "InternetGateways": {g["InternetGatewayId"]: [a["VpcId"] for a in g["Attachments"]]
                                 for g in gateways},
            "NatGateways": {n["NatGatewayId"]: n["SubnetId"] for n in nats
                            if n["State"] != "deleted"},
            "Addresses": sorted(a["AllocationId"] for a in ec2.describe_addresses()["Addresses"]),
            "Parameters": {p["Name"]: p["Type"]
                           for p in client("ssm").describe_parameters()["Parameters"]
                           if not p["Name"].startswith("/aws/")}}
