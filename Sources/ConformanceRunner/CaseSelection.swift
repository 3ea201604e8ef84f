public import Conformance

/// Which cases to run: ids, Autobahn's ids and globs.
public enum CaseSelection {
  /// Why a selection cannot be run.
  public enum Failure: Error, Sendable, Equatable {
    /// A word without `*` or `?` that is no case's id; with ids that are similar.
    case unknownCase(String, similar: [String])
    /// This glob selects nothing, or, for `nil`, nothing is left after the exclusions.
    case nothingSelected(glob: String?)
  }

  /// The cases selected by `words` without those selected by `exclusions`, in catalogue order.
  ///
  /// - Parameters:
  ///   - words: Ids or globs (`*` is any run of characters, `?` one); none selects everything.
  ///   - exclusions: The same, for what is left out; none leaves nothing out.
  /// - Throws: ``Failure``.
  public static func cases(_ words: [String], excluding exclusions: [String] = []) throws(Failure) -> [ConformanceCase] {
    let included = words.isEmpty ? Catalogue.all : try select(words)
    let excluded = Set(try select(exclusions).map(\.id))
    let cases = included.filter { !excluded.contains($0.id) }
    guard !cases.isEmpty else { throw .nothingSelected(glob: nil) }
    return cases
  }

  private static func select(_ words: [String]) throws(Failure) -> [ConformanceCase] {
    for word in words where !isGlob(word) && Catalogue.find(word) == nil {
      throw .unknownCase(word, similar: similar(to: word))
    }
    for word in words where !Catalogue.all.contains(where: { isSelected($0, by: word) }) { throw .nothingSelected(glob: word) }
    return Catalogue.all.filter { candidate in words.contains { isSelected(candidate, by: $0) } }
  }

  private static func isGlob(_ word: String) -> Bool { word.contains { $0 == "*" || $0 == "?" } }

  private static func isSelected(_ candidate: ConformanceCase, by word: String) -> Bool {
    matches(candidate.id, word) || candidate.autobahnID.map { matches($0, word) } ?? false
  }

  private static func matches(_ text: String, _ word: String) -> Bool {
    isGlob(word) ? matches(Array(text.utf8)[...], Array(word.utf8)[...]) : text == word
  }

  /// Whether a glob matches: after each `*` the rest is tried at the earliest place first, which suffices for globs.
  private static func matches(_ text: ArraySlice<UInt8>, _ glob: ArraySlice<UInt8>) -> Bool {
    var text = text
    var glob = glob
    var retry: (text: ArraySlice<UInt8>, glob: ArraySlice<UInt8>)?
    while true {
      if glob.first == UInt8(ascii: "*") {
        glob = glob.dropFirst()
        retry = (text, glob)
      } else if let character = text.first, let wanted = glob.first, wanted == character || wanted == UInt8(ascii: "?") {
        text = text.dropFirst()
        glob = glob.dropFirst()
      } else if text.isEmpty, glob.isEmpty {
        return true
      } else {
        guard let last = retry, !last.text.isEmpty else { return false }
        retry = (last.text.dropFirst(), last.glob)
        (text, glob) = (last.text.dropFirst(), last.glob)
      }
    }
  }

  /// Ids that begin with, or contain, what was written, else those of its chapter.
  private static func similar(to word: String) -> [String] {
    guard !word.isEmpty else { return [] }
    let beginning = Catalogue.all.filter { $0.id.hasPrefix(word) }
    let containing = Catalogue.all.filter { $0.id.contains(word) || $0.autobahnID?.hasPrefix(word + ".") ?? false }
    let found = (beginning.isEmpty ? containing : beginning).prefix(3).map(\.id)
    guard found.isEmpty, let slash = word.lastIndex(of: "/") else { return found }
    return similar(to: String(word[..<slash]))
  }
}
