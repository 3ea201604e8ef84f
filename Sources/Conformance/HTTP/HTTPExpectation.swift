/// What is acceptable in an HTTP case: outcomes, each a list of conditions that hold together, in four classes.
///
/// An outcome that is not listed is a fault. Some standing rules hold for every case; `HTTPJudging` has them.
public struct HTTPExpectation: Sendable, Equatable {
  /// What an outcome means.
  public enum Class: String, Sendable, CaseIterable {
    /// What a conforming, careful server does.
    case required
    /// Allowed by a MAY or a SHOULD, or harmless hardening.
    case tolerated
    /// Breaks the requirement.
    case fault
    /// Breaks it so that peers lose step with each other, or content acts as control.
    case security
  }

  /// One possible outcome.
  public struct Outcome: Sendable, Equatable {
    /// What it means.
    public let meaning: Class
    /// What has to hold, all of it.
    public let conditions: [HTTPCondition]

    /// Creates an outcome.
    public init(_ meaning: Class, _ conditions: [HTTPCondition]) {
      self.meaning = meaning
      self.conditions = conditions
    }

    /// The outcome in words.
    var words: String { conditions.map(\.words).joined(separator: ", ") }
  }

  /// The outcomes, the better first within each class.
  public let outcomes: [Outcome]
  /// Status codes that count as an answer in this case though they refuse the request elsewhere, such as 501 where methods are tested.
  public let answerStatuses: Set<Int>

  /// Creates an expectation.
  public init(_ outcomes: [Outcome], answerStatuses: Set<Int> = []) {
    self.outcomes = outcomes
    self.answerStatuses = answerStatuses
  }

  /// The outcomes of one class.
  func outcomes(_ meaning: Class) -> [Outcome] { outcomes.filter { $0.meaning == meaning } }

  /// What is required, in words.
  var requiredWords: String { outcomes(.required).map(\.words).joined(separator: "; or ") }

  /// The expectation in words, one line each.
  public var words: [String] {
    outcomes.map { $0.meaning == .required ? $0.words : "\($0.words) (\($0.meaning.rawValue))" }
  }
}

/// Something that has to hold of an exchange.
///
/// What a server read is seen only if it says so: see ``HTTPEcho``.
public enum HTTPCondition: Sendable, Equatable {
  /// So many requests were answered, none of them refused; the sentinel counts, interim answers do not.
  case answers(Int)
  /// The first request was not refused.
  case accepted
  /// The first final answer has a status code in this range, and nothing but the sentinel was answered besides.
  case status(ClosedRange<Int>)
  /// After the answers that are counted came one more, with this status code.
  case thenStatus(Int)
  /// There was no final answer, nor any other octets.
  case noAnswer
  /// Octets came that are no answer of HTTP/1.1, and no answer.
  case noHTTP
  /// Octets came that belong to no answer.
  case strayOctets
  /// The connection ended, or the last answer announced its end.
  case closed
  /// The connection stayed open.
  case open
  /// The server read this content in the first request.
  case content(Payload)
  /// The server read so many octets of content in the first request.
  case contentLength(Int)
  /// The server read a field in the first request; its lines joined by commas have the value, unless it is `nil`.
  case field(String, Payload?)
  /// The server read no field of this name in the first request.
  case fieldAbsent(String)
  /// The server read a trailer in the first request, apart from the fields; its lines joined by commas have the value.
  case trailer(String, Payload)
  /// The targets of the requests the server answered, in order.
  case targets([String])
  /// The server shows that it answered a request for this target.
  case answered(String)
  /// An interim answer with this status code came before the first final one, and before the wait for it was over.
  case interim(Int)
  /// No interim answer came.
  case noInterim
  /// Any final answer has a status code in the range and lacks a field of this name.
  case answerLacks(String, in: ClosedRange<Int>)
  /// Any final answer has a field of this name, and in its value these octets.
  case answerHas(String, containing: Payload)
  /// Any answer has this status code.
  case anyStatus(Int)
  /// This text stands in the head or the content of the first final answer.
  case shows(String)

  /// The condition in words.
  var words: String {
    switch self {
    case .answers(let count): count == 1 ? "one request answered" : "\(count) requests answered"
    case .accepted: "the request answered"
    case .status(let range): "status \(range.words)"
    case .thenStatus(let status): "then status \(status)"
    case .noAnswer: "no answer"
    case .noHTTP: "octets that are not HTTP/1.1"
    case .strayOctets: "octets that belong to no answer"
    case .fieldAbsent(let name): "no field \(name.prefix(48)) read"
    case .closed: "the connection closed"
    case .open: "the connection open"
    case .content(let payload): "content \(payload.words) read"
    case .contentLength(let length): "\(length) octets of content read"
    case .field(let name, let value): "field \(name) read" + (value.map { " as \($0.words)" } ?? "")
    case .trailer(let name, let value): "trailer \(name) read as \(value.words)"
    case .targets(let targets): "in the order \(targets.joined(separator: ", "))"
    case .answered(let target): "a request for \(target) answered"
    case .interim(let status): "status \(status) first"
    case .noInterim: "no interim answer"
    case .answerLacks(let name, let range): "an answer \(range.words) without \(name)"
    case .answerHas(let name, let part): "an answer with \(name)" + (part.count > 0 ? " holding \(part.words)" : "")
    case .anyStatus(let status): "an answer \(status)"
    case .shows(let text): "\"\(text)\" in the answer"
    }
  }
}

extension ClosedRange<Int> {
  /// The range of status codes in words: `400`, or `4xx`, or `200 to 499`.
  var words: String {
    if lowerBound == upperBound { return "\(lowerBound)" }
    return lowerBound % 100 == 0 && upperBound == lowerBound + 99 ? "\(lowerBound / 100)xx" : "\(lowerBound) to \(upperBound)"
  }
}
