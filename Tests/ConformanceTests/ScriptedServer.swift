import ConformancePeers

/// A server that sends the same octets whatever it is asked.
struct ScriptedServer: PeerMachine {
  private var output: [[UInt8]]
  private var isAsked = false
  private let closes: Bool

  init(_ answer: String, closes: Bool) { self.init(Array(answer.utf8), closes: closes) }

  init(_ answer: [UInt8], closes: Bool) {
    output = [answer]
    self.closes = closes
  }

  var ending: PeerEnding? { closes && isAsked && output.isEmpty ? .endOfFile : nil }

  mutating func receive(_ octets: Span<UInt8>, now: Duration) { isAsked = true }

  mutating func takeOutput() -> [[UInt8]] {
    guard isAsked else { return [] }
    defer { output = [] }
    return output
  }
}
