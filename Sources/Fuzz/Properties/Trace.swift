/// What a subject reported for one delivery of an input.
///
/// Equality leaves out ``boundaries``. Content is joined by the adapter, so that events do not depend on the cuts.
package struct Trace<Event: Equatable & Sendable>: Equatable, Sendable {
  /// What was reported, in order.
  package var events: [Event] = []
  /// The failure, or `nil`: its class and the octet it names.
  package var failure: String?
  /// The first law of conduct that was broken while the subject ran, or `nil`.
  package var breach: Breach?
  /// The stream offsets at which something was reported.
  package var boundaries: [Int] = []

  /// Creates an empty trace.
  package init() {}

  /// A law of conduct that holds for every turn, whatever the input.
  package struct Breach: Equatable, Sendable {
    /// The law.
    package let oracle: Oracle
    /// What happened instead.
    package let words: String

    /// Creates a breach.
    package init(_ oracle: Oracle, _ words: String) {
      self.oracle = oracle
      self.words = words
    }
  }

  /// Whether events, failure and breach are the same.
  package static func == (left: Trace, right: Trace) -> Bool {
    left.events == right.events && left.failure == right.failure && left.breach == right.breach
  }

  /// Notes a breach, unless there was one before.
  mutating func note(_ oracle: Oracle, _ words: @autoclosure () -> String) {
    if breach == nil { breach = Breach(oracle, words()) }
  }
}

/// Runs a subject over `payload` whole and cut in every way of ``Delivery``, and holds it to the laws of conduct.
///
/// - Returns: The trace of the whole.
func traceInEveryDelivery<Event>(
  _ property: String, _ payload: [UInt8], seed: UInt16, run: ([[UInt8]]) -> Trace<Event>
) throws(OracleFailure) -> Trace<Event> {
  let whole = run([payload])
  if let breach = whole.breach { throw OracleFailure(property, breach.oracle, breach.words) }
  for delivery in Delivery.all(count: payload.count, seed: seed, boundaries: whole.boundaries) {
    let trace = run(delivery.pieces(of: payload))
    if let breach = trace.breach { throw OracleFailure(property, breach.oracle, "\(delivery.name): \(breach.words)") }
    if trace != whole {
      throw OracleFailure(property, .splitInvariance, "\(delivery.name): \(difference(trace, whole))")
    }
  }
  return whole
}

/// The first difference between two traces, in words.
func difference<Event>(_ seen: Trace<Event>, _ due: Trace<Event>) -> String {
  for index in 0..<max(seen.events.count, due.events.count) {
    let left = index < seen.events.count ? "\(seen.events[index])" : "nothing"
    let right = index < due.events.count ? "\(due.events[index])" : "nothing"
    if left != right { return "event \(index) is \(left.prefix(300)), not \(right.prefix(300))" }
  }
  return "it ends with \(seen.failure ?? "no failure"), not \(due.failure ?? "no failure")"
}
