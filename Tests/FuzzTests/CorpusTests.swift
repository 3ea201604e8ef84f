import Foundation
import FuzzProperties
import Testing

/// An input that is kept: a seed, or what a fuzzer once found.
struct KeptInput: CustomTestStringConvertible, Sendable {
  let target: String
  let path: URL

  var testDescription: String { "\(target) \(path.deletingLastPathComponent().lastPathComponent)/\(path.lastPathComponent)" }

  /// The inputs of a target, in the order of their names.
  static func all(of target: String) -> [KeptInput] {
    let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Corpus/\(target)").standardized
    return ["seeds", "regressions"].flatMap { folder in
      let paths = try? FileManager.default.contentsOfDirectory(at: corpus.appending(path: folder), includingPropertiesForKeys: nil)
      return (paths ?? []).sorted { $0.lastPathComponent < $1.lastPathComponent }.map { KeptInput(target: target, path: $0) }
    }
  }
}

@Suite("Kept fuzz inputs")
struct CorpusTests {
  private static let targets = FuzzTarget.all.filter { $0.id != "canary" }

  @Test("Each target holds for all of its seeds and regressions", arguments: targets.map(\.id))
  func keptInputsHold(id: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.id == id })
    let inputs = KeptInput.all(of: id)
    #expect(!inputs.isEmpty, "a target without seeds proves nothing here")
    for input in inputs {
      let octets = [UInt8](try Data(contentsOf: input.path))
      if let failure = target.failure(for: octets) { Issue.record("\(input.testDescription): \(failure)") }
    }
  }

  @Test("Each target holds for no octets at all, and for some of each value", arguments: targets.map(\.id))
  func shortInputsHold(id: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.id == id })
    #expect(target.failure(for: []) == nil)
    for octet in UInt8.min...UInt8.max {
      for count in [1, 7] { #expect(target.failure(for: Array(repeating: octet, count: count)) == nil, "\(count) octets of \(octet)") }
    }
  }

  @Test("Kept inputs are few and small, so that they can be kept in the repository", arguments: targets.map(\.id))
  func corpusIsSmall(id: String) throws {
    let sizes = try KeptInput.all(of: id).map { try Data(contentsOf: $0.path).count }
    #expect(sizes.count < 2000)
    #expect(sizes.reduce(0, +) < 2 << 20)
  }

  @Test("The planted bug is there to be found")
  func canaryFails() throws {
    let canary = try #require(FuzzTarget.all.last)
    #expect(canary.id == "canary")
    #expect(canary.failure(for: Array("bug!".utf8))?.oracle == .planted)
    #expect(canary.failure(for: Array("bug?".utf8)) == nil)
  }
}
