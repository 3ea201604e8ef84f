public import Transport

/// Opens connections along a ``Route``: looks names up, races addresses, asks a proxy for a tunnel, makes TLS.
public final class Dialer {
  private weak var loop: Loop?
  private let connector: Connector

  /// Creates a dialer.
  ///
  /// - Parameters:
  ///   - loop: The loop whose turns serve it.
  ///   - resolver: Where names are looked up. Default: a resolver of its own.
  public init(on loop: Loop, resolver: Resolver? = nil) {
    self.loop = loop
    connector = Connector(on: loop, resolver: resolver)
  }

  /// Opens a connection.
  ///
  /// - Parameters:
  ///   - route: The way to the peer.
  ///   - limit: How long all may take together, however often something comes.
  ///   - isAllowed: Asked about each address of the peer just before it is used, as in `Connector`; not about the proxy's, and not about
  ///     those of a name that the proxy looks up, which are not known here. Default: all.
  ///   - completion: Called once, from the loop's turn, unless the dial is cancelled. The stream is established, TLS included, has no delegate yet and
  ///     does not read before it gets one.
  /// - Returns: The dial, by which it can be cancelled; it goes on without being held.
  @discardableResult
  public func dial(
    _ route: Route, within limit: Duration, allowing isAllowed: @escaping (SocketAddress) -> Bool = { _ in true },
    completion: @escaping (Result<any ByteStream, DialError>) -> Void
  ) -> Dial {
    let dial = Dial(route, within: limit, on: loop, completion)
    dial.start(by: connector, allowing: isAllowed)
    return dial
  }
}
