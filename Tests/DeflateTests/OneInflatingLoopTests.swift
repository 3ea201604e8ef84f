import Foundation
import Testing

/// A helper that inflates everything it is given is how bombs get in by a side door, so the sources are searched for a second one.
@Suite("Inflating without bound")
struct OneInflatingLoopTests {
  /// The sources of all modules, by their path below the package.
  static let sources: [(path: String, text: String)] = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = package.appending(path: "Sources")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return files.filter { ["swift", "c", "h", "modulemap"].contains($0.pathExtension) }.compactMap { file in
      (try? String(contentsOf: file, encoding: .utf8)).map { (String(file.path().dropFirst(folder.path().count)), $0) }
    }
  }()

  /// How often each source file uses a word, with whatever follows it up to the next parenthesis.
  private func uses(_ pattern: String) throws -> [String: Int] {
    let expression = try Regex(pattern)
    var found: [String: Int] = [:]
    for source in Self.sources {
      let count = source.text.matches(of: expression).count
      if count > 0 { found[source.path.trimmingPrefix("/").description] = count }
    }
    return found
  }

  @Test("D23: zlib inflates in one place, and that place is called from one loop")
  func oneCall() throws {
    #expect(try uses(#"#\s*include\s*<zlib\.h>|link "z""#) == ["CZlib/zlib.c": 1])
    #expect(try uses(#"\b(inflate|inflateBack|uncompress2?|gzread|gzfread)\("#).filter { $0.key.hasSuffix(".c") } == ["CZlib/zlib.c": 1])
    #expect(try uses(#"\bczlib_inflate\("#).filter { $0.key.hasSuffix(".swift") } == ["Deflate/DeflateDecompressor.swift": 1])
    #expect(try uses(#"import CZlib"#).keys.sorted() == ["Deflate/DeflateCompressor.swift", "Deflate/DeflateDecompressor.swift"])
  }

  @Test("D23: the loop counts its output after every call, and nothing that inflates has a default for the limit")
  func counted() throws {
    #expect(
      try uses(#"czlib_inflate\([^{}]*\)\s*calls \+= 1[^{}]*append\([^{}]*guard output\.count <= limit else \{ throw \.outputTooLong \}"#)
        == ["Deflate/DeflateDecompressor.swift": 1])
    #expect(try uses(#"func \w*(inflate|decompress|finishMessage)\w*\([^{}]*limit: Int\s*="#) == [:])
  }

  @Test("D23: the reader of the audit is without a bound only where zlib has counted before")
  func reader() throws {
    #expect(try uses(#"maximumOutputBytes = \.max"#) == ["Deflate/DeflateDecompressor.swift": 1])
  }
}
