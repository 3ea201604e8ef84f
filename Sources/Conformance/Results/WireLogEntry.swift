public import WSProtocol

/// Which way octets went.
public enum Direction: String, Sendable, Hashable, Codable {
  /// From the tester to the peer.
  case sent
  /// From the peer to the tester.
  case received
}

/// One line of the record of a case.
public struct WireLogEntry: Sendable, Equatable {
  /// What happened.
  public enum Content: Sendable, Equatable {
    /// Octets that are not frames: the opening handshake, or what is left after it when nothing can be made of it.
    case octets(Direction, LoggedOctets)
    /// A frame; the payload is shown unmasked. `violation` says in words what its header or payload breaks.
    case frame(Direction, FrameHeader, LoggedOctets, violation: String?)
    /// Something about the connection itself, in words, such as "TCP connection established" or "the peer reset the connection".
    case connection(String)
    /// A wait of the program, in words.
    case timer(String)
    /// Entries left out to bound the log.
    case omitted(entries: Int)
  }

  /// When it happened, since the connection attempt began.
  public let at: Duration
  /// What happened.
  public let content: Content

  /// Creates an entry.
  public init(at: Duration, content: Content) {
    self.at = at
    self.content = content
  }
}

/// The beginning of a run of octets and how many there were.
public struct LoggedOctets: Sendable, Equatable {
  /// How many octets are kept of one entry at most.
  public static let maximumKept = 256

  /// The first octets, at most ``maximumKept``.
  public private(set) var kept: [UInt8]
  /// How many there were.
  public private(set) var total: UInt64

  /// Keeps the beginning of `octets`.
  public init(_ octets: some Collection<UInt8> = []) {
    kept = Array(octets.prefix(Self.maximumKept))
    total = UInt64(octets.count)
  }

  /// Keeps the beginning of a run of which only `octets`, its first part, is at hand.
  public init(prefix octets: some Collection<UInt8>, total: UInt64) {
    kept = Array(octets.prefix(Self.maximumKept))
    self.total = total
  }

  /// Counts more octets and keeps what there is room for.
  public mutating func append(_ octets: Span<UInt8>) {
    for index in 0..<min(octets.count, Self.maximumKept - kept.count) { kept.append(octets[index]) }
    total &+= UInt64(octets.count)
  }
}
