/// Reads raw DEFLATE data (RFC 1951) bit by bit and tells all about it: slow, exact, an oracle for other implementations.
///
///     var reader = DeflateReader(framing: .message)
///     let report = reader.read(payload)
///     if let failure = report.failure { … }
///
/// A reader carries a window's worth of output from one input to the next, as context takeover does (RFC 7692 §7.1.1).
public struct DeflateReader: Sendable {
  /// Where an input ends.
  public enum Framing: Sendable, Hashable {
    /// With the final block; bits behind it are not read (RFC 1951 §3.2.3).
    case stream
    /// With the input, which the reader completes with 00 00 FF FF; blocks may follow a final block from the next octet on (RFC 7692 §7.2.2).
    case message
  }

  /// Where an input ends.
  public let framing: Framing
  /// The largest distance allowed, in octets, 0…32,768.
  public let windowBytes: Int
  /// How far data is followed.
  public let limits: DeflateLimits
  /// The octets that distances may reach back into, at most ``windowBytes``.
  public private(set) var history: [UInt8]

  /// The largest distance the format can express, in octets.
  public static let maximumDistance = 32_768

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - framing: Where an input ends.
  ///   - windowBytes: The largest distance allowed, in octets, 0…32,768. Default 32,768: all the format can express.
  ///   - history: The output before the first input; as much as the window holds is kept.
  ///   - limits: How far data is followed.
  public init(
    framing: Framing, windowBytes: Int = DeflateReader.maximumDistance, history: [UInt8] = [], limits: DeflateLimits = DeflateLimits()
  ) {
    self.framing = framing
    self.windowBytes = min(max(windowBytes, 0), Self.maximumDistance)
    self.limits = limits
    self.history = history.suffix(self.windowBytes)
  }

  /// Reads one input to its end or to the first failure; its output becomes history.
  public mutating func read(_ octets: [UInt8]) -> DeflateReport {
    var run = DeflateRun(
      octets: framing == .message ? octets + [0x00, 0x00, 0xFF, 0xFF] : octets, history: history, windowBytes: windowBytes, limits: limits)
    let report = run.report(framing)
    history = run.recentOutput(windowBytes)
    return report
  }

  /// Forgets the history, as a sender without context takeover does before each message (RFC 7692 §7.1.1).
  public mutating func forgetHistory() { history = [] }
}
