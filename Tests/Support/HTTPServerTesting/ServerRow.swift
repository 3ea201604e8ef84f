public import Conformance
import HTTPRows

/// A row of `servers.txt` as a case.
public struct ServerRow: Sendable, CustomStringConvertible {
  /// The case; its id is that of the row.
  public let conformanceCase: ConformanceCase
  /// The expectations, by class, as they are written.
  public let outcomes: [String]

  /// All rows; empty if the files cannot be read.
  public static let all: [ServerRow] = {
    let octets = Dictionary(uniqueKeysWithValues: RowText.requests.map { ($0.id, $0.notation) })
    return RowText.servers.compactMap { row in
      ServerRow(row, notation: row.notation.isEmpty ? octets[row.id] ?? "" : row.notation)
    }
  }()

  /// The id and the title.
  public var description: String { "\(conformanceCase.id) \(conformanceCase.title)" }

  /// The row with this id, or `nil`.
  public static func find(_ id: String) -> ServerRow? { all.first { $0.conformanceCase.id == id } }

  private init?(_ row: RowText, notation: String) {
    guard let requirement = Self.requirement(row.words("rule").first ?? ""), let steps = Self.steps(notation) else { return nil }
    var outcomes: [HTTPExpectation.Outcome] = []
    for (key, meaning) in [("due", HTTPExpectation.Class.required), ("fine", .tolerated), ("wrong", .fault), ("danger", .security)] {
      for words in row.words(key) {
        guard let conditions = Self.conditions(words) else { return nil }
        outcomes.append(.init(meaning, conditions))
      }
    }
    let methods = row.words("sent").flatMap { $0.split(separator: " ").map(String.init) }
    let answerStatuses = row.words("also").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    self.outcomes = ["due", "fine", "wrong", "danger"].flatMap { key in row.words(key).map { "\(key) \($0)" } }
    conformanceCase = ConformanceCase(
      id: row.id, title: RowRegister.title(of: row.id), purpose: RowRegister.title(of: row.id), requirement: requirement,
      script: .http(HTTPProgram(steps, methods: methods), HTTPExpectation(outcomes, answerStatuses: Set(answerStatuses))),
      isTimed: !row.words("slow").isEmpty)
  }

  /// `must, RFC 9112 §3; …`; the first section counts.
  private static func requirement(_ words: String) -> Requirement? {
    let parts = words.split(separator: ", ", maxSplits: 1)
    let citation = parts.last?.split(separator: ";").first?.split(separator: " ") ?? []
    guard parts.count == 2, let level = RequirementLevel(rawValue: String(parts[0])), citation.count == 3, let rfc = Int(citation[1]) else {
      return nil
    }
    return Requirement(rfc: rfc, section: String(citation[2].dropFirst()), level: level)
  }

  private static func steps(_ notation: String) -> [HTTPStep]? {
    let parts = Notation.parts(notation)
    var steps: [HTTPStep] = []
    var delivery = Delivery.together
    var interval: Duration?
    for part in parts {
      let payload: Payload
      switch part {
      case .octets(let octets): payload = .octets(octets)
      case .repeated(let octets, let count): payload = .repeated(octets, count: octets.count * count)
      case .next:
        steps.append(.sentinel(host: "h1.test"))
        continue
      case .end:
        steps.append(.endOfInput)
        continue
      case .bytewise:
        delivery = .pieces(of: 1)
        continue
      case .drip(let milliseconds):
        interval = .milliseconds(milliseconds)
        continue
      case .pause(let milliseconds):
        steps.append(.pause(.milliseconds(milliseconds)))
        continue
      case .interim:
        steps.append(.awaitInterim)
        continue
      case .answer:
        steps.append(.awaitAnswer)
        continue
      }
      steps.append(interval.map { .drip(payload, every: $0) } ?? .send(payload, delivery))
    }
    return steps.isEmpty ? nil : steps
  }

  /// Conditions as `servers.txt` writes them; `nil` if they are not understood.
  private static func conditions(_ words: String) -> [HTTPCondition]? {
    var conditions: [HTTPCondition] = []
    for part in words.split(separator: " and ") {
      guard let some = condition(String(part)) else { return nil }
      conditions += some
    }
    return conditions
  }

  private static func condition(_ text: String) -> [HTTPCondition]? {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    switch words[0] {
    case "answers": return Int(rest).map { [.answers($0)] }
    case "accepted": return [.accepted]
    case "then": return Int(rest).map { [.thenStatus($0)] }
    case "nothing": return [.noAnswer]
    case "not": return rest == "http" ? [.noHTTP] : nil
    case "stray": return [.strayOctets]
    case "close": return [.closed]
    case "open": return [.open]
    case "content": return content(rest)
    case "field": return [named(rest).map { .field($0, $1) } ?? .field(rest, nil)]
    case "trailer": return named(rest).map { [.trailer($0, $1)] }
    case "without":
      guard rest.hasPrefix("field ") else { return nil }
      return [.fieldAbsent(String(decoding: Notation.octets(String(rest.dropFirst(6))).octets, as: UTF8.self))]
    case "targets": return [.targets(rest.split(separator: " ").map(String.init))]
    case "answered": return [.answered(rest)]
    case "interim": return Int(rest).map { [.interim($0)] }
    case "no": return rest == "interim" ? [.noInterim] : nil
    case "any": return Int(rest).map { [.anyStatus($0)] }
    case "has": return [named(rest).map { .answerHas($0, containing: $1) } ?? .answerHas(rest, containing: .empty)]
    case "lacks":
      let parts = rest.split(separator: " ").map(String.init)
      return parts.count == 2 ? range(parts[1]).map { [.answerLacks(parts[0], in: $0)] } : nil
    case "shows": return [.shows(rest)]
    default: return words.count == 1 ? range(text).map { [.status($0)] } : nil
    }
  }

  private static func content(_ text: String) -> [HTTPCondition]? {
    if text.hasPrefix("length ") { return Int(text.dropFirst(7)).map { [.contentLength($0)] } }
    return [.content(.octets(Notation.octets(text).octets))]
  }

  /// `NAME: VALUE`, the value in the notation.
  private static func named(_ text: String) -> (String, Payload)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let value = text[text.index(after: colon)...].drop { $0 == " " }
    return (String(text[..<colon]), .octets(Notation.octets(String(value)).octets))
  }

  /// `400`, `4xx` or `200-499`.
  private static func range(_ text: String) -> ClosedRange<Int>? {
    if text.hasSuffix("xx"), let hundreds = Int(text.dropLast(2)) { return (hundreds * 100)...(hundreds * 100 + 99) }
    let bounds = text.split(separator: "-").compactMap { Int($0) }
    guard let first = bounds.first, let last = bounds.last, first >= 100, first <= last else { return nil }
    return first...last
  }
}
