"""An echo server on `aiohttp`; prints its port once it listens."""

import asyncio

from aiohttp import WSMsgType, web

MAXIMUM_MESSAGE_BYTES = 32 * 1024 * 1024


async def echo(request):
    # aiohttp refuses a message as long as its limit, so the limit is one above the longest message.
    websocket = web.WebSocketResponse(compress=False, max_msg_size=MAXIMUM_MESSAGE_BYTES + 1)
    await websocket.prepare(request)
    async for message in websocket:
        if message.type is WSMsgType.TEXT:
            await websocket.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await websocket.send_bytes(message.data)
    return websocket


async def main():
    application = web.Application()
    # Any target, as the other servers take any.
    application.router.add_get("/{target:.*}", echo)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
