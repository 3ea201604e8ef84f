import Testing
import WSHandshake

extension WebSocketClientSessionTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    var offer = plainOffer
    let answer: String
    var frames: [UInt8] = hello
    let events: [String]
    var testDescription: String { name }
  }

  static let refusedByContent = ["refused accept 101", "closed 1006"]
  static let rows: [Row] = [
    Row(name: "H19: a frame right behind the answer", answer: switching(), events: ["opened", "text hi", "closed 1006"]),
    Row(
      name: "H19: a Close frame right behind the answer", answer: switching(), frames: hello + [0x88, 4, 0x03, 0xE8, 0x62, 0x79] + hello,
      events: ["opened", "text hi", "close 1000", "closed 1000 by"]),
    Row(
      name: "H19: a masked frame right behind the answer", answer: switching(), frames: [0x81, 0x80, 0, 0, 0, 0],
      events: ["opened", "failed 1002", "closed 1006"]),
    Row(name: "H08: the accept value of another key", answer: switching(accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), events: refusedByContent),
    Row(name: "H08: the key itself as accept value", answer: switching(accept: "BwcHBwcHBwcHBwcHBwcHBw=="), events: refusedByContent),
    Row(name: "H08: the accept value in lower case", answer: switching(accept: acceptOfSevens.lowercased()), events: refusedByContent),
    Row(
      name: "H08: no accept value", answer: "HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", events: refusedByContent),
    Row(
      name: "H08: two accept values", answer: switching("Sec-WebSocket-Accept: \(acceptOfSevens)\r\n"), events: refusedByContent),
    Row(
      name: "H08: the accept value with blanks around it", answer: switching(accept: " \t\(acceptOfSevens) "),
      events: ["opened", "text hi", "closed 1006"]),
    Row(
      name: "H12: a subprotocol that was not offered", answer: switching("Sec-WebSocket-Protocol: chat\r\n"),
      events: ["refused subprotocol 101", "closed 1006"]),
    Row(
      name: "H12: two subprotocols", offer: changedOffer { $0.subprotocols = ["a", "b"] },
      answer: switching("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n"), events: ["refused subprotocol 101", "closed 1006"]),
    Row(
      name: "H12: a list of subprotocols", offer: changedOffer { $0.subprotocols = ["a", "b"] },
      answer: switching("Sec-WebSocket-Protocol: a, b\r\n"), events: ["refused subprotocol 101", "closed 1006"]),
    Row(
      name: "H12: a subprotocol that was offered", offer: changedOffer { $0.subprotocols = ["a", "b"] },
      answer: switching("Sec-WebSocket-Protocol: b\r\n"), events: ["opened b", "text hi", "closed 1006"]),
    Row(
      name: "H13: an extension that was not offered", answer: switching("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
      events: ["refused extension 101", "closed 1006"]),
    Row(
      name: "H13: an unknown extension", answer: switching("Sec-WebSocket-Extensions: x; a=7\r\n"),
      events: ["refused extension 101", "closed 1006"]),
    Row(
      name: "H13: an extension's parameter without a name", answer: switching("Sec-WebSocket-Extensions: x; =7\r\n"),
      events: ["refused extension 101", "closed 1006"]),
    Row(
      name: "H20: 200 with content", answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      events: ["refused refused 200 hello", "closed 1006"]),
    Row(name: "H20: 204", answer: "HTTP/1.1 204 \r\n\r\n", events: ["refused refused 204", "closed 1006"]),
    Row(
      name: "H20: 301", answer: "HTTP/1.1 301 \r\nLocation: ws://other.test/\r\nContent-Length: 0\r\n\r\n",
      events: ["refused refused 301", "closed 1006"]),
    Row(
      name: "H20: 401 in chunks", answer: "HTTP/1.1 401 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwho\r\n1;a=b\r\n?\r\n0\r\nX: y\r\n\r\n",
      events: ["refused refused 401 who?", "closed 1006"]),
    Row(
      name: "H20: 503 until the connection ends", answer: "HTTP/1.1 503 \r\n\r\ntry ", frames: Array("later".utf8),
      events: ["refused refused 503 try later", "closed 1006"]),
    Row(
      name: "H20: content that ends too early", answer: "HTTP/1.1 503 \r\nContent-Length: 9\r\n\r\nbusy", frames: [],
      events: ["refused refused 503 busy", "closed 1006"]),
    Row(
      name: "H20: content whose framing is broken", answer: "HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nz\r\n",
      events: ["refused refused 500 ok", "closed 1006"]),
    Row(
      name: "H20: content with two lengths", answer: "HTTP/1.1 500 \r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      events: ["refused refused 500", "closed 1006"]),
    Row(
      name: "H20: 101 without Upgrade",
      answer: "HTTP/1.1 101 \r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(acceptOfSevens)\r\n\r\n",
      events: ["refused upgrade 101", "closed 1006"]),
    Row(
      name: "H21: interim answers", answer: "HTTP/1.1 100 \r\n\r\nHTTP/1.1 103 \r\nLink: x\r\n\r\n" + switching(),
      events: ["opened", "text hi", "closed 1006"]),
    Row(
      name: "H21: interim answers, then a refusal", answer: "HTTP/1.1 100 \r\n\r\nHTTP/1.1 403 \r\nContent-Length: 2\r\n\r\nno",
      events: ["refused refused 403 no", "closed 1006"]),
    Row(
      name: "H21: interim answers without end", answer: String(repeating: "HTTP/1.1 100 \r\n\r\n", count: 17) + switching(),
      events: ["refused limit-interim", "closed 1006"]),
    Row(name: "no HTTP", answer: "SSH-2.0-OpenSSH_9.2p1\r\n\r\n", events: ["refused http", "closed 1006"]),
    Row(name: "nothing", answer: "", frames: [], events: ["refused unexpected-eof", "closed 1006"]),
    Row(name: "a head that ends early", answer: "HTTP/1.1 101 \r\nUpg", frames: [], events: ["refused http", "closed 1006"]),
  ]
}
