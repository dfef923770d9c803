"""tests/system/proxies.py: what stands between tocsin and tocsin-relay and counts or fails.

CountingProxy  forwards and keeps every byte of both directions, for frames()
SocksProxy     SOCKS5 (RFC 1928, with user and password of RFC 1929) in a mood
"""

import select
import socket
import struct
import threading


class CountingProxy:
    def __init__(self, target_port=None):
        self.target_port = target_port
        self.lines = []  # [to the relay, to the client] of every connection
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept_all, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept_all(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed: the test is over
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client:
            self.forward(client, self.target_port)

    def forward(self, client, port):
        try:
            relay = socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            return
        line = [bytearray(), bytearray()]
        self.lines.append(line)
        with relay:
            while True:
                for source in select.select([client, relay], [], [])[0]:
                    try:
                        piece = source.recv(65_536)
                        if piece:
                            (relay if source is client else client).sendall(piece)
                    except OSError:
                        piece = b""
                    if not piece:
                        return
                    line[source is relay] += piece


class SocksProxy(CountingProxy):
    """Moods: healthy, stalled (says nothing), refusing, hangs up, dead (nobody listens)."""

    def __init__(self):
        super().__init__()
        self.mood = "healthy"
        self.accepted = 0
        self.users = []

    def serve(self, client):
        self.accepted += 1
        with client:
            client.settimeout(60)
            try:
                self.shake_hands(client)
            except (OSError, ValueError, IndexError):
                pass  # the client gave up, which is what some moods are for

    def shake_hands(self, client):
        if self.mood == "stalled":
            client.recv(1_024)
            client.recv(1_024)  # until the client gives up
            return
        if self.mood == "hangs up":
            return
        methods = self.take(client, self.take(client, 2)[1])
        if 2 in methods:
            client.sendall(b"\x05\x02")
            user = self.take(client, self.take(client, 2)[1])
            self.take(client, self.take(client, 1)[0])
            self.users.append(bytes(user))
            client.sendall(b"\x01\x00")
        else:
            client.sendall(b"\x05\x00")
        kind = self.take(client, 4)[3]
        self.take(client, {1: 4, 4: 16}.get(kind) or self.take(client, 1)[0])
        port = struct.unpack(">H", self.take(client, 2))[0]
        if self.mood == "refusing":
            client.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        client.settimeout(None)
        self.forward(client, port)

    @staticmethod
    def take(client, size):
        got = b""
        while len(got) < size:
            piece = client.recv(size - len(got))
            if not piece:
                raise OSError("closed")
            got += piece
        return got


def frames(stream):
    """(sizes of commands, sizes of messages) of one direction of a ZMTP 3 line, after the greeting."""
    commands, messages = [], []
    at = 64
    while at + 2 <= len(stream):
        flags = stream[at]
        if flags & 2:
            if at + 9 > len(stream):
                break
            size, at = struct.unpack_from(">Q", stream, at + 1)[0], at + 9
        else:
            size, at = stream[at + 1], at + 2
        if at + size > len(stream):
            break  # cut off in the middle
        (commands if flags & 4 else messages).append(size)
        at += size
    return commands, messages
