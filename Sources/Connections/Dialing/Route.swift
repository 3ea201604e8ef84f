public import Transport

/// The way to a peer: whom to reach, and by what layers.
public struct Route: Sendable {
  /// The host: an address literal, "localhost", or a name.
  public var host: String
  /// The TCP port.
  public var port: UInt16
  /// Which addresses are tried; of the proxy, if there is one.
  ///
  /// Default both.
  public var family = AddressFamily.any
  /// What TLS demands of the peer and shows to it.
  ///
  /// Default none: no TLS.
  public var tls: TLSClientContext?
  /// Whom the peer's certificate has to be for, where that is not ``host``.
  ///
  /// Default: ``host``.
  public var tlsName: String?
  /// The proxy to go through.
  ///
  /// Default none. The proxy is given the name, and looks it up itself.
  public var proxy: ProxyTarget?
  /// The address to use instead of looking up ``host``, for which the certificate still has to be.
  ///
  /// Default none. A proxy is given this address instead of the name.
  public var pinned: SocketAddress?

  /// Creates the direct way to a host.
  public init(host: String, port: UInt16, tls: TLSClientContext? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }
}
