/// Keeps secrets out of what is logged; what goes over the wire is not touched.
enum Redaction {
  /// The octets of a request whose target's query, where tokens are often passed, is replaced by `[redacted]`.
  static func withoutQuery(_ request: [UInt8]) -> [UInt8] {
    let lineEnd = request.firstIndex(of: 0x0D) ?? request.endIndex
    guard let mark = request[..<lineEnd].firstIndex(of: UInt8(ascii: "?")),
      let queryEnd = request[mark..<lineEnd].firstIndex(of: UInt8(ascii: " "))
    else { return request }
    return request[...mark] + Array("[redacted]".utf8) + request[queryEnd...]
  }
}
