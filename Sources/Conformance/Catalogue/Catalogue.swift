/// All conformance cases, in the order of the chapters.
public enum Catalogue {
  /// Every case, once.
  public static let all: [ConformanceCase] =
    FramingCases.all + PingPongCases.all + ReservedBitCases.all + OpcodeCases.all + FragmentationCases.all + TextEncodingCases.all
    + CloseCases.all + LimitCases.all

  /// The case with this id, ours or Autobahn's, or `nil`.
  public static func find(_ id: String) -> ConformanceCase? { all.first { $0.id == id || $0.autobahnID == id } }
}

/// Short forms the chapters share.
enum Sample {
  static let greeting = Payload.text("Hello, world!")
  static let binary = Payload.octets([0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF])

  /// Nothing comes back and the peer fails the connection with 1002.
  static let protocolError = Expectation([.init([])], ending: .failureByPeer(codes: [1002]))

  /// The valid message before a violation is echoed, or not, and the peer fails the connection with 1002.
  static func protocolError(after event: ExpectedEvent) -> Expectation {
    Expectation(
      [
        .init([event]),
        .init(
          [], .passWithNote,
          note: "the peer failed the connection before it answered the valid message; when it answers is its own affair"),
      ],
      ending: .failureByPeer(codes: [1002]))
  }

  /// These events, then the closing handshake.
  static func events(_ events: [ExpectedEvent]) -> Expectation { Expectation([.init(events)], ending: .handshakeByTester) }

  /// The delivery in the words of an id and of a title.
  static func suffix(_ delivery: Delivery) -> (id: String, title: String) {
    switch delivery {
    case .together: ("", "")
    case .alone: ("/separate-writes", ", each frame in a write of its own")
    case .pieces(of: 1): ("/octet-by-octet", ", one octet per write")
    case .pieces(let length): ("/\(length)-octet-writes", ", \(length) octets per write")
    }
  }
}
