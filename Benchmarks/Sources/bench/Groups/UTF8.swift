import BenchHarness
import CBench

/// The whole-buffer contenders: ours, the peers, and the standard library.
private func validators(_ setting: Setting) -> [Contender] {
  [.ours("UTF8Validator", validateKernel)] + setting.peers["utf8"] + [
    Contender(name: "Swift UTF8Span", isOurs: false, work: .kernel(validateSpanKernel), transcribe: nil),
    Contender(name: "Swift String", isOurs: false, work: .kernel(validateStringKernel), transcribe: nil),
  ]
}

extension GroupPlan {
  static var utf8: GroupPlan {
    GroupPlan("utf8", "UTF-8 of a whole buffer; an item is one buffer", targets: wholeTargets) { setting in
      let contenders = validators(setting)
      let remarks = misjudgements(of: contenders, pieces: nil)
      return [16 << 10, 64].flatMap { size in
        Script.allCases.map { script in
          Contest(
            name: "\(script.rawValue), \(sizeName(size))", workspace: Workspace(script.text(octets: size)), octetsPerItem: Double(size),
            expected: 1, remarks: remarks, contenders: contenders)
        }
      }
    }
  }

  private static let wholeTargets: [Target] = {
    var targets = [
      Target("ascii, 16 KiB", .gigabytesPerSecond(80)), Target("ascii, 16 KiB", .times(1.5, peer: "Swift UTF8Span")),
      Target("ascii, 16 KiB", .times(0.75, peer: "simdutf8")), Target("ascii, 64 B", .gigabytesPerSecond(10)),
    ]
    for script in Script.allCases.dropFirst() {
      let row = "\(script.rawValue), 16 KiB"
      targets += [
        Target(row, .gigabytesPerSecond(isAVX2 ? 13 : 5.5)), Target(row, .times(isAVX2 ? 1.1 : 0.45, peer: "simdjson")),
        Target(row, .times(isAVX2 ? 0.7 : 0.3, peer: "simdutf8")), Target("\(script.rawValue), 64 B", .gigabytesPerSecond(3.5)),
      ]
    }
    for script in ["latin2", "cjk", "mixed"] {
      targets += ["Swift UTF8Span", "Rust std"].map { Target("\(script), 16 KiB", .times(3, peer: $0)) }
    }
    targets += [
      Target("cjk, 16 KiB", .times(2.5, peer: "Beast")), Target("cjk, 16 KiB", .times(9, peer: "websocketpp")),
    ]
    return targets
  }()

  static var utf8Pieces: GroupPlan {
    GroupPlan(
      "utf8-pieces", "UTF-8 of 16 KiB that comes in pieces cut anywhere; an item is the whole"
    ) { setting in
      let contenders = [Contender.ours("UTF8Validator", validatePiecesKernel)] + setting.peers["utf8 pieces"]
      let remarks = misjudgements(of: contenders, pieces: 7)
      return [125, 1000].flatMap { size in
        Script.allCases.map { script in
          let text = script.text(octets: 16 << 10)
          let ends = Array(stride(from: size, to: text.count, by: size)) + [text.count]
          return Contest(
            name: "\(script.rawValue), \(sizeName(size))", workspace: Workspace(text, ends: ends), octetsPerItem: Double(text.count),
            expected: 1, remarks: remarks, contenders: contenders)
        }
      }
    }
  }

  /// The octets at which the rules of UTF-8 change (RFC 3629 §4).
  private static let turningPoints: [UInt8] = [
    0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5,
    0xFF,
  ]

  /// What is wrong with validators, over texts with one to four octets in a row changed; what is right the standard library says.
  private static func misjudgements(of contenders: [Contender], pieces: Int?) -> [String: String] {
    var generator = Generator(seed: 9)
    var misjudged: [String: Int] = [:]
    let rounds = 5000
    for round in 0..<rounds {
      var text = Script.mixed.text(octets: Int.random(in: 4...200, using: &generator), seed: UInt64(round))
      let place = Int.random(in: 0..<text.count, using: &generator)
      for index in text.indices[place...].prefix(Int.random(in: 1...4, using: &generator)) {
        text[index] = turningPoints.randomElement(using: &generator) ?? 0
      }
      let workspace = Workspace(text, ends: pieces.map { Array(stride(from: $0, to: text.count, by: $0)) + [text.count] })
      let isValid: UInt64 = String(validating: text, as: UTF8.self) == nil ? 0 : 1
      for contender in contenders {
        guard case .kernel(let kernel) = contender.work else { continue }
        if kernel(workspace.input) != isValid { misjudged[contender.name, default: 0] += 1 }
      }
    }
    return misjudged.mapValues { "misjudges \($0) of \(rounds) texts" }
  }
}
