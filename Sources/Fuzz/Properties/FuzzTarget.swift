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
      id: "T04", summary: "UTF-8 validator: table of RFC 3629, standard library, every cut", maximumLength: 512, controlBytes: 2,
      check: { octets throws(OracleFailure) in try TextEncodingProperty.check(octets) }),
    FuzzTarget(
      id: "T05", summary: "masking: octet by octet, involution, in parts", maximumLength: 1024, controlBytes: 5,
      check: { octets throws(OracleFailure) in try MaskingProperty.check(octets) }),
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
