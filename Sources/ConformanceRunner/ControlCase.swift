import Conformance
import WSProtocol

extension ConformanceCase {
  /// Open, echo, close: finds out whether there is a WebSocket echo server at all.
  static let control = ConformanceCase(
    id: "ws/control", autobahnID: nil, title: "Control", purpose: "A short text is echoed and the connection closed.",
    requirement: Requirement(section: "5.6"), program: Program([.frame(.text, .text("wirecheck"))]),
    expectation: Expectation([.init([.message(.text, .text("wirecheck"))])], ending: .handshakeByTester))
}

extension CaseResult {
  /// Whether it was judged by the peer's ending the connection, which a peer that always ends connections would do as well.
  var endsAsItWould: Bool {
    switch conformanceCase.expectation.ending {
    case .failureByPeer, .refusalOfClose: verdict == .pass || verdict == .passWithNote || verdict == .deviation
    case .handshakeByTester, .handshakeByProgram, .recorded: false
    }
  }
}
