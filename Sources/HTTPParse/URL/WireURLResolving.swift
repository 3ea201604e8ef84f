extension WireURL {
  /// The URL a reference means when it is found in what this URL names, RFC 3986 §5.2.
  ///
  /// Dot segments are removed. A fragment is not inherited. A reference with a scheme is always read as a whole URL.
  ///
  /// - Throws: The first fault; its offset counts UTF-8 octets of the reference. A URL without an authority, such as `mailto:a`, is one.
  public func resolving(_ reference: String) throws(WireURLError) -> WireURL {
    let octets = Array(reference.utf8)[...]
    if let first = octets.first(where: { [0x3A, 0x2F, 0x3F, 0x23].contains($0) }), first == 0x3A {
      return try WireURL(octets).withoutDotSegments()
    }
    if octets.starts(with: "//".utf8) {
      do throws(WireURLError) {
        return try WireURL(Array("\(scheme):".utf8)[...] + octets).withoutDotSegments()
      } catch {
        throw WireURLError(error.code, at: error.offset - scheme.utf8.count - 1, in: octets)
      }
    }
    var parser = URLParser(octets)
    let path = String(decoding: try parser.skip(OctetClass.path, else: .path, until: [0x3F, 0x23]), as: UTF8.self)
    let query = parser.skip(0x3F) ? String(decoding: try parser.skip(OctetClass.query, else: .query, until: [0x23]), as: UTF8.self) : nil
    let fragment = parser.skip(0x23) ? String(decoding: try parser.skip(OctetClass.query, else: .fragment, until: []), as: UTF8.self) : nil
    if path.isEmpty { return try replacing(path: self.path, query: query ?? self.query, fragment: fragment) }
    let merged = path.hasPrefix("/") ? path : String(self.path[..<(self.path.lastIndex(of: "/") ?? self.path.startIndex)]) + "/" + path
    return try replacing(path: Self.removingDotSegments(merged), query: query, fragment: fragment)
  }

  private func withoutDotSegments() throws(WireURLError) -> WireURL {
    try replacing(path: Self.removingDotSegments(path), query: query, fragment: fragment)
  }

  private func replacing(path: String, query: String?, fragment: String?) throws(WireURLError) -> WireURL {
    let userinfo = userinfo.map { $0 + "@" } ?? ""
    return try WireURL(
      "\(scheme)://\(userinfo)\(authority)\(path)\(query.map { "?" + $0 } ?? "")\(fragment.map { "#" + $0 } ?? "")")
  }

  /// Removes `.` and `..` from a path that is empty or begins with `/`, RFC 3986 §5.2.4.
  private static func removingDotSegments(_ path: String) -> String {
    guard !path.isEmpty else { return path }
    let segments = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst()
    var kept: [Substring.UTF8View] = []
    for segment in segments {
      if segment.elementsEqual("..".utf8) {
        _ = kept.popLast()
      } else if !segment.elementsEqual(".".utf8) {
        kept.append(segment)
      }
    }
    let result = kept.map { "/" + String(Substring($0)) }.joined()
    let endsInDots = segments.last.map { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) } ?? false
    return endsInDots ? result + "/" : result
  }
}
