/// Masking as RFC 6455 §5.3 writes it down.
package enum MaskingModel {
  /// Octet i of the result is octet i of `octets` XOR octet i MOD 4 of `key`.
  package static func apply(_ key: [UInt8], to octets: [UInt8]) -> [UInt8] {
    octets.enumerated().map { index, octet in octet ^ key[index % 4] }
  }
}
