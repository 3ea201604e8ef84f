"""An echo server on `picows`; prints its port once it listens.

The core interface of picows hands over frames, not messages: joining fragments is left to its
user, and so is answering a close frame; pings it answers itself. This server adds no checks, so
verdicts on the order of fragments, on reserved bits and on UTF-8 tell what picows leaves open.
"""

import asyncio

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

MAXIMUM_FRAME_BYTES = 32 * 1024 * 1024


class Echo(WSListener):
    def __init__(self):
        self.message_type = None
        self.message = bytearray()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame):
        if frame.msg_type == WSMsgType.CLOSE:
            # The answer that the documentation of picows shows.
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        elif frame.msg_type != WSMsgType.PONG:
            self.on_data_frame(transport, frame)

    def on_data_frame(self, transport: WSTransport, frame: WSFrame):
        if self.message_type is None:
            self.message_type = frame.msg_type
        self.message += frame.get_payload_as_memoryview()
        if frame.fin:
            transport.send(self.message_type, self.message)
            self.message_type = None
            self.message = bytearray()


async def main():
    server = await ws_create_server(lambda request: Echo(), "127.0.0.1", 0, max_frame_size=MAXIMUM_FRAME_BYTES)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
