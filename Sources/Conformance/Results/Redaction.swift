/// Keeps secrets out of what is logged; what goes over the wire is not touched.
enum Redaction {
  /// The octets of a request without what may be secret: the query of its target, and the values of the named fields.
  static func withoutSecrets(_ request: [UInt8], fields names: Set<String>) -> [UInt8] {
    names.isEmpty ? withoutQuery(request) : withoutValues(withoutQuery(request), of: names)
  }

  /// What has to be hidden where a peer may send it back: the query of `target`, `values`, and long words of them.
  ///
  /// Texts of less than four octets stand everywhere by chance.
  static func secrets(target: String, values: [[UInt8]]) -> [[UInt8]] {
    let query = target.utf8.firstIndex(of: 0x3F).map { Array(target.utf8[$0...].dropFirst()) }
    let texts = values + (query.map { [$0] } ?? [])
    let words = texts.flatMap { $0.split { " &=;,".utf8.contains($0) }.map(Array.init) }.filter { $0.count >= 8 }
    return (texts.filter { $0.count >= 4 } + words).sorted { $0.count > $1.count }
  }

  /// The octets of an answer with `[redacted]` for each of `secrets`, the longest of which come first: redirects and error pages quote them.
  ///
  /// - Parameter isCut: Whether more followed: then the last octets, which may be the beginning of a secret, are left out.
  static func withoutEchoes(_ answer: [UInt8], of secrets: [[UInt8]], isCut: Bool) -> [UInt8] {
    var octets = answer
    for secret in secrets { octets.replace(secret, with: Array("[redacted]".utf8)) }
    return isCut ? octets.dropLast(max(0, (secrets.first?.count ?? 0) - 1)) : octets
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
