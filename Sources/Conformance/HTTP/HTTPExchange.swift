import HTTPParse

/// What came back over one connection, as recorded by `HTTPObserver`.
struct HTTPExchange: Sendable {
  /// The complete final answers in order.
  var answers: [ObservedAnswer] = []
  /// Octets that belong to no answer.
  var strayOctets = LoggedOctets()
  /// The requirements that the answers break, in order.
  var violations: [HTTPViolation] = []
  /// How the connection ended; `nil` while it is open.
  var ending: TransportEnding?
  /// Whether a wait of the program for an answer ended without one.
  var missedWait = false

  /// Whether the connection has ended, or is known to end.
  var isClosed: Bool { ending != nil || answers.last?.announcesClose == true }
  /// Whether the server answered after it had said that it would close.
  var goesOnAfterClose: Bool { answers.dropLast().contains { $0.options(of: "Connection").contains("close") } }
}

/// One final answer and the interim answers before it.
struct ObservedAnswer: Sendable {
  var status = 0
  var isHTTP10 = false
  var interims: [Int] = []
  var fields: [ObservedField] = []
  var content: [UInt8] = []
  var contentCount: UInt64 = 0

  /// The most octets of content that are kept.
  static let keptContentBytes = 4096

  /// The values of the lines named `name`, in order.
  func values(of name: String) -> [[UInt8]] { fields.filter { $0.isNamed(name) }.map(\.value) }

  /// The elements of a comma-separated list, in lower case.
  func options(of name: String) -> [String] {
    values(of: name).flatMap { $0.split(separator: 0x2C) }
      .map { String(decoding: ASCII.trimmed($0), as: UTF8.self).lowercased() }
      .filter { !$0.isEmpty }
  }

  /// Whether the server ends the connection after this answer.
  var announcesClose: Bool {
    let options = options(of: "Connection")
    return options.contains("close") || isHTTP10 && !options.contains("keep-alive")
  }
}

/// A field line as it was received, lines that were folded joined.
struct ObservedField: Sendable, Equatable {
  let name: [UInt8]
  var value: [UInt8]

  func isNamed(_ name: String) -> Bool { ASCII.equalsIgnoringCase(self.name, name.utf8) }
}

/// A requirement that an answer breaks, whatever the case was about.
struct HTTPViolation: Sendable, Equatable {
  /// What the peer did, after "the server".
  let words: String
  let requirement: Requirement

  init(_ words: String, section: String, rfc: Int = 9112) {
    self.words = words
    requirement = Requirement(rfc: rfc, section: section)
  }
}

/// Numbers as answers write them.
enum WireNumber {
  /// The value of a run of digits, or `nil` if it is empty, has other octets or does not fit.
  static func value(_ digits: some Collection<UInt8>, radix: UInt64 = 10) -> UInt64? {
    guard !digits.isEmpty else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      let units: UInt64
      switch digit {
      case 0x30...0x39: units = UInt64(digit - 0x30)
      case 0x41...0x46 where radix == 16: units = UInt64(digit - 0x37)
      case 0x61...0x66 where radix == 16: units = UInt64(digit - 0x57)
      default: return nil
      }
      let (product, overflows) = value.multipliedReportingOverflow(by: radix)
      let (sum, carries) = product.addingReportingOverflow(units)
      if overflows || carries { return nil }
      value = sum
    }
    return value
  }
}
