import Connections
import HTTPParse
import Transport
import WSHandshake

/// Gives the same octets again and again, or fails.
final class FixedEntropy: EntropySource {
  var words: [[UInt8]]
  private(set) var calls = 0

  init(_ words: [UInt8]...) { self.words = words }

  func octets(_ count: Int) throws(TransportError) -> [UInt8] {
    calls += 1
    guard !words.isEmpty else { throw TransportError(.entropy, .system(errorNumber: 1)) }
    let word = words.count > 1 ? words.removeFirst() : words[0]
    return (0..<count).map { word[$0 % word.count] }
  }
  func nextUInt32() throws(TransportError) -> UInt32 { try octets(1).reduce(0) { $0 << 8 | UInt32($1) } }
}

let plainOffer = ClientOffer(host: "peer.test", target: "/chat")

func changedOffer(_ change: (inout ClientOffer) -> Void) -> ClientOffer {
  var offer = plainOffer
  change(&offer)
  return offer
}

/// The accept value for the key of ``FixedEntropy`` of octets 7, as our own server makes it.
let acceptOfSevens: String = {
  var handshake = ServerHandshake()
  let request = Array(
    ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: BwcHBwcHBwcHBwcHBwcHBw==\r\n"
      + "Sec-WebSocket-Version: 13\r\n\r\n").utf8)
  guard case .accepted(_, _, let agreement, _) = handshake.receive(request.span) else { return "" }
  return agreement.response.fields.lines(named: "Sec-WebSocket-Accept").first.map { String(decoding: $0.value, as: UTF8.self) } ?? ""
}()
