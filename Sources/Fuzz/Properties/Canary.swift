/// The planted bug: four octets that blind mutation does not hit upon, but coverage and comparisons lead to.
package enum CanaryProperty {
  /// Fails for every input that begins with "bug!".
  package static func check(_ octets: [UInt8]) throws(OracleFailure) {
    if octets.count >= 4, octets[0] == 0x62, octets[1] == 0x75, octets[2] == 0x67, octets[3] == 0x21 {
      throw OracleFailure("canary", .planted, "the planted bug was found, as it must be")
    }
  }
}
