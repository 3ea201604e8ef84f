/// A host and an optional port, RFC 3986 §3.2 without user information.
public struct Authority: Sendable, Hashable, CustomStringConvertible {
  /// The host; never empty.
  public let host: URLHost
  /// The port, 1 to 65535, or `nil` when none was given.
  public let port: UInt16?

  /// Creates an authority.
  public init(host: URLHost, port: UInt16?) {
    self.host = host
    self.port = port
  }

  /// Parses the value of a Host field, RFC 9110 §7.2; an empty value is refused here.
  ///
  /// - Throws: A fault of `host` or `port`; the offset counts in the value.
  public init(hostField value: some Collection<UInt8>) throws(WireURLError) { try self.init(Array(value)[...]) }

  init(_ octets: ArraySlice<UInt8>) throws(WireURLError) {
    var parser = URLParser(octets)
    self = try parser.authority()
    guard parser.current == nil else { throw parser.fault(port == nil ? .host : .port) }
  }

  /// The authority as it stands in a URL or a Host field.
  public var description: String { port.map { "\(host):\($0)" } ?? "\(host)" }
}
