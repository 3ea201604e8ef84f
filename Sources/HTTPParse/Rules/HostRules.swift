/// The rules for the Host field of a request, RFC 9112 §3.2.
package enum HostRules {
  /// The first fault of the Host fields of a request whose head ends at stream offset `headEnd`, or `nil`.
  ///
  /// A request of HTTP/1.0 need not have one. An empty value is grammatical: a target without authority has no other.
  package static func fault(in fields: FieldSection, version: HTTPVersion, headEnd: Int) -> HTTPParseError? {
    let hosts = fields.lines(named: "Host")
    guard let host = hosts.first else {
      return version >= .http11 ? HTTPParseError(.hostMissing, at: headEnd, headEnd: headEnd) : nil
    }
    if !host.value.isEmpty {
      do throws(WireURLError) {
        _ = try Authority(hostField: host.value)
      } catch {
        let octet = host.value.indices.contains(error.offset) ? host.value[error.offset] : nil
        return HTTPParseError(.hostInvalid, at: host.streamOffset(ofValueIndex: error.offset), octet: octet, headEnd: headEnd)
      }
    }
    guard hosts.count > 1 else { return nil }
    return HTTPParseError(.hostDuplicate, at: hosts[1].nameOffset, headEnd: headEnd)
  }
}
