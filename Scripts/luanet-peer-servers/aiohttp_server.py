"""The same as websockets_server.py on `aiohttp`, which knows no fragments and does not tell of Pongs."""

import asyncio
import ssl
import sys

from aiohttp import WSMsgType, web

LIMIT = 64 * 1024 * 1024


async def talk(request):
    socket = web.WebSocketResponse(max_msg_size=LIMIT + 1, protocols=["chat"], autoping=False)
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.PONG:
            await socket.send_str("ponged" if message.data == b"are you there" else "something else")
        elif message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
        elif message.type is WSMsgType.TEXT and message.data == "ping":
            await socket.ping(b"are you there")
        elif message.type is WSMsgType.TEXT and message.data == "drop":
            request.transport.abort()
        elif message.type is WSMsgType.TEXT and message.data.startswith("close "):
            _, code, reason = message.data.split(" ", 2)
            await socket.close(code=int(code), message=reason.encode())
        elif message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    application = web.Application()
    application.router.add_get("/ws", talk)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    print(*(address[1] for address in runner.addresses), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
