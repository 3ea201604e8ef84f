/// The judgements of a case by how its connection ended; pure functions.
enum Judging {
  /// What no limit on the length of messages can exclude: what a control frame holds.
  private static let smallMessageBytes: UInt64 = 125

  /// The peer's Close frame came before the tester sent one.
  static func closeByPeer(_ close: ObservedClose, case conformanceCase: ConformanceCase, matcher: Matcher) -> Judgement {
    let code = close.code.map { "close code \($0)" } ?? "a Close frame without a code"
    switch conformanceCase.expectation.ending {
    case .recorded: return recorded("the peer closed first, with \(code)")
    case .handshakeByTester where close.code == 1009 && conformanceCase.program.payloadBytes > smallMessageBytes:
      return Judgement(
        verdict: .weak, why: "the peer refused the message with close code 1009: it is beyond a limit of the peer's",
        requirement: Requirement(section: "10.4", level: .hardening), close: .ok,
        closeWhy: "the peer closed because of a limit, as RFC 6455 §10.4 allows")
    case .handshakeByTester, .handshakeByProgram, .refusalOfClose:
      return Judgement(
        verdict: .fail, why: "the peer closed with \(code) \(matcher.prematurely)", close: .failed,
        closeWhy: "the peer closed; the tester was to")
    case .failureByPeer(let codes):
      guard let outcome = matcher.outcome else { return early("closed with \(code)", matcher) }
      return failure(outcome, code: close.code, accepted: codes)
    }
  }

  /// The peer answered the tester's Close frame.
  static func closeReply(
    _ close: ObservedClose, case conformanceCase: ConformanceCase, matcher: Matcher, judged: Judgement?
  ) -> Judgement {
    let code = close.code.map { "code \($0)" } ?? "no code"
    switch conformanceCase.expectation.ending {
    case .recorded: return recorded("the peer answered the Close frame with \(code)")
    case .refusalOfClose(let codes):
      guard let outcome = matcher.outcome else { return early("closed with \(code)", matcher) }
      var judgement = failure(outcome, code: close.code, accepted: codes)
      if judgement.close == .wrongCode {
        judgement.verdict = .fail
        judgement.why =
          "the peer accepted a Close frame that is a violation, it answered with \(code); RFC 6455 §10.7 demands that incoming data is always validated"
      }
      return judgement
    case .handshakeByProgram(let codes, let refusal):
      return reply(close, accepted: codes, refusal: refusal, to: judgement(of: matcher))
    case .handshakeByTester, .failureByPeer:
      return reply(close, accepted: [1000], refusal: .fail, to: judged ?? judgement(of: matcher))
    }
  }

  /// The TCP connection ended without a Close frame of the peer.
  static func dropped(
    _ ending: TransportEnding, case conformanceCase: ConformanceCase, matcher: Matcher, sentClose: Bool, judged: Judgement?
  ) -> Judgement {
    if case .failed(let words) = ending {
      return Judgement(
        verdict: .inconclusive, why: "the network lost the connection: \(words)", close: .failed,
        closeWhy: "the closing handshake was not seen")
    }
    switch conformanceCase.expectation.ending {
    case .recorded: return recorded("the peer \(ending.words) without a Close frame")
    case .failureByPeer, .refusalOfClose:
      guard let outcome = matcher.outcome, outcome.verdict == .pass || outcome.verdict == .passWithNote else {
        return early(ending.words, matcher)
      }
      return Judgement(
        verdict: .deviation,
        why: "the peer \(ending.words) without a Close frame; it should have sent one with the status code before",
        requirement: Requirement(section: "7.1.7", level: .should), close: .ok, closeWhy: "the peer failed the connection")
    case .handshakeByProgram:
      return Judgement(
        verdict: .fail, why: "the peer \(ending.words) without answering the Close frame",
        requirement: Requirement(section: "5.5.1"), close: .unclean, closeWhy: "no Close frame of the peer")
    case .handshakeByTester:
      guard sentClose else { return early(ending.words, matcher) }
      var judgement = judged ?? self.judgement(of: matcher)
      judgement.close = .unclean
      judgement.closeWhy = "the peer \(ending.words) without answering the Close frame, which RFC 6455 §5.5.1 demands"
      return judgement
    }
  }

  /// What was due did not come; `wait` says within what.
  static func timedOut(
    _ wait: String, reason: FailureReason?, case conformanceCase: ConformanceCase, matcher: Matcher, sentClose: Bool, judged: Judgement?
  ) -> Judgement {
    switch conformanceCase.expectation.ending {
    case .recorded: return recorded("the peer neither answered the Close frame nor ended the connection \(wait)")
    case .failureByPeer:
      return Judgement(
        verdict: .fail, why: "the peer did not fail the connection \(wait)", close: .failed,
        closeWhy: "the peer kept the connection open")
    case .refusalOfClose, .handshakeByProgram:
      return Judgement(
        verdict: .fail, reason: reason, why: "the peer did not answer the Close frame \(wait)",
        requirement: Requirement(section: "5.5.1"), close: .droppedByUs, closeWhy: "the tester dropped the connection")
    case .handshakeByTester:
      guard sentClose else {
        return Judgement(
          verdict: .fail, reason: reason, why: "\(matcher.missingWords) did not arrive \(wait)", close: .failed,
          closeWhy: "the closing handshake was not reached")
      }
      var judgement = judged ?? self.judgement(of: matcher)
      judgement.close = .droppedByUs
      judgement.closeWhy = "the peer did not answer the Close frame \(wait); RFC 6455 §5.5.1 demands it"
      return judgement
    }
  }

  private static func judgement(of matcher: Matcher) -> Judgement {
    guard let outcome = matcher.outcome else {
      return Judgement(verdict: .fail, why: "\(matcher.missingWords) did not arrive", close: .ok, closeWhy: "")
    }
    return Judgement(
      verdict: outcome.verdict, why: outcome.note.isEmpty ? "as required" : outcome.note, close: .ok, closeWhy: "")
  }

  private static func reply(
    _ close: ObservedClose, accepted: [UInt16], refusal: Verdict, to judged: Judgement
  ) -> Judgement {
    var judgement = judged
    guard let code = close.code, !accepted.contains(code) else {
      judgement.close = .ok
      judgement.closeWhy = "the closing handshake was completed"
      return judgement
    }
    judgement.close = .wrongCode
    judgement.closeWhy = "the peer answered with close code \(code) instead of \(accepted.map(String.init).joined(separator: " or "))"
    guard judgement.verdict == .pass else { return judgement }
    if code == 1002 || code == 1003 || code == 1007 {
      judgement.verdict = refusal
      judgement.why = "the peer took a valid Close frame for a violation: it answered with close code \(code)"
    } else {
      judgement.verdict = .passWithNote
      judgement.why = "close code \(code) in the answer; usually the received code is repeated (RFC 6455 §5.5.1)"
    }
    return judgement
  }

  private static func failure(_ outcome: Expectation.Outcome, code: UInt16?, accepted: [UInt16]) -> Judgement {
    var judgement = Judgement(
      verdict: outcome.verdict, why: outcome.note.isEmpty ? "as required" : outcome.note, close: .ok,
      closeWhy: "the peer failed the connection" + (code.map { " with close code \($0)" } ?? ""))
    let words = accepted.map(String.init).joined(separator: " or ")
    if let code, !accepted.contains(code) {
      judgement.close = .wrongCode
      judgement.closeWhy = "close code \(code) instead of \(words)"
      judgement.verdict = .deviation
      judgement.why = "the peer failed the connection with close code \(code); it should have been \(words)"
      judgement.requirement = Requirement(section: "7.1.7", level: .should)
    } else if code == nil {
      judgement.verdict = .deviation
      judgement.why = "the peer failed the connection with a Close frame without a code; it should have been \(words)"
      judgement.requirement = Requirement(section: "7.1.7", level: .should)
    }
    return judgement
  }

  /// The peer ended the connection before it had reason to.
  private static func early(_ words: String, _ matcher: Matcher) -> Judgement {
    Judgement(
      verdict: .fail, why: "the peer \(words) \(matcher.prematurely)", close: .failed,
      closeWhy: "the connection ended too early")
  }

  private static func recorded(_ why: String) -> Judgement {
    Judgement(verdict: .informational, why: why, close: .informational, closeWhy: why)
  }
}
