import WireBytes

/// Octets to send or to expect, described rather than held, so that 16 MiB cost nothing until they are written.
public enum Payload: Sendable, Equatable, Hashable {
  /// These octets.
  case octets([UInt8])
  /// `pattern` repeated and cut to `count` octets; `pattern` is not empty.
  case repeated([UInt8], count: Int)

  /// No octets.
  public static let empty = Payload.octets([])

  /// The UTF-8 of `text`.
  public static func text(_ text: String) -> Payload { .octets(Array(text.utf8)) }

  /// The number of octets.
  public var count: Int {
    switch self {
    case .octets(let octets): octets.count
    case .repeated(_, let count): count
    }
  }

  /// The octets of `range` as a payload of their own.
  static func slice(of payload: Payload, _ range: Range<Int>) -> Payload {
    switch payload {
    case .octets(let octets): return .octets(Array(octets[range]))
    case .repeated(let pattern, _):
      let phase = range.lowerBound % pattern.count
      return .repeated(Array(pattern[phase...] + pattern[..<phase]), count: range.count)
    }
  }

  /// Appends the octets of `range` to `output`.
  public func append(_ range: Range<Int>, to output: inout [UInt8]) {
    switch self {
    case .octets(let octets): output += octets[range]
    case .repeated(let pattern, _) where range.count <= Self.bytewiseLimit:
      for index in range { output.append(pattern[index % pattern.count]) }
    case .repeated(let pattern, _):
      let tile = Self.tile(pattern)
      var position = range.lowerBound
      while position < range.upperBound {
        let phase = position % pattern.count
        let length = min(tile.count - phase, range.upperBound - position)
        output += tile[phase..<(phase + length)]
        position += length
      }
    }
  }

  /// The octets of `range`.
  public func octets(in range: Range<Int>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(range.count)
    append(range, to: &output)
    return output
  }

  /// All octets; for payloads known to be short.
  public var allOctets: [UInt8] { octets(in: 0..<count) }

  /// The index in `received` of the first octet that is not the payload's octet at `offset` plus that index, or `nil` if all agree.
  ///
  /// Octets past the payload's end differ.
  func firstDifference(from received: Span<UInt8>, at offset: Int) -> Int? {
    var index = 0
    let comparable = max(0, min(received.count, count - offset))
    while index < comparable {
      let length = min(8192, comparable - index)
      let expected = octets(in: (offset + index)..<(offset + index + length))
      let part = received.extracting(index..<(index + length))
      if let difference = Self.firstDifference(expected.span, part) { return index + difference }
      index += length
    }
    return received.count > comparable ? comparable : nil
  }

  private static func firstDifference(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int? {
    let (leftBytes, rightBytes) = unsafe (left.bytes, right.bytes)
    var index = 0
    while index &+ 64 <= left.count {
      let one = unsafe leftBytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self)
      let other = unsafe rightBytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self)
      guard one == other else { break }
      index &+= 64
    }
    return (index..<left.count).first { left[$0] != right[$0] }
  }

  /// Runs up to this length are not worth a tile.
  private static let bytewiseLimit = 512

  /// At least 4 KiB of whole patterns and one more, so that any phase finds a whole run.
  private static func tile(_ pattern: [UInt8]) -> [UInt8] {
    var tile: [UInt8] = []
    let repetitions = 4096 / pattern.count + 2
    tile.reserveCapacity(repetitions * pattern.count)
    for _ in 0..<repetitions { tile += pattern }
    return tile
  }

  /// The payload in a few words: its text or octets when short, its length when long.
  public var words: String {
    switch self {
    case .octets(let octets) where octets.isEmpty: "nothing"
    case .octets(let octets) where octets.count <= 48: "\"\(EscapedText.utf8(octets))\""
    case .octets(let octets): "\(octets.count) octets"
    case .repeated(let pattern, let count): "\(count) octets of \"\(EscapedText.utf8(pattern))\""
    }
  }
}
