/// Why no address of a host was reached: what was tried, and how each attempt ended.
public struct ConnectFailure: Hashable, Sendable {
  /// The host as the caller wrote it.
  public let host: String
  /// The port.
  public let port: UInt16
  /// How each attempt ended, in that order; at least one.
  public let attempts: [TransportError]

  /// The error number (errno) of the first attempt that was one; 0 when none has any.
  var errorNumber: Int32 { attempts.lazy.map(\.errorNumber).first { $0 != 0 } ?? 0 }

  /// The host and the port; a host that was looked up has no octet that needs care.
  var place: String { "\(host):\(port)" }

  /// The attempts in words; of many only the first few.
  var words: String {
    let shown = attempts.prefix(4).map { "\($0.address.map { "\($0): " } ?? "")\($0.reason)" }
    let rest = attempts.count - shown.count
    return shown.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
  }

  /// What to do about it, when it is the same for all attempts.
  var advice: String {
    guard let first = attempts.first?.advice, attempts.allSatisfy({ $0.advice == first }) else { return "" }
    return first
  }
}
