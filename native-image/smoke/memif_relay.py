"""A memif wire that can be cut: relays the control channel of one client to a server, file descriptors and all.

memif_relay.py LISTEN SERVER. Frames go through memory that both ends share and do not pass here; when this process ends,
both ends see their channel closed and take their link down, as when a cable is pulled.
"""

import socket
import sys
import threading


def relay(source: socket.socket, target: socket.socket) -> None:
    """Whole messages of SOCK_SEQPACKET, until one side closes."""
    while True:
        message, files, _, _ = socket.recv_fds(source, 4096, 8)
        if not message:
            break
        socket.send_fds(target, [message], files)
        for file in files:
            socket.close(file)
    for end in (source, target):
        end.close()


def main() -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen()
    while True:
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        server.connect(sys.argv[2])
        for ends in ((client, server), (server, client)):
            threading.Thread(target=relay, args=ends, daemon=True).start()


if __name__ == "__main__":
    main()
