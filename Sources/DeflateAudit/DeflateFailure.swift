/// Where and why compressed data could not be read on.
public struct DeflateFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// One of the three prefix codes of a dynamic block.
  public enum Alphabet: String, Sendable, Hashable {
    /// The code for the lengths of the other two codes.
    case codeLengths = "code length"
    /// The code for literals, the end of the block, and lengths.
    case literals = "literal/length"
    /// The code for distances.
    case distances = "distance"
  }

  /// What is wrong.
  public enum Code: Sendable, Hashable {
    /// BTYPE is 11.
    case reservedBlockType
    /// NLEN of a stored block is not the complement of LEN.
    case storedLengthMismatch
    /// HLIT announces more than 286 literal/length codes.
    case tooManyLiteralCodes
    /// HDIST announces more than 30 distance codes.
    case tooManyDistanceCodes
    /// The first code length is a repetition of the one before.
    case repeatWithoutLength
    /// A repetition of code lengths goes beyond their announced number.
    case repeatPastEnd
    /// The lengths describe more codes than there are bit sequences.
    case oversubscribed(Alphabet)
    /// The lengths leave bit sequences without a meaning.
    case incomplete(Alphabet)
    /// No code is given to the end of the block.
    case noEndOfBlock
    /// Bits that are no code.
    case unassignedCode
    /// Length symbol 286 or 287.
    case reservedLengthSymbol(Int)
    /// Distance symbol 30 or 31.
    case reservedDistanceSymbol(Int)
    /// A distance that reaches before the first octet of output and history.
    case distanceBeforeStart
    /// A distance larger than the window.
    case distanceBeyondWindow
    /// The data ends inside a block, or before the final one.
    case truncated
    /// More output than allowed.
    case outputLimit
    /// More blocks than allowed.
    case blockLimit
  }

  /// What is wrong.
  public let code: Code
  /// The offset of the first bit of what is wrong, of prefix codes that of their lengths; for ``Code-swift.enum/truncated`` the number of
  /// bits there are.
  public let bitOffset: Int
  /// The number that must not be exceeded.
  public let limit: Int?
  /// The number that was found.
  public let actual: Int?

  init(_ code: Code, bitOffset: Int, limit: Int? = nil, actual: Int? = nil) {
    self.code = code
    self.bitOffset = bitOffset
    self.limit = limit
    self.actual = actual
  }

  /// Whether the data is sound as far as it was read and a limit of the reader ended it.
  public var isLimit: Bool {
    switch code {
    case .outputLimit, .blockLimit: true
    case .reservedBlockType, .storedLengthMismatch, .tooManyLiteralCodes, .tooManyDistanceCodes, .repeatWithoutLength, .repeatPastEnd,
      .oversubscribed, .incomplete, .noEndOfBlock, .unassignedCode, .reservedLengthSymbol, .reservedDistanceSymbol, .distanceBeforeStart,
      .distanceBeyondWindow, .truncated:
      false
    }
  }

  /// The rule that is broken, such as "RFC 1951 §3.2.3".
  public var section: String {
    switch code {
    case .reservedBlockType, .distanceBeforeStart, .truncated: "RFC 1951 §3.2.3"
    case .storedLengthMismatch: "RFC 1951 §3.2.4"
    case .reservedLengthSymbol, .reservedDistanceSymbol: "RFC 1951 §3.2.6"
    case .tooManyLiteralCodes, .tooManyDistanceCodes, .repeatWithoutLength, .repeatPastEnd, .noEndOfBlock: "RFC 1951 §3.2.7"
    case .oversubscribed, .incomplete, .unassignedCode: "RFC 1951 §3.2.2"
    case .distanceBeyondWindow: "RFC 7692 §7.1.2"
    case .outputLimit, .blockLimit: "RFC 6455 §10.4"
    }
  }

  /// What happened, where, by which rule.
  public var description: String {
    var text = "\(words) (bit \(bitOffset), \(section))"
    if let limit, let actual { text += ": \(actual), at most \(limit)" }
    return text
  }

  private var words: String {
    switch code {
    case .reservedBlockType: "the block type is the reserved 11"
    case .storedLengthMismatch: "NLEN of a stored block is not the complement of LEN"
    case .tooManyLiteralCodes: "a dynamic block announces too many literal/length codes"
    case .tooManyDistanceCodes: "a dynamic block announces too many distance codes"
    case .repeatWithoutLength: "the first code length repeats the one before it"
    case .repeatPastEnd: "a repetition of code lengths goes beyond their number"
    case .oversubscribed(let alphabet): "the \(alphabet.rawValue) code is over-subscribed"
    case .incomplete(let alphabet): "the \(alphabet.rawValue) code is incomplete"
    case .noEndOfBlock: "the end of the block has no code"
    case .unassignedCode: "bits that are no code"
    case .reservedLengthSymbol(let symbol): "the length symbol \(symbol) is reserved"
    case .reservedDistanceSymbol(let symbol): "the distance symbol \(symbol) is reserved"
    case .distanceBeforeStart: "a distance reaches before the first octet"
    case .distanceBeyondWindow: "a distance is larger than the window"
    case .truncated: "the data ends inside a block or before the final one"
    case .outputLimit: "more output than allowed"
    case .blockLimit: "more blocks than allowed"
    }
  }
}
