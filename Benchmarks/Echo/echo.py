"""An echo server on asyncio, or on uvloop: echo.py asyncio|uvloop [--tls CERTIFICATE KEY]. Prints the port."""

import asyncio
import ssl
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def main(files):
    tls = None
    if files:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*files)
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, ssl=tls, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


arguments = sys.argv[3:] if sys.argv[2:3] == ["--tls"] else []
if sys.argv[1] == "uvloop":
    import uvloop

    uvloop.run(main(arguments))
else:
    asyncio.run(main(arguments))
