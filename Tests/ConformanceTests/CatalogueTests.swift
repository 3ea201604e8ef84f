import Conformance
import Testing

@Suite("Catalogue")
struct CatalogueTests {
  @Test("every chapter has its cases")
  func counts() {
    let counts = Dictionary(grouping: Catalogue.all) { $0.autobahnID?.prefix { $0 != "." } ?? "none" }.mapValues(\.count)
    #expect(counts == ["1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1])
  }

  @Test("ids are unique, well formed and never positions")
  func ids() {
    let ids = Catalogue.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      let parts = id.split(separator: "/", omittingEmptySubsequences: false)
      #expect(parts.count >= 3 && parts[0] == "ws", "\(id)")
      #expect(parts.allSatisfy { $0.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil }, "\(id)")
    }
  }

  @Test("aliases are unique")
  func aliases() {
    let aliases = Catalogue.all.compactMap(\.autobahnID)
    #expect(Set(aliases).count == aliases.count)
  }

  @Test("every case says what it is about")
  func texts() {
    for conformanceCase in Catalogue.all {
      #expect(!conformanceCase.title.isEmpty && conformanceCase.purpose.hasSuffix("."), "\(conformanceCase.id)")
      #expect(!conformanceCase.program.words.isEmpty && !conformanceCase.expectation.words.isEmpty, "\(conformanceCase.id)")
      #expect(conformanceCase.requirement.section.contains("."), "\(conformanceCase.id)")
    }
  }

  @Test("outcomes are beginnings of the longest, and all but a pass have a note")
  func outcomes() {
    for conformanceCase in Catalogue.all {
      let outcomes = conformanceCase.expectation.outcomes
      let longest = outcomes.map(\.events).max { $0.count < $1.count } ?? []
      #expect(!outcomes.isEmpty)
      #expect(outcomes.allSatisfy { longest.starts(with: $0.events) }, "\(conformanceCase.id)")
      #expect(outcomes.allSatisfy { ($0.verdict == .pass) == $0.note.isEmpty }, "\(conformanceCase.id)")
      #expect(Set(outcomes.map(\.events.count)).count == outcomes.count, "\(conformanceCase.id)")
    }
  }

  @Test("a case is found by either id", arguments: ["ws/ping/empty", "2.1"])
  func find(id: String) {
    #expect(Catalogue.find(id)?.autobahnID == "2.1")
  }
}
