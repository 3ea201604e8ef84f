import Conformance
import ConformancePeers
import HTTPServerTesting
import Testing

/// Peers that are no HTTP server pass a row only where doing nothing, or closing, is what the row asks.
@Suite("No vacuous pass of an HTTP row")
struct HTTPVacuousPassTests {
  @Test("a silent peer passes only rows in which more is due", arguments: ServerRow.all)
  func silent(row: ServerRow) {
    let result = Simulator.run(row.conformanceCase, against: BluntMachine(.silent))
    let mayWait = row.outcomes.contains("due nothing and open") || row.outcomes.contains("fine nothing and open")
    #expect(result.isPass == mayWait, "\(result.why)")
    #expect(result.why.contains("sent no answer and kept the connection open"))
    if !mayWait { #expect(result.reason == .hang) }
  }

  @Test("a peer that hangs up passes only where closing refuses, and the reason says so", arguments: ServerRow.all)
  func hangsUp(row: ServerRow) {
    let result = Simulator.run(row.conformanceCase, against: BluntMachine(.hangsUp))
    let mayClose = row.outcomes.contains { $0.hasSuffix("nothing and close") }
    let isRefusal = row.outcomes.contains { $0.hasPrefix("due ") && $0.contains("and close") && !$0.hasPrefix("due answers") }
    #expect(result.isPass == (mayClose || isRefusal), "\(result.why)")
    if result.verdict == .pass { #expect(row.outcomes.contains("due nothing and close")) }
    #expect(result.why.contains("sent no answer and closed"))
  }

  @Test("a peer that sends every octet back passes no row, but where it is seen not to be HTTP", arguments: ServerRow.all)
  func rawEcho(row: ServerRow) {
    let result = Simulator.run(row.conformanceCase, against: BluntMachine(.rawEcho))
    // In the row of silence nothing is sent that could come back.
    let mayBeOther = row.outcomes.contains { $0.contains("not http") } || row.conformanceCase.id == "H1.13.20"
    #expect(!result.isPass || mayBeOther, "\(result.why)")
  }

  @Test("the rows a silent peer passes as required are the four in which more content is due")
  func silentPasses() {
    let ids = ServerRow.all.filter { Simulator.run($0.conformanceCase, against: BluntMachine(.silent)).verdict == .pass }
    #expect(ids.map(\.conformanceCase.id) == ["H1.5.28", "H1.6.38", "H1.13.17", "H1.13.18"])
  }

  @Test("a flood is given up, however much was sent, and what is kept of it bounded", arguments: ["H1.1.1", "H1.13.4"])
  func flood(id: String) throws {
    let result = Simulator.run(try #require(ServerRow.find(id)).conformanceCase, against: BluntMachine(.floods))
    #expect(result.verdict == .fail)
    #expect(result.wireLog.count <= 65 && result.observed.count <= 41)
    let octets = try #require(result.why.split(separator: " ").compactMap { Int($0) }.first)
    #expect(octets < 1 << 21)
  }
}

extension CaseResult {
  fileprivate var isPass: Bool { verdict == .pass || verdict == .passWithNote }
}

/// A peer that is no HTTP server.
struct BluntMachine: PeerMachine {
  enum Manner { case silent, hangsUp, rawEcho, floods }

  private let manner: Manner
  private var output: [[UInt8]] = []
  private(set) var ending: PeerEnding?

  init(_ manner: Manner) {
    self.manner = manner
    if manner == .hangsUp { ending = .endOfFile }
  }

  mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    if manner == .rawEcho { output.append(octets.indices.map { octets[$0] }) }
  }

  mutating func takeOutput() -> [[UInt8]] {
    if manner == .floods { return [Array(repeating: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), count: 1000).flatMap { $0 }] }
    defer { output = [] }
    return output
  }
}
