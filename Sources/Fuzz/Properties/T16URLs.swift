package import FuzzModels
import HTTPParse

/// T16: the URL parser against R5; what is printed reads back as the same.
package enum URLProperty {
  /// Control octets: none.
  package static func check(_ octets: [UInt8], subject: (String) -> URLModel? = parser) throws(OracleFailure) {
    let text = String(decoding: octets, as: UTF8.self)
    let utf8 = Array(text.utf8)
    let seen = subject(text)
    let due = URLModel.read(utf8)
    guard seen == due else {
      throw OracleFailure(
        "T16", .model, "\(text.debugDescription): \(seen.map { "\($0)" } ?? "refused"), not \(due.map { "\($0)" } ?? "refused")")
    }
    try checkHostField(utf8)
    guard let url = try? WireURL(text) else { return }
    try checkPrinting(url)
  }

  /// The value of a Host field follows the same grammar.
  private static func checkHostField(_ octets: [UInt8]) throws(OracleFailure) {
    let seen = (try? Authority(hostField: octets)).map { (URLModel.Host($0.host), $0.port.map(Int.init)) }
    let due = URLModel.readHostAndPort(octets)
    let isSame = seen?.0 == due?.0 && (seen == nil) == (due == nil) && seen?.1 == due?.port.flatMap { $0 }
    guard isSame else {
      throw OracleFailure(
        "T16", .model, "Host \(octets): \(seen.map { "\($0)" } ?? "refused"), not \(due.map { "\($0)" } ?? "refused")")
    }
  }

  private static func checkPrinting(_ url: WireURL) throws(OracleFailure) {
    let host = "\(url.host)"
    guard !host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x5C || $0 >= 0x7F }) else {
      throw OracleFailure("T16", .injection, "the host is \(host.debugDescription)")
    }
    let printed = "\(url.scheme)://\(url.authority)\(url.path)\(url.query.map { "?" + $0 } ?? "")\(url.fragment.map { "#" + $0 } ?? "")"
    guard let again = try? WireURL(printed), again.scheme == url.scheme, again.authority == url.authority, again.path == url.path,
      again.query == url.query, again.fragment == url.fragment, "\(again.authority)" == "\(url.authority)"
    else { throw OracleFailure("T16", .roundTrip, "\(printed.debugDescription) does not read back as \(url.text.debugDescription)") }
    guard let same = try? Authority(hostField: Array(url.hostField.utf8)), same.host == url.host else {
      throw OracleFailure("T16", .roundTrip, "Host \(url.hostField.debugDescription) is not a host field")
    }
    let shown =
      "\(url.scheme)://\(url.userinfo == nil ? "" : "…@")\(url.authority)\(url.path)"
      + "\(url.query == nil ? "" : "?…")\(url.fragment == nil ? "" : "#…")"
    guard "\(url)" == shown else { throw OracleFailure("T16", .injection, "printing shows \("\(url)".debugDescription), not \(shown)") }
  }

  /// Runs the parser of `HTTPParse`.
  package static func parser(_ text: String) -> URLModel? {
    guard let url = try? WireURL(text) else { return nil }
    return URLModel(
      scheme: Array(url.scheme.utf8), userinfo: url.userinfo.map { Array($0.utf8) }, host: URLModel.Host(url.host),
      port: url.port.map(Int.init), path: Array(url.path.utf8), query: url.query.map { Array($0.utf8) },
      fragment: url.fragment.map { Array($0.utf8) })
  }
}

extension URLModel.Host {
  init(_ host: URLHost) {
    self =
      switch host {
      case .registeredName(let name): .name(Array(name.utf8))
      case .ipv4(let address): .ipv4([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address >> $0) })
      case .ipv6(let address): .ipv6(address.groups)
      }
  }
}
