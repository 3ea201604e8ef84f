import Testing

@testable import FuzzProperties

/// A wrong subject, and the oracle that has to notice it.
struct Mutant: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let property: String
  let oracle: Oracle
  let check: @Sendable () throws(OracleFailure) -> Void

  init(_ property: String, _ oracle: Oracle, _ name: String, _ check: @escaping @Sendable () throws(OracleFailure) -> Void) {
    testDescription = "\(property) \(oracle.rawValue): \(name)"
    self.property = property
    self.oracle = oracle
    self.check = check
  }
}

/// Each oracle is shown a subject that it must not let pass; what the right subject does is the matter of `CorpusTests`.
@Suite("Oracles notice wrong subjects")
struct OracleTests {
  @Test("of frames and texts", arguments: frameMutants)
  func frames(mutant: Mutant) { expectCaught(mutant) }

  @Test("of HTTP", arguments: httpMutants)
  func http(mutant: Mutant) { expectCaught(mutant) }

  @Test("of handshakes, lists, URLs and writing", arguments: otherMutants)
  func others(mutant: Mutant) { expectCaught(mutant) }

  @Test("no oracle is without a wrong subject that it notices")
  func completeness() {
    let shown = Set((frameMutants + httpMutants + otherMutants).map(\.oracle)).union([.planted])
    #expect(shown == Set(Oracle.allCases))
  }

  private func expectCaught(_ mutant: Mutant) {
    do throws(OracleFailure) {
      try mutant.check()
      Issue.record("it passed")
    } catch {
      #expect(error.property == mutant.property)
      #expect(error.oracle == mutant.oracle, "\(error)")
    }
  }
}

/// A trace with one change.
func changed<Event>(_ trace: Trace<Event>, _ change: (inout Trace<Event>) -> Void) -> Trace<Event> {
  var trace = trace
  change(&trace)
  return trace
}
