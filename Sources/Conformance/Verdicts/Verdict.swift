/// The judgement of one case: what was exchanged, measured against the requirement.
public enum Verdict: String, Sendable, Hashable, CaseIterable, Codable {
  /// As required.
  case pass
  /// Allowed but unusual; the reason says what.
  case passWithNote = "pass-with-note"
  /// Breaks a SHOULD.
  case deviation
  /// No requirement; the choice is recorded.
  case informational
  /// Breaks a MUST.
  case fail
  /// A hardening or resource case is not met.
  case weak
  /// Differs on rerun.
  case flaky
  /// The network lost the evidence.
  case inconclusive
  /// A feature was not negotiated or not offered.
  case unsupported
  /// Not run, with a reason.
  case notRun = "not-run"
  /// A fault of the tester.
  case error

  /// Whether the verdict needs no explanation.
  public var isPlainPass: Bool { self == .pass }
}

/// The judgement of how a connection ended, apart from what was exchanged.
public enum CloseVerdict: String, Sendable, Hashable, CaseIterable, Codable {
  /// As required.
  case ok
  /// No requirement; the choice is recorded.
  case informational
  /// The closing handshake was required and did not happen.
  case unclean
  /// The peer's Close frame bears a code that does not fit.
  case wrongCode = "wrong-code"
  /// The peer left it to the tester to drop the connection.
  case droppedByUs = "dropped-by-us"
  /// The wrong side closed, or no handshake was completed.
  case failed
}

/// How a peer came to fail, where that is known.
public enum FailureReason: String, Sendable, Hashable, Codable {
  /// The peer stopped accepting connections.
  case crash
  /// The peer did not react in time.
  case hang
}

/// How bad a failure is, beyond that a requirement is broken.
public enum FailureSeverity: String, Sendable, Hashable, Codable {
  /// Peers lose step with each other, or content acts as control.
  case security
}
