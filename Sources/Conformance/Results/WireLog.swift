/// A bounded record: the beginning and the end of what went over the wire, and how much was left out between.
struct WireLog: Sendable {
  private static let headCapacity = 48
  private static let tailCapacity = 16

  private var head: [WireLogEntry] = []
  private var tail: [WireLogEntry] = []
  private var oldest = 0
  private var omitted = 0

  mutating func append(_ content: WireLogEntry.Content, at time: Duration) {
    let entry = WireLogEntry(at: time, content: content)
    if head.count < Self.headCapacity {
      head.append(entry)
    } else if tail.count < Self.tailCapacity {
      tail.append(entry)
    } else {
      tail[oldest] = entry
      oldest = (oldest + 1) % Self.tailCapacity
      omitted += 1
    }
  }

  /// The kept entries in order.
  var entries: [WireLogEntry] {
    guard let first = tail.indices.contains(oldest) ? tail[oldest] : nil else { return head }
    let gap = omitted > 0 ? [WireLogEntry(at: first.at, content: .omitted(entries: omitted))] : []
    return head + gap + tail[oldest...] + tail[..<oldest]
  }
}
