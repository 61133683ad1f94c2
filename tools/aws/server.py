"""moto's server on loopback for the time of one block, and a client that sends it real requests."""

import contextlib
import logging

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"


@contextlib.contextmanager
def client(service="ec2"):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield boto3.client(
            service,
            region_name=REGION,
            endpoint_url=f"http://{host}:{port}",
            # moto asks for some, and looks at none.
            aws_access_key_id="none",
            aws_secret_access_key="none",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
    finally:
        server.stop()
