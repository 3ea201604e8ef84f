/// What an oracle found wrong: the value a property returns, and a fuzz target traps on.
package struct OracleFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The property, such as "T12".
  package let property: String
  /// The oracle that failed.
  package let oracle: Oracle
  /// What was seen and what was due, in words.
  package let words: String

  /// Creates a failure.
  package init(_ property: String, _ oracle: Oracle, _ words: String) {
    self.property = property
    self.oracle = oracle
    self.words = words
  }

  /// Property, oracle and words in one line; what a finding is recognised by.
  package var description: String { "ORACLE \(property) \(oracle.rawValue): \(words)" }
}

/// What a property holds a subject to.
package enum Oracle: String, Sendable, Hashable, CaseIterable {
  /// Events and failure do not depend on how the input was cut.
  case splitInvariance = "split-invariance"
  /// Every turn takes octets, reports something, or waits at the end of what it was given.
  case progress
  /// After a failure there is the same failure again and nothing else.
  case stickyError = "sticky-error"
  /// After the end, or a close, nothing is reported.
  case silenceAfterEnd = "silence-after-end"
  /// What is held stands in proportion to what was received.
  case boundedMemory = "bounded-memory"
  /// Subject and reference model agree.
  case model
  /// Two ways of doing the same thing in the subject agree.
  case agreement
  /// What was written reads back as what was meant.
  case roundTrip = "round-trip"
  /// What was written keeps the form that the RFC prescribes.
  case wireForm = "wire-form"
  /// No octet of a peer's or a caller's choice changes the structure of what is written.
  case injection
  /// A lenient reader sees the same messages in what the strict one accepts.
  case smuggling
  /// The bug that was planted to be found.
  case planted
}
