/// What a client expects the server's certificate to be for.
enum TLSPeerName: Equatable {
  /// A DNS name in lower case without a final dot, as it is sent (SNI, RFC 6066 section 3) and verified.
  case name(String)
  /// An address literal, which is verified and never sent.
  case address(String)

  /// Nil when `host` is neither an address nor a name that could be looked up, see ``NameFault``.
  init?(host: String) {
    if let address = SocketAddress(literal: host, port: 0) {
      // A zone means something on this machine only.
      self = .address(String(address.host.prefix { $0 != "%" }))
    } else if NameFault(of: host) == nil {
      self = .name((host.hasSuffix(".") ? host.dropLast() : host[...]).lowercased())
    } else {
      return nil
    }
  }
}
