import HTTPParse
import ProtocolTesting
import Testing
import WireBytes

@Suite("Kernels")
struct KernelTests {
  /// The classes as the grammar writes them, apart from the table and the vector code.
  private static let letters = ByteClass([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
  private static let token = letters.union(ByteClass(characters: "!#$%&'*+-.^_`|~"))
  private static let text = ByteClass([0x09...0x09, 0x20...0x7E, 0x80...0xFF])
  private static let name = letters.union(ByteClass(characters: "-._~!$&'()*+,;="))
  private static let query = name.union(ByteClass(characters: ":@/?"))

  private static func reference(_ run: HeadKernelRun) -> ByteClass {
    switch run {
    case .token: token
    case .text: text
    case .origin: query
    }
  }

  /// What the kernel should answer, one octet at a time.
  private static func end(_ run: HeadKernelRun, _ octets: [UInt8], from: Int) -> Int {
    let allowed = reference(run)
    return octets[from...].firstIndex { !allowed.contains($0) } ?? octets.count
  }

  @Test("the table of octet classes is the grammar's")
  func classes() {
    let pairs: [(OctetClass, ByteClass)] = [
      (.token, Self.token), (.text, Self.text), (.visible, ByteClass([0x21...0x7E])),
      (.rawTarget, ByteClass([0x21...0x7E, 0x80...0xFF])), (.registeredName, Self.name),
      (.userinfo, Self.name.union(ByteClass(characters: ":"))), (.path, Self.name.union(ByteClass(characters: ":@/"))),
      (.query, Self.query),
    ]
    for (table, reference) in pairs {
      for octet in UInt8.min...UInt8.max { #expect(table.contains(octet) == reference.contains(octet)) }
    }
  }

  @Test("every octet at every place of the first four blocks ends a run as the grammar says", arguments: HeadKernelRun.allCases)
  func everyOctet(run: HeadKernelRun) {
    var octets = [UInt8](repeating: 0x61, count: 70)
    for place in 0..<64 {
      for octet in UInt8.min...UInt8.max {
        octets[place] = octet
        let expected = Self.reference(run).contains(octet) ? octets.count : place
        if run.end(in: octets.span, from: 0) != expected { Issue.record("octet \(octet) at \(place)") }
      }
      octets[place] = 0x61
    }
  }

  @Test(
    "runs of all lengths from 0 to 400 at all offsets from 0 to 16 end where a plain loop ends, with up to three odd octets at seeded places",
    arguments: HeadKernelRun.allCases)
  func lengths(run: HeadKernelRun) {
    var generator = SeededGenerator(seed: 7)
    let odd: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x22, 0x25, 0x2F, 0x3A, 0x5E, 0x7E, 0x7F, 0x80, 0xFF]
    for length in 0...400 {
      var octets = [UInt8](repeating: 0x7A, count: length)
      for _ in 0..<(length % 4) {
        octets[Int.random(in: 0..<length, using: &generator)] = odd[Int.random(in: 0..<odd.count, using: &generator)]
      }
      for offset in 0...min(16, length) {
        let answer = run.end(in: octets.span, from: offset)
        if length < 16 {
          if answer != nil { Issue.record("length \(length) is below a block") }
        } else if answer != Self.end(run, octets, from: offset) {
          Issue.record("length \(length), offset \(offset): \(octets)")
        }
      }
    }
  }

  @Test(
    "a field has its effect in any case of its name, and no name one octet away from it has",
    arguments: [
      ("Content-Length", "5"), ("Transfer-Encoding", "chunked"), ("Connection", "close"), ("Upgrade", "x"), ("Expect", "100-continue"),
      ("Host", "b"),
    ])
  func names(name: String, value: String) throws {
    var variants = [name, name.lowercased(), name.uppercased()].map { Array($0.utf8) }
    for index in 0..<name.utf8.count {
      for change in [UInt8(0x01), 0x10, 0x20, 0x40] {
        variants.append(Array(name.utf8))
        variants[variants.count - 1][index] ^= change
      }
    }
    for variant in variants where ASCII.isToken(variant) {
      let upgrade = name == "Upgrade" ? "Connection: upgrade\r\n" : ""
      let octets = Array("GET / HTTP/1.1\r\nHost: a\r\n\(upgrade)".utf8) + variant + Array(": \(value)\r\n\r\n".utf8)
      var parser = RequestParser()
      var index = 0
      var hasEffect = false
      do {
        while let event = try parser.receive(octets.span, at: &index) {
          switch event {
          case .head(let head, let framing): hasEffect = framing != .none || head.expectsContinue
          case .end(let after): hasEffect = hasEffect || after != .continues
          case .content, .trailers: break
          }
        }
      } catch {
        hasEffect = error.code == .hostDuplicate
      }
      #expect(hasEffect == ASCII.equalsIgnoringCase(variant, name.utf8), "\(String(decoding: variant, as: UTF8.self))")
    }
  }
}
