"""A server on `websockets` for Scripts/luanet-peers; prints its ports, plain and TLS, once it listens.

Echoes, but for a few words: "close CODE REASON", "ping" (answered when the Pong came), "fragments" (a message in three), "drop".
"""

import asyncio
import ssl
import sys

from websockets.asyncio.server import serve

LIMIT = 64 * 1024 * 1024


async def talk(socket):
    async for message in socket:
        if message == "ping":
            await (await socket.ping(b"are you there"))
            await socket.send("ponged")
        elif message == "fragments":
            await socket.send(["one ", "two ", "three"])
        elif message == "drop":
            socket.transport.abort()
        elif isinstance(message, str) and message.startswith("close "):
            _, code, reason = message.split(" ", 2)
            await socket.close(int(code), reason)
        else:
            await socket.send(message)


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    # Given a list it would refuse who asks for none.
    options = {"max_size": LIMIT, "select_subprotocol": lambda _, offered: "chat" if "chat" in offered else None}
    async with serve(talk, "127.0.0.1", 0, **options) as plain, serve(talk, "127.0.0.1", 0, ssl=context, **options) as secure:
        print(plain.sockets[0].getsockname()[1], secure.sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
