// An echo server on `ws` as Debian packages it; prints its port once it listens.
"use strict";

const { WebSocketServer } = require("ws");

const maximumMessageBytes = 32 * 1024 * 1024;

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  maxPayload: maximumMessageBytes,
  perMessageDeflate: false,
});

server.on("listening", () => console.log(server.address().port));

server.on("connection", (socket) => {
  // Without a listener, an error of one connection would end the process.
  socket.on("error", console.error);
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
