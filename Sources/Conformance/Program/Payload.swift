import WireBytes

/// Octets to send or to expect, described rather than held, so that 16 MiB cost nothing until they are written.
///
/// A payload is a run of a repeated pattern; a few given octets are a pattern that is used once.
public struct Payload: Sendable, Equatable, Hashable {
  /// Whole patterns, enough of them that any phase finds a long run.
  private let tile: [UInt8]
  private let period: Int
  /// Where in the pattern the payload begins.
  private let phase: Int
  /// The number of octets.
  public let count: Int

  /// How long a tile of short patterns is made.
  private static let tileBytes = 16_384

  private init(tile: [UInt8], period: Int, phase: Int, count: Int) {
    self.tile = tile
    self.period = period
    self.phase = phase
    self.count = count
  }

  /// These octets.
  public static func octets(_ octets: [UInt8]) -> Payload {
    Payload(tile: octets, period: max(1, octets.count), phase: 0, count: octets.count)
  }

  /// `pattern` repeated and cut to `count` octets; `pattern` is not empty.
  public static func repeated(_ pattern: [UInt8], count: Int) -> Payload {
    let repetitions = min(tileBytes, count) / pattern.count + 2
    return Payload(
      tile: Array(repeatElement(pattern, count: repetitions).joined()), period: pattern.count, phase: 0, count: count)
  }

  /// No octets.
  public static let empty = Payload.octets([])

  /// The UTF-8 of `text`.
  public static func text(_ text: String) -> Payload { .octets(Array(text.utf8)) }

  /// The octets of `range` as a payload of their own.
  static func slice(of payload: Payload, _ range: Range<Int>) -> Payload {
    Payload(
      tile: payload.tile, period: payload.period, phase: (payload.phase + range.lowerBound) % payload.period, count: range.count)
  }

  /// Appends the octets of `range` to `output`.
  public func append(_ range: Range<Int>, to output: inout [UInt8]) {
    var position = range.lowerBound
    while position < range.upperBound {
      let run = run(at: position, limit: range.upperBound - position)
      output += tile[run]
      position += run.count
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
      let run = run(at: offset + index, limit: comparable - index)
      let part = received.extracting(index..<(index + run.count))
      if let difference = Self.firstDifference(tile.span.extracting(run), part) { return index + difference }
      index += run.count
    }
    return received.count > comparable ? comparable : nil
  }

  /// The part of the tile that holds the octets from `position` on, at most `limit` of them.
  private func run(at position: Int, limit: Int) -> Range<Int> {
    let start = (phase + position) % period
    return start..<(start + min(limit, tile.count - start))
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

  /// The payload in a few words: its text or octets when short, its length when long.
  public var words: String {
    if count == 0 { return "nothing" }
    if count <= 48 { return "\"\(EscapedText.utf8(allOctets))\"" }
    if count <= period { return "\(count) octets" }
    return "\(count) octets of \"\(EscapedText.utf8(Self.slice(of: self, 0..<period).allOctets))\""
  }
}
