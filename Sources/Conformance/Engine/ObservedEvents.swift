/// What was seen, in words, as far as a reader will follow; the rest is counted.
struct ObservedEvents: Sendable {
  private static let capacity = 40

  private var kept: [String] = []
  private var more = 0

  mutating func append(_ words: () -> String) {
    if kept.count < Self.capacity { kept.append(words()) } else { more += 1 }
  }

  /// One line for each event.
  var lines: [String] { more == 0 ? kept : kept + ["… and \(more) more"] }
}
