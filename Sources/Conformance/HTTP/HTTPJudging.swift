import WireBytes

/// The judgement of an exchange; pure functions.
///
/// Standing rules, for every case:
/// - an outcome that is not listed is a fault;
/// - where a refusal that closes the connection is required, closing without an answer, or with another refusal, is tolerated;
/// - where answers are required, fewer of them and then the end of the connection are tolerated: a server may close after any answer;
/// - what breaks only a MAY or a hardening requirement is recorded, never a failure, unless peers lose step by it;
/// - an answer that is itself not valid is a failure, whatever the case was about.
enum HTTPJudging {
  /// Whether a condition holds; `nil` when the server does not show what it would take to know.
  typealias Truth = Bool?

  static func judge(_ exchange: HTTPExchange, case conformanceCase: ConformanceCase, program: HTTPProgram, expectation: HTTPExpectation)
    -> HTTPVerdict
  {
    let judge = Judge(exchange: exchange, program: program, expectation: expectation)
    let seen = "the server \(exchange.words)"
    let due = "due: \(expectation.requiredWords) (\(conformanceCase.requirement.citation))"
    if let outcome = judge.first(.security) {
      return HTTPVerdict(.fail, "\(seen), which is dangerous: \(outcome.words); \(due)", severity: .security)
    }
    if let violation = exchange.violations.first {
      return HTTPVerdict(.fail, "the server \(violation.words) (\(violation.requirement.citation))", requirement: violation.requirement)
    }
    let level = conformanceCase.requirement.level
    if let outcome = judge.first(.fault) { return HTTPVerdict(fault: level, "\(seen), which is wrong: \(outcome.words); \(due)") }
    let acceptable = judge.first(.required) ?? judge.first(.tolerated)
    if exchange.strayOctets.total > 0, acceptable?.conditions.contains(.noHTTP) != true {
      return HTTPVerdict(
        .fail, "the server sent octets that belong to no answer: \(exchange.strayOctets.words) (RFC 9112 §6.3)",
        requirement: Requirement(rfc: 9112, section: "6.3"))
    }
    if acceptable != nil, exchange.goesOnAfterClose {
      return HTTPVerdict(
        .fail, "\(seen), though it had announced the end of the connection before (RFC 9112 §9.6)",
        requirement: Requirement(rfc: 9112, section: "9.6"))
    }
    if let acceptable {
      return acceptable.meaning == .required
        ? HTTPVerdict(.pass, "as required: \(seen)")
        : HTTPVerdict(.passWithNote, "\(seen), which is allowed; best is what is \(due)")
    }
    if let rule = judge.standingRule { return HTTPVerdict(.passWithNote, "\(seen); \(rule); \(due)") }
    if judge.lacksEvidence { return HTTPVerdict(.inconclusive, "\(seen), which does not show what it read; \(due)") }
    let hangs = exchange.answers.isEmpty && !exchange.isClosed
    return HTTPVerdict(fault: level, "\(seen); \(due)", reason: hangs ? .hang : nil)
  }

  /// Whether a status code says that the message was not taken as a request, or, as 101 does, not answered at all.
  static func isRefusal(_ status: Int) -> Bool {
    switch status {
    case 101, 400, 408, 411, 413, 414, 417, 421, 431, 500...999: true
    default: false
    }
  }
}

/// What an exchange amounts to.
struct HTTPVerdict: Sendable, Equatable {
  var verdict: Verdict
  var why: String
  var severity: FailureSeverity?
  var reason: FailureReason?
  var requirement: Requirement?

  init(
    _ verdict: Verdict, _ why: String, severity: FailureSeverity? = nil, reason: FailureReason? = nil, requirement: Requirement? = nil
  ) {
    self.verdict = verdict
    self.why = why
    self.severity = severity
    self.reason = reason
    self.requirement = requirement
  }

  /// What it means to break a requirement of this level.
  init(fault level: RequirementLevel, _ why: String, reason: FailureReason? = nil) {
    let verdict: Verdict =
      switch level {
      case .must: .fail
      case .should: .deviation
      case .may: .informational
      case .hardening: .weak
      }
    self.init(verdict, why, reason: reason)
  }
}

/// Holds an exchange against an expectation.
private struct Judge {
  let exchange: HTTPExchange
  let program: HTTPProgram
  let expectation: HTTPExpectation

  func first(_ meaning: HTTPExpectation.Class) -> HTTPExpectation.Outcome? {
    expectation.outcomes(meaning).first { truth($0.conditions) == true }
  }

  /// The standing rule that makes the exchange tolerable, in words.
  var standingRule: String? {
    for outcome in expectation.outcomes(.required) {
      let conditions = outcome.conditions
      if conditions.contains(.closed), conditions.contains(where: \.isRefusal), exchange.isClosed {
        if exchange.answers.isEmpty { return "closing without an answer refuses the request too" }
        if exchange.answers.count == 1, (400...599).contains(exchange.answers[0].status) {
          return "another status code refuses the request too"
        }
      }
      if case .answers(let due) = conditions.first, (1..<due).contains(answered), answered == exchange.answers.count, exchange.isClosed,
        truth(conditions.filter { !$0.isCount }) == true
      {
        return "a server may close after any answer"
      }
    }
    return nil
  }

  /// Whether something acceptable is only not shown, or the server answered and closed before it can have read what the case is about.
  var lacksEvidence: Bool {
    let acceptable = expectation.outcomes(.required) + expectation.outcomes(.tolerated)
    if acceptable.contains(where: { truth($0.conditions) == nil }) { return true }
    guard exchange.answers.count == 1, let only = exchange.answers.first, exchange.isClosed else { return false }
    return (200...299).contains(only.status) && only.echoedTarget == nil
  }

  /// All have to hold; one that does not hold decides before one that is not known.
  private func truth(_ conditions: [HTTPCondition]) -> HTTPJudging.Truth {
    let truths = conditions.map { truth($0, among: conditions) }
    if truths.contains(false) { return false }
    return truths.contains(nil) ? nil : true
  }

  private func isAnswer(_ status: Int) -> Bool { !HTTPJudging.isRefusal(status) || expectation.answerStatuses.contains(status) }

  /// How many requests were answered before one was refused.
  private var answered: Int { exchange.answers.prefix { isAnswer($0.status) }.count }

  private func truth(_ condition: HTTPCondition, among all: [HTTPCondition]) -> HTTPJudging.Truth {
    let answers = exchange.answers
    switch condition {
    case .answers(let count):
      let later = all.contains { if case .thenStatus = $0 { true } else { false } } ? 1 : 0
      return answered == count && answers.count == count + later
    case .accepted: return answered > 0
    case .status(let range):
      guard let status = answers.first?.status else { return false }
      let others = program.hasSentinel && !all.contains(.closed) ? 1 : 0
      return range.contains(status) && answers.count <= 1 + others
    case .thenStatus(let status): return answers.last?.status == status
    case .noAnswer: return answers.isEmpty && exchange.strayOctets.total == 0
    case .noHTTP: return answers.isEmpty && exchange.strayOctets.total > 0
    case .strayOctets: return exchange.strayOctets.total > 0
    case .closed: return exchange.isClosed
    case .open: return !exchange.isClosed
    case .content(let payload): return truth(content: payload)
    case .contentLength(let length): return answers.first.map { $0.echoedContentLength.map { $0 == length } } ?? false
    case .field(let name, let value): return truth(echo: HTTPEcho.field, name, value)
    case .fieldAbsent(let name): return truth(echo: HTTPEcho.field, name, nil).map { !$0 }
    case .trailer(let name, let value): return truth(echo: HTTPEcho.trailer, name, value)
    case .targets(let targets):
      let echoed = answers.map(\.echoedTarget)
      return echoed.contains(nil) ? nil : echoed == targets.map(Optional.some)
    case .answered(let target): return answers.contains { $0.echoedTarget == target }
    case .interim(let status): return answers.first?.interims.contains(status) == true && !exchange.missedWait
    case .noInterim: return answers.allSatisfy(\.interims.isEmpty)
    case .answerLacks(let name, let range): return answers.contains { range.contains($0.status) && $0.values(of: name).isEmpty }
    case .answerHas(let name, let part):
      return answers.contains { $0.values(of: name).contains { $0.holds(part.allOctets) } }
    case .anyStatus(let status): return answers.contains { $0.status == status || $0.interims.contains(status) }
    case .shows(let text): return answers.first?.shows(text) ?? false
    }
  }

  private func truth(content payload: Payload) -> HTTPJudging.Truth {
    guard let answer = exchange.answers.first else { return false }
    guard let length = answer.echoedContentLength else { return nil }
    guard length == payload.count else { return false }
    // An answer to HEAD has no content to compare.
    guard answer.contentCount == UInt64(length) else { return nil }
    return answer.content == payload.octets(in: 0..<min(payload.count, ObservedAnswer.keptContentBytes))
  }

  private func truth(echo kind: String, _ name: String, _ value: Payload?) -> HTTPJudging.Truth {
    guard let answer = exchange.answers.first else { return false }
    guard let read = answer.echoedValue(of: name, in: kind) else { return nil }
    guard let read else { return false }
    return value.map { $0.allOctets == read } ?? true
  }
}

extension HTTPCondition {
  fileprivate var isRefusal: Bool {
    if case .status(let range) = self { range.lowerBound >= 400 } else { false }
  }

  fileprivate var isCount: Bool {
    if case .answers = self { return true }
    if case .targets = self { return true }
    return false
  }
}

extension ObservedAnswer {
  fileprivate func shows(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return content.holds(wanted) || fields.contains { $0.value.holds(wanted) }
  }
}

extension [UInt8] {
  fileprivate func holds(_ part: [UInt8]) -> Bool { part.isEmpty || indices.contains { self[$0...].starts(with: part) } }
}

extension HTTPExchange {
  /// What the server did, after "the server".
  var words: String {
    var parts: [String] = []
    if strayOctets.total > 0, answers.isEmpty {
      parts.append("sent \(strayOctets.words), which is no answer")
    } else if answers.isEmpty {
      parts.append("sent no answer")
    } else {
      let kept = answers.prefix(6).map(\.words)
      parts.append("answered " + kept.joined(separator: ", then ") + (answers.count > 6 ? " and \(answers.count - 6) more" : ""))
    }
    switch ending {
    case let ending?: parts.append(ending.words)
    case nil where answers.last?.announcesClose == true: parts.append("announced the end of the connection")
    case nil: parts.append("kept the connection open")
    }
    return parts.joined(separator: " and ")
  }
}

extension ObservedAnswer {
  /// The answer in a few words, with the request it answers where the server shows it.
  var words: String {
    let interim =
      interims.prefix(6).map { "\($0), " }.joined() + (interims.count > 6 ? "\(interims.count - 6) more interim answers, " : "")
    guard let request = values(of: HTTPEcho.request).first else { return interim + "\(status)" }
    let content = echoedContentLength.map { $0 > 0 ? " with \($0) octets" : "" } ?? ""
    return interim + "\(status) to \"\(EscapedText.utf8(request.prefix(48)))\"\(content)"
  }
}
