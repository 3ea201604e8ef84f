internal import CSockets

/// A source of unpredictable octets for masking keys and nonces; tests replace it with a repeatable one.
///
/// A class, because a copy of a buffered source would hand out the same octets twice.
public protocol EntropySource: AnyObject {
  /// Returns `count` octets.
  func octets(_ count: Int) throws(TransportError) -> [UInt8]
  /// Returns 32 bits, for example a masking key (RFC 6455 section 5.3).
  func nextUInt32() throws(TransportError) -> UInt32
}

/// The random number generator of the system (getrandom), buffered so that a key does not cost a system call.
public final class SystemEntropy: EntropySource {
  private var buffer: [UInt32] = []
  private static let bufferedWords = 64

  /// Creates a source with an empty buffer.
  public init() {}

  /// Returns `count` octets straight from the system.
  ///
  /// - Throws: ``TransportError`` when the system refuses, which it does only under a filter of system calls.
  public func octets(_ count: Int) throws(TransportError) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: count)
    try checked(unsafe octets.withUnsafeMutableBytes { unsafe cs_random($0.baseAddress, $0.count) }, .entropy)
    return octets
  }

  /// Returns the next 32 bits of the buffer, refilled when it is used up.
  ///
  /// - Throws: ``TransportError`` when the system refuses, which it does only under a filter of system calls.
  public func nextUInt32() throws(TransportError) -> UInt32 {
    if let word = buffer.popLast() { return word }
    var words = [UInt32](repeating: 0, count: Self.bufferedWords)
    try checked(unsafe words.withUnsafeMutableBytes { unsafe cs_random($0.baseAddress, $0.count) }, .entropy)
    let word = words.removeLast()
    buffer = words
    return word
  }
}
