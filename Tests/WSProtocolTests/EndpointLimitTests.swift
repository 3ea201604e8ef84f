import Testing
import WSProtocol

@Suite("Limits of an endpoint")
struct EndpointLimitTests {
  static let eleven = [UInt8](repeating: 0x61, count: 11)
  static let ten = Array(eleven.dropLast())

  static let sizeRows: [EndpointRow] = [
    EndpointRow(
      "F01: a sum that wraps, default limits", frame(0x02, "x") + hex("80 FF 7FFFFFFFFFFFFFFF 00000000"), .frameTooLong, at: 7, close: 1009,
      failsAfter: 21),
    EndpointRow(
      "F01: a sum beyond the highest limit", frame(0x02, "x") + hex("80 FF 7FFFFFFFFFFFFFFF 00000000"), .messageTooLong, at: 7, close: 1009,
      failsAfter: 21
    ).limited {
      $0.maximumFramePayloadBytes = .max
      $0.maximumMessageBytes = .max
    },
    EndpointRow(
      "F03: the longest length from the server", hex("82 7F 7FFFFFFFFFFFFFFF"), to: .client, .frameTooLong, close: 1009, failsAfter: 10),
    EndpointRow("F05: 16 GiB declared", hex("82 FF 0000000400000000 37FA213D"), .frameTooLong, close: 1009, failsAfter: 14),
    EndpointRow("F06: the longest length without a limit waits", hex("82 FF 7FFFFFFFFFFFFFFF 37FA213D 00 00"), []).limited {
      $0.maximumFramePayloadBytes = .max
      $0.maximumMessageBytes = .max
    },
    EndpointRow("a frame at the limit", frame(0x82, ten), [.message(Message(.binary, ten))]).limited { $0.maximumFramePayloadBytes = 10 },
    EndpointRow("a frame over the limit", frame(0x82, eleven), .frameTooLong, close: 1009, failsAfter: 6).limited {
      $0.maximumFramePayloadBytes = 10
    },
    EndpointRow("F13: one frame over the message limit", frame(0x82, eleven), .messageTooLong, close: 1009, failsAfter: 6).limited {
      $0.maximumMessageBytes = 10
    },
    EndpointRow("F13: the first fragment over it", frame(0x01, eleven), .messageTooLong, close: 1009, failsAfter: 6).limited {
      $0.maximumMessageBytes = 10
    },
    EndpointRow("F08, F13: the sum over it", frame(0x02, ten) + frame(0x00, "b"), .messageTooLong, at: 16, close: 1009, failsAfter: 22)
      .limited {
        $0.maximumMessageBytes = 10
      },
    EndpointRow(
      "the sum at it, and a new sum", frame(0x02, "abcde") + frame(0x80, "fghij") + frame(0x82, ten),
      [.message(Message(.binary, Array("abcdefghij".utf8))), .message(Message(.binary, ten))]
    ).limited { $0.maximumMessageBytes = 10 },
    EndpointRow(
      "control frames do not count", frame(0x02, ten) + frame(0x89, eleven) + frame(0x80), [.ping(eleven), .message(Message(.binary, ten))]
    )
    .limited {
      $0.maximumMessageBytes = 10
      $0.maximumFramePayloadBytes = 10
    },
  ]

  @Test("of size end with 1009 at the header", arguments: sizeRows)
  func size(row: EndpointRow) { check(row) }

  static func repeated(_ count: Int, _ octets: [UInt8]) -> [UInt8] { (0..<count).flatMap { _ in octets } }

  static let fragmentsRows: [EndpointRow] = [
    EndpointRow(
      "as many fragments as allowed", frame(0x02, "a") + frame(0x00, "b") + frame(0x80, "c"),
      [.message(Message(.binary, Array("abc".utf8)))]
    ).limited { $0.maximumFragments = 3 },
    EndpointRow(
      "F09: one fragment more", frame(0x02, "a") + frame(0x00, "b") + frame(0x80, "c"), .tooManyFragments, at: 14, close: 1008,
      failsAfter: 20
    )
    .limited { $0.maximumFragments = 2 },
    EndpointRow("no fragment is allowed, not even one", frame(0x82, "abcd"), .tooManyFragments, close: 1008, failsAfter: 6).limited {
      $0.maximumFragments = 0
    },
    EndpointRow("the mean counts from the first fragment", frame(0x82, "abc"), .fragmentsTooSmall, close: 1008, failsAfter: 6).limited {
      $0.fragmentsBeforeMeanRule = 0
      $0.minimumMeanFragmentBytes = 4
    },
    EndpointRow(
      "F10: too small on average", frame(0x02, "abcd") + frame(0x00, "abcd") + frame(0x00, "abc"), .fragmentsTooSmall, at: 20, close: 1008,
      failsAfter: 26
    ).limited {
      $0.fragmentsBeforeMeanRule = 2
      $0.minimumMeanFragmentBytes = 4
    },
    EndpointRow(
      "just large enough on average", frame(0x02, "abcd") + frame(0x00, "abcd") + frame(0x80, "abcd"),
      [.message(Message(.binary, Array("abcdabcdabcd".utf8)))]
    ).limited {
      $0.fragmentsBeforeMeanRule = 2
      $0.minimumMeanFragmentBytes = 4
    },
    EndpointRow("small before the mean counts", frame(0x02, "a") + frame(0x80, "b"), [.message(Message(.binary, Array("ab".utf8)))]).limited
    {
      $0.fragmentsBeforeMeanRule = 2
    },
    EndpointRow(
      "F11: empty fragments from the server, by default 64", hex("01 00") + repeated(64, hex("00 00")), to: .client,
      .tooManyEmptyFragments, at: 128, close: 1008, failsAfter: 130),
    EndpointRow(
      "64 empty fragments and a last one", hex("01 00") + repeated(63, hex("00 00")) + hex("80 00"), to: .client,
      [EndpointMessageTests.text("")]),
    EndpointRow(
      "an octet ends the row of empty fragments", frame(0x02) + frame(0x00) + frame(0x00, "a") + frame(0x00) + frame(0x00) + frame(0x80),
      [.message(Message(.binary, Array("a".utf8)))]
    ).limited { $0.maximumEmptyFragmentsInARow = 2 },
    EndpointRow(
      "F11: a ping does not", frame(0x02) + frame(0x00) + frame(0x89) + frame(0x00), after: [.ping([])], .tooManyEmptyFragments, at: 18,
      close: 1008, failsAfter: 24
    ).limited { $0.maximumEmptyFragmentsInARow = 2 },
  ]

  @Test("of fragmentation end with 1008 at the header", arguments: fragmentsRows)
  func fragments(row: EndpointRow) { check(row) }

  @Test("F10: end a flood of single octets after 1,024 fragments by default")
  func singleOctets() throws {
    let endpoint = TestedEndpoint(.server)
    #expect(endpoint.receive(frame(0x02, "a") + Self.repeated(1023, frame(0x00, "a"))) == [])
    #expect(endpoint.heldOctets == 1024)
    #expect(endpoint.receive(frame(0x00, "a")) == [.failed(WSError(.fragmentsTooSmall, offset: 0))])
    let error = try #require(endpoint.failure)
    #expect(error.offset == 1024 * 7)
    #expect(error.limit == 16)
    #expect(error.actual == 1)
  }

  @Test("let the usual suites' 65,536 fragments of 64 octets pass")
  func conformanceSuite() {
    let endpoint = TestedEndpoint(.client)
    let part = frame(0x00, [UInt8](repeating: 7, count: 64), from: .server)
    #expect(endpoint.receive(frame(0x02, from: .server)) == [])
    for _ in 0..<256 { #expect(endpoint.receive(Self.repeated(256, part)) == []) }
    #expect(endpoint.heldOctets == 4 << 20)
    #expect(endpoint.receive(hex("80 00")).count == 1)
    #expect(endpoint.heldOctets == 0)
  }

  @Test("tell both numbers")
  func numbers() throws {
    let endpoint = TestedEndpoint(.server)
    endpoint.receive(hex("82 FF 0000000400000000 37FA213D"))
    let error = try #require(endpoint.failure)
    #expect(error.limit == 16 << 20)
    #expect(error.actual == 16 << 30)
  }

  @Test("F05: hold octets that came, never octets that were declared")
  func held() {
    let endpoint = TestedEndpoint(.server)
    endpoint.receive(hex("82 FF 0000000001000000 37FA213D"))
    #expect(endpoint.failure == nil)
    #expect(endpoint.heldOctets == 0)
    endpoint.receive([1, 2, 3])
    #expect(endpoint.heldOctets == 3)
    endpoint.receive(hex("83"))
    #expect(endpoint.heldOctets == 4)
  }

  static let controlRows: [EndpointRow] = [
    EndpointRow("F30: as many as the burst", repeated(3, frame(0x8A)), [.pong([]), .pong([]), .pong([])]).limited {
      $0.controlFrameBurst = 3
    },
    EndpointRow(
      "F30: one pong more", repeated(3, frame(0x8A)) + frame(0x8A, "x"), after: [.pong([]), .pong([]), .pong([])], .tooManyControlFrames,
      at: 24, close: 1008
    ).limited { $0.controlFrameBurst = 3 },
    EndpointRow(
      "F29: pings and pongs share it", frame(0x89) + frame(0x8A) + frame(0x89), after: [.ping([]), .pong([])], .tooManyControlFrames,
      at: 18,
      close: 1008
    ).limited { $0.controlFrameBurst = 2 },
    EndpointRow("data does not use it", repeated(5, frame(0x81)), [Endpoint.Event](repeating: EndpointMessageTests.text(""), count: 5))
      .limited {
        $0.controlFrameBurst = 0
      },
  ]

  @Test("of control frames end with 1008", arguments: controlRows)
  func control(row: EndpointRow) { check(row) }

  struct Rhythm: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The pauses before each frame, in milliseconds, repeated over and over.
    let pauses: [Int]
    let isWithin: Bool
  }

  /// A minute of pings; the default is 200 at once and 50 per second.
  @Test(
    "of control frames admit 50 per second in any rhythm",
    arguments: [
      Rhythm(testDescription: "one every 20 ms", pauses: [20], isWithin: true),
      Rhythm(testDescription: "two every 40 ms, one millisecond early and late", pauses: [39, 0, 41, 0], isWithin: true),
      Rhythm(testDescription: "45 per second, unevenly", pauses: [39, 0, 49, 1], isWithin: true),
      Rhythm(testDescription: "200 every 4 s", pauses: [4000] + [Int](repeating: 0, count: 199), isWithin: true),
      Rhythm(testDescription: "one every 15 ms", pauses: [15], isWithin: false),
      Rhythm(testDescription: "201 at once", pauses: [0], isWithin: false),
    ])
  func rate(rhythm: Rhythm) {
    let endpoint = TestedEndpoint(.server)
    var now = 0
    var index = 0
    while now < 60_000, endpoint.failure == nil, index < 5000 {
      now += rhythm.pauses[index % rhythm.pauses.count]
      endpoint.receive(frame(0x8A), at: .milliseconds(now))
      index += 1
    }
    #expect(endpoint.failure?.code == (rhythm.isWithin ? nil : .tooManyControlFrames), "after \(index) frames, \(now) ms")
  }

  @Test("of control frames are not saved up beyond the burst")
  func savedUp() {
    let endpoint = TestedEndpoint(.server)
    #expect(endpoint.receive(frame(0x8A)) == [.pong([])])
    #expect(endpoint.receive(Self.repeated(200, frame(0x8A)), at: .seconds(3600)).count == 200)
    #expect(endpoint.receive(frame(0x8A), at: .seconds(3600)) == [.failed(WSError(.tooManyControlFrames, offset: 0))])
  }
}
