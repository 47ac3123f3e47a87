"""moto inside this process: what its own server does, without a network between.

Where moto is wrong, and specs rest on it, it is put right here."""
import functools
import os

os.environ.update({
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "MOTO_ENABLE_AMI_VALIDATION": "1",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "1", "INITIAL_NO_AUTH_ACTION_COUNT": "3"})

from moto import backends  # noqa: E402
from moto.core import request as moto_request, responses  # noqa: E402
from moto.moto_server import werkzeug_app  # noqa: E402
from moto.ec2.exceptions import DependencyViolationError  # noqa: E402
from moto.ec2.models import internet_gateways, nat_gateways, subnets, vpcs  # noqa: E402
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE  # noqa: E402
from werkzeug.test import EnvironBuilder, run_wsgi_app  # noqa: E402

# What it looks up for each call anew, and never changes.
MODULES = list(backends.list_of_moto_modules())
backends.list_of_moto_modules = lambda: MODULES
responses.method_names_from_class = functools.cache(responses.method_names_from_class)

# DescribeTags has words of moto's own for these.
EC2_PREFIX_TO_RESOURCE.update({"eipalloc": "elastic-ip", "nat": "natgateway"})
DELETE_SUBNET = subnets.SubnetBackend.delete_subnet
DELETE_NAT_GATEWAY = nat_gateways.NatGatewayBackend.delete_nat_gateway
DELETE_VPC = vpcs.VPCBackend.delete_vpc
DETACH = internet_gateways.InternetGatewayBackend.detach_internet_gateway


def delete_subnet(backend, subnet_id):
    """Its route table is not associated with it any more."""
    subnet = DELETE_SUBNET(backend, subnet_id)
    for table in backend.route_tables.values():
        for association, target in list(table._associations.items()):
            if target == subnet_id:
                del table._associations[association]
    return subnet


def delete_nat_gateway(backend, nat_gateway_id):
    """Its address is free again."""
    gateway = DELETE_NAT_GATEWAY(backend, nat_gateway_id)
    for address in backend.addresses:
        if address.eni is gateway._eni:
            address.eni = address.association_id = None
    return gateway


def delete_vpc(backend, vpc_id):
    """Not while a gateway is attached."""
    if any(gateway.vpc and gateway.vpc.id == vpc_id
           for gateway in backend.internet_gateways.values()):
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies.")
    return DELETE_VPC(backend, vpc_id)


def detach_internet_gateway(backend, internet_gateway_id, vpc_id):
    """Not while something there has a public address."""
    for gateway in backend.nat_gateways.values():
        if gateway.vpc_id == vpc_id and gateway.state != "deleted":
            raise DependencyViolationError(f"Network {vpc_id} has some mapped public address(es).")
    return DETACH(backend, internet_gateway_id, vpc_id)


subnets.SubnetBackend.delete_subnet = delete_subnet
nat_gateways.NatGatewayBackend.delete_nat_gateway = delete_nat_gateway
vpcs.VPCBackend.delete_vpc = delete_vpc
internet_gateways.InternetGatewayBackend.detach_internet_gateway = detach_internet_gateway

APP = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)


def environ_of(method, path, body, headers):
    environ = EnvironBuilder(method=method, path=path, headers=headers,
                             input_stream=None, data=body or b"").get_environ()
    environ[moto_request.PRESERVED_HEADER_NAMES_ENVIRON_KEY] = {
        moto_request.environ_key_for_header(name): name for name in headers
        if moto_request.should_preserve_original_header_name(name)}
    return environ


def send(method, path, body, headers):
    try:
        parts, status, answered = run_wsgi_app(
            APP, environ_of(method, path, body, headers), buffered=True)
        return int(status.split()[0]), list(answered), b"".join(parts)
    except Exception as why:  # pylint: disable=broad-except
        return 500, [("Content-Type", "text/plain")], repr(why).encode()
