/// A property with its name, as the fuzz driver, the scripts and the tests know it.
package struct FuzzTarget: Sendable {
  /// The id, such as "T12".
  package let id: String
  /// What it checks, in one line.
  package let summary: String
  /// The longest input worth trying, in octets.
  package let maximumLength: Int
  /// How many control octets stand at the end of an input.
  package let controlBytes: Int
  /// Checks one input.
  package let check: @Sendable ([UInt8]) throws(OracleFailure) -> Void

  /// Every target, in the order of its id; the canary, whose bug is planted, stands last.
  package static let all: [FuzzTarget] = [
    FuzzTarget(
      id: "T01", summary: "frame headers, rules, unmasking, frame decoder: model of RFC 6455 §5, every cut", maximumLength: 4096,
      controlBytes: 3,
      check: { octets throws(OracleFailure) in try FrameProperty.check(octets) }),
    FuzzTarget(
      id: "T02", summary: "endpoint receiving: messages, close codes, answers, limits; model of RFC 6455, every cut", maximumLength: 8192,
      controlBytes: 4, check: { octets throws(OracleFailure) in try MessageProperty.check(octets) }),
    FuzzTarget(
      id: "T03", summary: "endpoint sending: reads back as meant, shortest lengths, masked", maximumLength: 4096, controlBytes: 3,
      check: { octets throws(OracleFailure) in try EncodingProperty.check(octets) }),
    FuzzTarget(
      id: "T04", summary: "UTF-8 validator: table of RFC 3629, standard library, every cut", maximumLength: 512, controlBytes: 2,
      check: { octets throws(OracleFailure) in try TextEncodingProperty.check(octets) }),
    FuzzTarget(
      id: "T05", summary: "masking: octet by octet, involution, in parts", maximumLength: 1024, controlBytes: 5,
      check: { octets throws(OracleFailure) in try MaskingProperty.check(octets) }),
    FuzzTarget(
      id: "T09", summary: "handshake lists: grammar of RFC 6455 §9.1 and RFC 7692 §7.1, printing", maximumLength: 2048, controlBytes: 0,
      check: { octets throws(OracleFailure) in try ListProperty.check(octets) }),
    FuzzTarget(
      id: "T10", summary: "server handshake: conditions of RFC 6455 §4.2, the response, every cut", maximumLength: 8192, controlBytes: 3,
      check: { octets throws(OracleFailure) in try ServerHandshakeProperty.check(octets) }),
    FuzzTarget(
      id: "T11", summary: "client handshake: conditions of RFC 6455 §4.1, every cut", maximumLength: 8192, controlBytes: 3,
      check: { octets throws(OracleFailure) in try ClientHandshakeProperty.check(octets) }),
    FuzzTarget(
      id: "T12", summary: "request parser: model of RFC 9112, every cut, limits, smuggling", maximumLength: 8192, controlBytes: 4,
      check: { octets throws(OracleFailure) in try RequestProperty.check(octets) }),
    FuzzTarget(
      id: "T13", summary: "response parser: model of RFC 9112, every cut, limits, what was sent", maximumLength: 8192, controlBytes: 5,
      check: { octets throws(OracleFailure) in try ResponseProperty.check(octets) }),
    FuzzTarget(
      id: "T14", summary: "chunked decoder: model of RFC 9112 §7.1, every cut, caps, octets taken", maximumLength: 2048, controlBytes: 4,
      check: { octets throws(OracleFailure) in try ChunkProperty.check(octets) }),
    FuzzTarget(
      id: "T15", summary: "serializer: reads back as one message, no injection", maximumLength: 4096, controlBytes: 2,
      check: { octets throws(OracleFailure) in try SerializingProperty.check(octets) }),
    FuzzTarget(
      id: "T16", summary: "URLs and Host fields: model of RFC 3986, printing", maximumLength: 1024, controlBytes: 0,
      check: { octets throws(OracleFailure) in try URLProperty.check(octets) }),
    FuzzTarget(
      id: "canary", summary: "a planted bug that must be found", maximumLength: 64, controlBytes: 0,
      check: { octets throws(OracleFailure) in try CanaryProperty.check(octets) }),
  ]

  /// The failure for one input, or `nil`.
  package func failure(for octets: [UInt8]) -> OracleFailure? {
    do throws(OracleFailure) {
      try check(octets)
      return nil
    } catch {
      return error
    }
  }
}
