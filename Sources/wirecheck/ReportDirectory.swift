import Conformance
import ConformanceReport
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where reports are written; checked before anything is sent.
struct ReportDirectory {
  private let directory: URL
  private let kinds: [ReportKind]

  /// Creates the directory and makes sure that files can be written to it.
  init(path: String, kinds: [ReportKind]) throws {
    guard !path.isEmpty else { throw UsageFailure(description: "--out: name a directory; . is the present one") }
    directory = URL(filePath: path, directoryHint: .isDirectory)
    self.kinds = kinds
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let probe = directory.appending(path: ".wirecheck-\(UInt32.random(in: 0 ... .max))", directoryHint: .notDirectory)
      try Data().write(to: probe)
      try FileManager.default.removeItem(at: probe)
    } catch {
      throw UsageFailure(description: "--out \(path): cannot write there: \(Self.words(error))")
    }
  }

  /// Writes the reports; returns their absolute paths.
  func write(_ result: RunResult) throws -> [String] {
    try kinds.map { kind in
      let file = directory.appending(path: kind.fileName, directoryHint: .notDirectory)
      let octets =
        switch kind {
        case .html: Array(HTMLReport.render(result, toolVersion: Wirecheck.version).utf8)
        case .json: JSONReport.encode(result, toolVersion: Wirecheck.version)
        }
      do {
        try Data(octets).write(to: file, options: .atomic)
      } catch {
        throw UsageFailure(description: "cannot write \(file.path): \(Self.words(error))")
      }
      return file.absoluteURL.path
    }
  }

  private static func words(_ error: any Error) -> String {
    guard let cause = (error as? CocoaError)?.underlying as? POSIXError else { return "\(error)" }
    return unsafe String(cString: strerror(cause.code.rawValue))
  }
}
