/// Text in columns.
public struct Table: Sendable {
  /// On which side a column's text is flush.
  public enum Alignment: Sendable {
    case left, right
  }

  private let header: [String]
  private let alignments: [Alignment]
  private var lines: [[String]] = []

  /// Creates a table with these columns.
  public init(_ columns: [(String, Alignment)]) {
    header = columns.map(\.0)
    alignments = columns.map(\.1)
  }

  /// Adds a line; missing cells are empty.
  public mutating func append(_ line: [String]) {
    lines.append(line + Array(repeating: "", count: max(0, header.count - line.count)))
  }

  /// The table for a terminal: columns two spaces apart, no trailing spaces.
  public var text: String {
    let widths = header.indices.map { column in ([header] + lines).map { $0[column].count }.max() ?? 0 }
    return ([header] + lines).map { line in
      var text = ""
      for column in header.indices {
        let space = String(repeating: " ", count: widths[column] - line[column].count)
        text += (column > 0 ? "  " : "") + (alignments[column] == .right ? space + line[column] : line[column] + space)
      }
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }.joined()
  }

  /// The table in Markdown.
  public var markdown: String {
    let rule = alignments.map { $0 == .right ? "---:" : "---" }
    return ([header, rule] + lines).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }
}
