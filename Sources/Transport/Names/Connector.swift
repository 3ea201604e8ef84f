/// Opens connections to hosts: looks the name up, then races its addresses (RFC 8305).
///
/// IPv6 and IPv4 addresses take turns, IPv6 first. The next address is tried when the attempt before has failed, or after a head start; the
/// first connection that is established wins, and the others are closed at once.
public final class Connector {
  private weak var loop: Loop?
  private let resolver: Resolver

  /// How long an attempt runs alone before the next one joins it.
  ///
  /// 250 ms, as RFC 8305 §5 recommends.
  public static let headStart = Duration.milliseconds(250)
  /// The most addresses of one host that are tried.
  ///
  /// 32: with the head start more than a caller will wait for; bounds what a name server can make us connect to.
  public static let maximumAttempts = 32

  /// Creates a connector.
  ///
  /// - Parameters:
  ///   - loop: The loop whose turns serve it.
  ///   - resolver: Where names are looked up. Default: a resolver of its own.
  public init(on loop: Loop, resolver: Resolver? = nil) {
    self.loop = loop
    self.resolver = resolver ?? Resolver(on: loop)
  }

  /// Connects to a host.
  ///
  /// - Parameters:
  ///   - host: As in ``Resolver/resolve(host:port:family:within:completion:)``.
  ///   - port: The TCP port.
  ///   - family: Which addresses are tried. Default both.
  ///   - limit: How long to wait in total, looking up the name included.
  ///   - isAllowed: Asked about each address just before it is tried; an IPv6 address that stands for an IPv4 address is given as that one.
  ///     Since the address asked about is the one connected to, a name that changes its addresses cannot get around it. Default: all.
  ///   - completion: Called once, from the loop's turn, unless the race is cancelled: with an established stream that has no delegate yet, or
  ///     with the error. The error of a literal address is that of its attempt, any other names all attempts.
  /// - Returns: The race, by which it can be cancelled; it goes on without being held.
  @discardableResult
  public func connect(
    host: String, port: UInt16, family: AddressFamily = .any, within limit: Duration,
    allowing isAllowed: @escaping (SocketAddress) -> Bool = { _ in true },
    completion: @escaping (Result<TCPStream, TransportError>) -> Void
  ) -> Race {
    let race = Race(host: host, port: port, within: limit, on: loop, isAllowed: isAllowed, completion: completion)
    race.lookUp(family, by: resolver)
    return race
  }
}
