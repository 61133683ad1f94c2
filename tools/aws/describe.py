"""Prints what DescribeInstanceTypes answers of the families that are named, as JSON. It is asked over HTTP, as AWS would be."""

import json
import sys

from server import client


def main(families):
    with client() as ec2:
        pages = ec2.get_paginator("describe_instance_types").paginate()
        found = [one for page in pages for one in page["InstanceTypes"]]
    json.dump([one for one in found if one["InstanceType"].split(".")[0] in families], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
