/// A set of octet values, such as the characters a grammar rule allows.
///
/// Membership is one shift and one mask; a class is a value of 32 octets and holds no memory elsewhere.
public struct ByteClass: Sendable, Equatable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Creates the class of the octets in `ranges` and the ASCII characters of `characters`.
  ///
  /// - Parameters:
  ///   - ranges: Inclusive ranges of octet values.
  ///   - characters: Single octets, written as an ASCII string.
  public init(_ ranges: [ClosedRange<UInt8>] = [], characters: StaticString = "") {
    for range in ranges {
      for octet in range { insert(octet) }
    }
    for octet in "\(characters)".utf8 { insert(octet) }
  }

  /// Whether `octet` belongs to the class.
  public func contains(_ octet: UInt8) -> Bool {
    let bit = UInt64(1) &<< UInt64(octet & 63)
    return switch octet &>> 6 {
    case 0: words.0 & bit != 0
    case 1: words.1 & bit != 0
    case 2: words.2 & bit != 0
    default: words.3 & bit != 0
    }
  }

  /// The class of the octets that belong to `self` or to `other`.
  public func union(_ other: ByteClass) -> ByteClass {
    var result = self
    result.words.0 |= other.words.0
    result.words.1 |= other.words.1
    result.words.2 |= other.words.2
    result.words.3 |= other.words.3
    return result
  }

  /// Whether both classes contain the same octets.
  public static func == (left: ByteClass, right: ByteClass) -> Bool {
    left.words == right.words
  }

  private mutating func insert(_ octet: UInt8) {
    let bit = UInt64(1) &<< UInt64(octet & 63)
    switch octet &>> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }
}
