"""Reads resources of EnaFleet as JSON lines, sends each to moto as the EC2 request that it stands for, and prints what it reads back.

Ids in the resources are NAME@TYPE, as components/aws/made.fixture.ts makes them; moto's own take their place.
"""

import json
import sys

from server import client


def main():
    made = [json.loads(line) for line in sys.stdin if line.strip()]
    by_type = {}
    for one in made:
        by_type.setdefault(one["type"].rsplit(":", 1)[1], []).append(one)
    with client() as ec2:
        ids = {}
        for kind, make in MAKERS:
            for one in by_type.get(kind, []):
                ids[f"{one['name']}@{kind}"] = make(ec2, with_ids(one["inputs"], ids))
        json.dump(read_back(ec2, ids), sys.stdout, default=str)


def with_ids(value, ids):
    if isinstance(value, dict):
        return {key: with_ids(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [with_ids(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


def tags_of(kind, inputs):
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in inputs["tags"].items()]}]


def make_vpc(ec2, inputs):
    return ec2.create_vpc(CidrBlock=inputs["cidrBlock"], TagSpecifications=tags_of("vpc", inputs))["Vpc"]["VpcId"]


def make_subnet(ec2, inputs):
    made = ec2.create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        AvailabilityZone=inputs["availabilityZone"],
        TagSpecifications=tags_of("subnet", inputs),
    )
    return made["Subnet"]["SubnetId"]


def make_reservation(ec2, inputs):
    made = ec2.create_subnet_cidr_reservation(
        SubnetId=inputs["subnetId"],
        Cidr=inputs["cidrBlock"],
        ReservationType=inputs["reservationType"],
        Description=inputs["description"],
    )
    return made["SubnetCidrReservation"]["SubnetCidrReservationId"]


def make_gateway(ec2, inputs):
    made = ec2.create_internet_gateway(TagSpecifications=tags_of("internet-gateway", inputs))["InternetGateway"]
    ec2.attach_internet_gateway(InternetGatewayId=made["InternetGatewayId"], VpcId=inputs["vpcId"])
    return made["InternetGatewayId"]


def make_group(ec2, inputs):
    # A name is the provider's to make up: the tag stands for it.
    made = ec2.create_security_group(
        GroupName=inputs["tags"]["Name"],
        Description=inputs["description"],
        VpcId=inputs["vpcId"],
        TagSpecifications=tags_of("security-group", inputs),
    )
    # The provider takes AWS's own rule away, which lets everything out.
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=everything)
    return made["GroupId"]


def permission_of(inputs):
    found = {"IpProtocol": inputs["ipProtocol"]}
    if "fromPort" in inputs:
        found |= {"FromPort": int(inputs["fromPort"]), "ToPort": int(inputs["toPort"])}
    if "cidrIpv6" in inputs:
        return found | {"Ipv6Ranges": [{"CidrIpv6": inputs["cidrIpv6"]}]}
    return found | {"IpRanges": [{"CidrIp": inputs["cidrIpv4"]}]}


def make_ingress(ec2, inputs):
    request = {"GroupId": inputs["securityGroupId"], "IpPermissions": [permission_of(inputs)]}
    return ec2.authorize_security_group_ingress(**request)["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def make_egress(ec2, inputs):
    request = {"GroupId": inputs["securityGroupId"], "IpPermissions": [permission_of(inputs)]}
    return ec2.authorize_security_group_egress(**request)["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def make_interface(ec2, inputs):
    made = ec2.create_network_interface(
        SubnetId=inputs["subnetId"],
        Description=inputs["description"],
        PrivateIpAddress=inputs["privateIps"][0],
        Groups=inputs["securityGroups"],
        TagSpecifications=tags_of("network-interface", inputs),
    )["NetworkInterface"]["NetworkInterfaceId"]
    if not inputs["sourceDestCheck"]:
        ec2.modify_network_interface_attribute(NetworkInterfaceId=made, SourceDestCheck={"Value": False})
    return made


def make_template(ec2, inputs):
    made = ec2.create_launch_template(
        LaunchTemplateName=inputs["description"].replace(",", "").replace(" ", "-"),
        LaunchTemplateData=template_data(inputs),
    )
    return made["LaunchTemplate"]["LaunchTemplateId"]


def template_data(inputs):
    data = {
        "ImageId": inputs["imageId"],
        "InstanceType": inputs["instanceType"],
        "UserData": inputs["userData"],
        "Monitoring": {"Enabled": inputs["monitoring"]["enabled"]},
        "NetworkInterfaces": [interface_of(one) for one in inputs["networkInterfaces"]],
        "BlockDeviceMappings": [
            {
                "DeviceName": one["deviceName"],
                "Ebs": {
                    "VolumeType": one["ebs"]["volumeType"],
                    "VolumeSize": int(one["ebs"]["volumeSize"]),
                    "Encrypted": one["ebs"]["encrypted"] == "true",
                    "DeleteOnTermination": one["ebs"]["deleteOnTermination"] == "true",
                },
            }
            for one in inputs["blockDeviceMappings"]
        ],
        "MetadataOptions": {
            name[0].upper() + name[1:]: int(value) if isinstance(value, float | int) else value
            for name, value in inputs["metadataOptions"].items()
        },
    }
    if "cpuOptions" in inputs:
        cores, threads = inputs["cpuOptions"]["coreCount"], inputs["cpuOptions"]["threadsPerCore"]
        data["CpuOptions"] = {"CoreCount": int(cores), "ThreadsPerCore": int(threads)}
    return data


def interface_of(one):
    found = {
        "DeviceIndex": int(one["deviceIndex"]),
        "NetworkCardIndex": int(one["networkCardIndex"]),
        "NetworkInterfaceId": one["networkInterfaceId"],
        "DeleteOnTermination": one["deleteOnTermination"] == "true",
    }
    return found | ({"EnaQueueCount": int(one["enaQueueCount"])} if "enaQueueCount" in one else {})


def make_instance(ec2, inputs):
    """From the template's data: moto gives an instance of a template none of its interfaces, so they are attached one by one."""
    template = inputs["launchTemplate"]["id"]
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=["$Latest"])
    data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    first, *others = sorted(data["NetworkInterfaces"], key=lambda one: one["DeviceIndex"])
    made = ec2.run_instances(
        ImageId=data["ImageId"],
        InstanceType=data["InstanceType"],
        MinCount=1,
        MaxCount=1,
        UserData=data["UserData"],
        DisableApiTermination=inputs["disableApiTermination"],
        NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": first["NetworkInterfaceId"]}],
        TagSpecifications=tags_of("instance", inputs),
    )["Instances"][0]["InstanceId"]
    for one in others:
        ec2.attach_network_interface(
            InstanceId=made,
            NetworkInterfaceId=one["NetworkInterfaceId"],
            DeviceIndex=one["DeviceIndex"],
            NetworkCardIndex=one["NetworkCardIndex"],
        )
    return made


def make_address(ec2, inputs):
    made = ec2.allocate_address(Domain=inputs["domain"], TagSpecifications=tags_of("elastic-ip", inputs))
    if "networkInterface" in inputs:
        ec2.associate_address(AllocationId=made["AllocationId"], NetworkInterfaceId=inputs["networkInterface"])
    return made["AllocationId"]


# In the order in which one needs the other.
MAKERS = [
    ("Vpc", make_vpc),
    ("Subnet", make_subnet),
    ("SubnetCidrReservation", make_reservation),
    ("InternetGateway", make_gateway),
    ("SecurityGroup", make_group),
    ("SecurityGroupIngressRule", make_ingress),
    ("SecurityGroupEgressRule", make_egress),
    ("NetworkInterface", make_interface),
    ("LaunchTemplate", make_template),
    ("Instance", make_instance),
    ("Eip", make_address),
]


def read_back(ec2, ids):
    names = {own: name for name, own in ids.items()}
    own = {kind: [one for name, one in ids.items() if name.endswith(f"@{kind}")] for kind, _ in MAKERS}
    found = {
        "interfaces": ec2.describe_network_interfaces(NetworkInterfaceIds=own["NetworkInterface"])["NetworkInterfaces"],
        "subnets": ec2.describe_subnets(SubnetIds=own["Subnet"])["Subnets"],
        "reservations": [
            one
            for subnet in own["Subnet"]
            for one in ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]
        ],
        "instances": [
            one
            for reservation in ec2.describe_instances(InstanceIds=own["Instance"])["Reservations"]
            for one in reservation["Instances"]
        ],
        "groups": ec2.describe_security_groups(GroupIds=own["SecurityGroup"])["SecurityGroups"],
        "addresses": ec2.describe_addresses(AllocationIds=own["Eip"])["Addresses"] if own["Eip"] else [],
        "templates": [
            ec2.describe_launch_template_versions(LaunchTemplateId=one)["LaunchTemplateVersions"][0]
            for one in own["LaunchTemplate"]
        ],
    }
    # As the resources name them.
    return with_ids(json.loads(json.dumps(found, default=str)), names)


if __name__ == "__main__":
    main()
