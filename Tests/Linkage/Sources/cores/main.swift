import DeflateAudit
import HTTPParse
import WSHandshake
import WSProtocol

// Something of each core, so that the linker keeps it.
let octets = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
var index = 0
var requests = RequestParser()
var handshake = ServerHandshake()
var endpoint = Endpoint(role: .server, now: .zero)
var keys = NoMaskingKeys()
var deflate = DeflateReader(framing: .message, windowBytes: 1 << 15)
print((try? requests.receive(octets.span, at: &index)).map { "\(String(describing: $0))" } ?? "refused")
print(handshake.receive(octets.span))
index = 0
print(endpoint.receive(octets.span, at: &index, now: .zero, keys: &keys).map { "\($0)" } ?? "nothing")
print(deflate.read(octets).failure?.description ?? "sound")
