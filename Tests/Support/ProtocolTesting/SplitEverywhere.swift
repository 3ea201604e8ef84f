/// What a parser reported for one delivery of an input: its events in order and the failure that ended it, if any.
///
/// Events must not depend on how the input was cut: an adapter joins pieces of one payload before it reports them.
public struct ParseTrace<Event: Equatable & Sendable>: Equatable, Sendable {
  /// The events in the order they were reported.
  public var events: [Event]
  /// The failure in words, with its octet offset, or `nil`.
  public var failure: String?

  /// Creates a trace.
  public init(events: [Event] = [], failure: String? = nil) {
    self.events = events
    self.failure = failure
  }
}

/// A way of cutting an input into pieces.
public enum Delivery: Sendable, Equatable, CustomStringConvertible {
  /// Everything at once.
  case whole
  /// One octet at a time.
  case bytewise
  /// Two pieces; the payload is the length of the first.
  case split(at: Int)
  /// Pieces of a fixed length.
  case chunks(of: Int)

  /// The delivery in words.
  public var description: String {
    switch self {
    case .whole: "whole"
    case .bytewise: "one octet at a time"
    case .split(let offset): "split at octet \(offset)"
    case .chunks(let length): "in pieces of \(length) octets"
    }
  }

  /// Every way to deliver an input but whole.
  ///
  /// Inputs of at most 4 KiB are split at every offset. Above that, `samples` offsets are taken: a quarter of them at either end and the rest
  /// spread evenly between; the caller should say so in its test's name. Above 100,000 octets there are no pieces shorter than 64.
  public static func all(length: Int, samples: Int = 512) -> [Delivery] {
    let regular: [Delivery] = length > 100_000 ? [] : [.bytewise, .chunks(of: 2), .chunks(of: 3), .chunks(of: 7)]
    return regular + [.chunks(of: 64)] + offsets(length: length, samples: samples).map { .split(at: $0) }
  }

  /// The offsets at which ``all(length:samples:)`` splits.
  public static func offsets(length: Int, samples: Int = 512) -> [Int] {
    guard length > 4096 else { return Array(0...length) }
    let edge = samples / 4
    let middle = stride(from: edge, to: length - edge, by: max(1, (length - 2 * edge) / (samples / 2)))
    return Array(0..<edge) + middle + Array((length - edge)...length)
  }

  /// The pieces of `input`; empty pieces are kept where a split is at either end.
  public func pieces(of input: [UInt8]) -> [[UInt8]] {
    switch self {
    case .whole: [input]
    case .bytewise: input.map { [$0] }
    case .split(let offset): [Array(input[..<offset]), Array(input[offset...])]
    case .chunks(let length):
      stride(from: 0, to: input.count, by: length).map { Array(input[$0..<min($0 + length, input.count)]) }
    }
  }
}

/// A delivery whose trace differs from that of the whole input.
public struct SplitMismatch: Sendable, CustomStringConvertible {
  /// The delivery, the two traces, and the input's name, in words.
  public let description: String
}

/// Feeds `input` in every way (see ``Delivery/all(length:samples:)``) and returns the deliveries whose outcome differs from the delivery of the whole.
///
/// - Parameters:
///   - name: What the input is called in a mismatch.
///   - input: The octets.
///   - run: Feeds the pieces to a fresh parser and returns what it reported. Called once for each delivery.
public func splitEverywhere<Event>(
  _ name: String, _ input: [UInt8], run: (_ pieces: [[UInt8]]) -> ParseTrace<Event>
) -> [SplitMismatch] {
  let expected = run(Delivery.whole.pieces(of: input))
  return Delivery.all(length: input.count).compactMap { delivery in
    let trace = run(delivery.pieces(of: input))
    guard trace != expected else { return nil }
    return SplitMismatch(description: "\(name), \(delivery): \(trace) instead of \(expected)")
  }
}

/// Feeds every prefix of `input` and returns those whose events are not a prefix of the whole input's events.
///
/// A failure on a prefix must be the failure of the whole: what is complete is judged, what is partial waits.
public func everyPrefix<Event>(
  _ name: String, _ input: [UInt8], run: (_ pieces: [[UInt8]]) -> ParseTrace<Event>
) -> [SplitMismatch] {
  let expected = run([input])
  return Delivery.offsets(length: input.count).compactMap { offset in
    let trace = run([Array(input[..<offset])])
    let agrees = expected.events.starts(with: trace.events) && (trace.failure == nil || trace == expected)
    return agrees ? nil : SplitMismatch(description: "\(name), first \(offset) octets: \(trace) is no beginning of \(expected)")
  }
}
