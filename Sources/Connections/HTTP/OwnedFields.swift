import HTTPParse

/// The fields of a head that only the connection writes: what frames a message and manages its connection.
enum OwnedFields {
  private static let both = ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "TE"]
  private static let requests = both + ["Upgrade", "Expect"]

  /// Refuses fields that the connection writes itself; a second one would let two recipients read two framings (RFC 9112 §11.2).
  static func requireNone(in fields: FieldSection, isRequest: Bool) throws(HTTPConnectionError) {
    let owned = isRequest ? requests : both
    guard !fields.lines.contains(where: { line in owned.contains { line.isNamed($0) } }) else { throw HTTPConnectionError(.ownedField) }
  }

  /// `fields` and lines of our own, in that order; the values must be sendable.
  static func adding(
    _ lines: [(name: String, value: String)], to fields: FieldSection
  ) throws(HTTPConnectionError) -> FieldSection {
    guard !lines.isEmpty else { return fields }
    do throws(HTTPParseError) {
      var all = Array(fields.lines)
      for line in lines { all.append(try FieldLine(name: line.name, value: line.value)) }
      return FieldSection(all)
    } catch {
      throw HTTPConnectionError(.unsendable, message: error)
    }
  }

  /// The Connection field with these options; none without options.
  static func connection(_ options: [String]) -> [(name: String, value: String)] {
    options.isEmpty ? [] : [(name: "Connection", value: options.joined(separator: ", "))]
  }
}
