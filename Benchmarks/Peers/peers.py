"""The peers in Python. Reads lines "TASK ITERATIONS FILE", answers with CPU nanoseconds and the sum of the results."""

import sys
import time

inputs = {}


def websockets_decode(data):
    from websockets.protocol import SERVER, OPEN, Protocol

    protocol = Protocol(SERVER, state=OPEN, max_size=None)

    def run():
        protocol.receive_data(data)
        return len(protocol.events_received())

    return run


def wsproto_decode(data):
    from wsproto.frame_protocol import FrameProtocol

    def run():
        protocol = FrameProtocol(client=False, extensions=[])
        protocol.receive_bytes(data)
        return sum(1 for frame in protocol.received_frames() if frame.message_finished)

    return run


def websockets_deflate(data):
    from websockets.extensions.permessage_deflate import PerMessageDeflate
    from websockets.protocol import CLIENT, OPEN, SERVER, Protocol

    client = Protocol(CLIENT, state=OPEN, max_size=None)
    server = Protocol(SERVER, state=OPEN, max_size=None)
    client.extensions = [PerMessageDeflate(False, False, 15, 15, {"memLevel": 8, "level": 6})]
    server.extensions = [PerMessageDeflate(False, False, 15, 15, {"memLevel": 8, "level": 6})]

    def run():
        client.send_binary(data)
        for part in client.data_to_send():
            server.receive_data(part)
        return sum(len(frame.data) for frame in server.events_received())

    return run


def httptools_requests(data):
    import httptools

    class Head:
        def on_url(self, url):
            pass

        def on_header(self, name, value):
            pass

    def run():
        parser = httptools.HttpRequestParser(Head())
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass
        return len(data)

    return run


tasks = {
    "websockets-decode": websockets_decode,
    "wsproto-decode": wsproto_decode,
    "websockets-deflate": websockets_deflate,
    "httptools-requests": httptools_requests,
}

print("ready", flush=True)
for line in sys.stdin:
    name, count, path = line.split(maxsplit=2)
    key = (name, path.strip())
    try:
        if key not in inputs:
            with open(key[1], "rb") as file:
                inputs[key] = tasks[name](file.read())
        run = inputs[key]
        total = 0
        start = time.process_time_ns()
        for _ in range(int(count)):
            total += run()
        print(time.process_time_ns() - start, total, flush=True)
    except Exception as error:
        print("error:", repr(error), flush=True)
