/// Keeps secrets out of what is logged; what goes over the wire is not touched.
enum Redaction {
  /// The octets of a request without what may be secret: the query of its target, and the values of the named fields.
  static func withoutSecrets(_ request: [UInt8], fields names: Set<String>) -> [UInt8] {
    names.isEmpty ? withoutQuery(request) : withoutValues(withoutQuery(request), of: names)
  }

  /// The octets of a request with `[redacted]` for the value of every field line with one of `names`, in lower case.
  private static func withoutValues(_ request: [UInt8], of names: Set<String>) -> [UInt8] {
    var lines = request.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    for index in lines.indices.dropFirst() {
      guard let colon = lines[index].firstIndex(of: UInt8(ascii: ":")),
        names.contains(String(decoding: lines[index][..<colon], as: UTF8.self).lowercased())
      else { continue }
      lines[index].replaceSubrange((colon + 1)..., with: Array(" [redacted]\r".utf8))
    }
    return Array(lines.joined(separator: [0x0A]))
  }

  /// The octets of a request with `[redacted]` for its target's query, where tokens are often passed.
  private static func withoutQuery(_ request: [UInt8]) -> [UInt8] {
    let lineEnd = request.firstIndex(of: 0x0D) ?? request.endIndex
    guard let mark = request[..<lineEnd].firstIndex(of: UInt8(ascii: "?")),
      let queryEnd = request[mark..<lineEnd].firstIndex(of: UInt8(ascii: " "))
    else { return request }
    return request[...mark] + Array("[redacted]".utf8) + request[queryEnd...]
  }
}
