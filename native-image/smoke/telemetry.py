"""Asks one command of a DPDK telemetry socket: telemetry.py SOCKET COMMAND [KEY...]. Prints JSON, or one value of it."""

import json
import socket
import sys


def ask(path: str, command: str) -> object:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(5)
        connection.connect(path)
        longest = json.loads(connection.recv(1024))["max_output_len"]
        connection.send(command.encode())
        return json.loads(connection.recv(longest))[command.split(",")[0]]


def main() -> None:
    answer = ask(sys.argv[1], sys.argv[2])
    for key in sys.argv[3:]:
        answer = answer[key]
    print(json.dumps(answer) if isinstance(answer, (dict, list)) else answer)


if __name__ == "__main__":
    main()
