/// Octets, and how they are delivered, as the row files write them; `requests.txt` explains the notation.
public enum Notation {
  /// One part of a row's notation.
  public enum Part: Equatable, Sendable {
    /// Octets.
    case octets([UInt8])
    /// Octets many times over.
    case repeated([UInt8], count: Int)
    /// The sentinel request.
    case next
    /// The end of the input.
    case end
    /// From here on one octet per write.
    case bytewise
    /// From here on one octet, and then a wait of so many milliseconds.
    case drip(milliseconds: Int)
    /// A wait of so many milliseconds.
    case pause(milliseconds: Int)
    /// A wait for an interim or a final answer.
    case interim
    /// A wait for a final answer.
    case answer
  }

  private static let sentinel = "GET /sentinel HTTP/1.1\\r\\nHost: h1.test\\r\\nConnection: close\\r\\n\\r\\n"

  /// The parts of a text in the notation.
  public static func parts(_ text: String) -> [Part] {
    var parts: [Part] = []
    var literal: [UInt8] = []
    func endLiteral() {
      if !literal.isEmpty { parts.append(.octets(literal)) }
      literal = []
    }
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      if octet == 0x5B, let close = rest.firstIndex(of: 0x5D) {
        let inner = String(decoding: rest[..<close], as: UTF8.self)
        rest = rest[(close + 1)...]
        if let numbered = numbered(inner) {
          literal += numbered
        } else if let part = part(inner) {
          endLiteral()
          parts.append(part)
        }
      } else if octet == 0x5C, let escape = rest.popFirst() {
        switch escape {
        case 0x72: literal.append(0x0D)
        case 0x6E: literal.append(0x0A)
        case 0x74: literal.append(0x09)
        case 0x78:
          literal.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
          rest = rest.dropFirst(2)
        default: literal.append(escape)
        }
      } else {
        literal.append(octet)
      }
    }
    endLiteral()
    return parts
  }

  /// The octets of a text in the notation, and whether they are the whole input; waits are left out.
  public static func octets(_ text: String) -> (octets: [UInt8], endsInput: Bool) {
    var result: [UInt8] = []
    var endsInput = false
    for part in parts(text) {
      switch part {
      case .octets(let octets): result += octets
      case .repeated(let octets, let count): for _ in 0..<count { result += octets }
      case .next: result += octets(sentinel).octets
      case .end: endsInput = true
      case .bytewise, .drip, .pause, .interim, .answer: break
      }
    }
    return (result, endsInput)
  }

  /// What stands in brackets, but for a series.
  private static func part(_ inner: String) -> Part? {
    let words = inner.split(separator: " ")
    switch words.first {
    case "next" where words.count == 1: return .next
    case "end" where words.count == 1: return .end
    case "bytewise" where words.count == 1: return .bytewise
    case "interim" where words.count == 1: return .interim
    case "answer" where words.count == 1: return .answer
    case "pause" where words.count == 2: return Int(words[1]).map { .pause(milliseconds: $0) }
    case "drip" where words.count == 2: return Int(words[1]).map { .drip(milliseconds: $0) }
    default:
      guard let star = inner.firstIndex(of: "*"), let count = Int(inner[..<star]) else { return nil }
      return .repeated(octets(String(inner[inner.index(after: star)...])).octets, count: count)
    }
  }

  /// A series, its members numbered from 1.
  private static func numbered(_ inner: String) -> [UInt8]? {
    guard let mark = inner.firstIndex(of: "#"), let count = Int(inner[..<mark]) else { return nil }
    let member = inner[inner.index(after: mark)...].split(separator: "#", omittingEmptySubsequences: false).map {
      octets(String($0)).octets
    }
    return (1...max(1, count)).flatMap { number in Array(member.joined(separator: Array("\(number)".utf8))) }
  }
}
