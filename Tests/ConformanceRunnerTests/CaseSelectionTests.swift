import Conformance
import ConformanceRunner
import Testing

@Suite("Case selection")
struct CaseSelectionTests {
  @Test(
    "ids, Autobahn's ids and globs select cases",
    arguments: [
      (["ws/ping/empty"], 1), (["2.1"], 1), (["1.*"], 16), (["ws/framing/*"], 16), (["1.1.?"], 8), (["*"], 301), ([], 301),
      (["1.*", "2.1", "ws/ping/empty"], 17), (["*early*"], 4), (["9.*"], 54), (["*/text/*mib"], 4),
    ])
  func counts(words: [String], count: Int) throws {
    #expect(try CaseSelection.cases(words).count == count)
  }

  @Test("what is excluded is left out, and the order is the catalogue's")
  func exclusion() throws {
    let cases = try CaseSelection.cases(["2.*", "1.1.*"], excluding: ["1.1.2", "ws/pong/*"])
    #expect(cases.compactMap(\.autobahnID).prefix(3) == ["1.1.1", "1.1.3", "1.1.4"])
    #expect(cases.count == 8 - 1 + 11 - 3)
  }

  @Test("an unknown id is an error that names similar ones", arguments: [["ws/ping"], ["5"], ["ws/ping/emty"], ["nonsense"], [""]])
  func unknown(words: [String]) {
    #expect {
      try CaseSelection.cases(words)
    } throws: { error in
      guard case .unknownCase(let word, let similar) = error as? CaseSelection.Failure else { return false }
      return word == words[0] && similar.isEmpty == ["nonsense", ""].contains(word)
    }
  }

  @Test(
    "a glob that selects nothing is an error of its own, also beside others",
    arguments: [
      (["ws/none/*"], [], "ws/none/*"), (["1.*", "ws/none/*"], [], "ws/none/*"), (["1.*"], ["ws/none/*"], "ws/none/*"),
      (["1.*"], ["*"], nil),
    ])
  func nothing(words: [String], exclusions: [String], glob: String?) {
    #expect(throws: CaseSelection.Failure.nothingSelected(glob: glob)) { try CaseSelection.cases(words, excluding: exclusions) }
  }
}
