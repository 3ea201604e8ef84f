"""An echo server on `websockets`; prints its port once it listens."""

import asyncio

from websockets.asyncio.server import serve

MAXIMUM_MESSAGE_BYTES = 32 * 1024 * 1024


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


async def main():
    async with serve(echo, "127.0.0.1", 0, compression=None, max_size=MAXIMUM_MESSAGE_BYTES) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


asyncio.run(main())
