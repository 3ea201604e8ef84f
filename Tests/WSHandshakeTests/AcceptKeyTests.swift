import Testing
import WSHandshake

@Suite("Accept key")
struct AcceptKeyTests {
  @Test("answers the key as in RFC 6455 §1.3")
  func example() {
    #expect(AcceptKey.accept(key: Array("dGhlIHNhbXBsZSBub25jZQ==".utf8)) == Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8))
    #expect(AcceptKey.key(nonce: Array("the sample nonce".utf8)) == Array("dGhlIHNhbXBsZSBub25jZQ==".utf8))
  }

  @Test(
    "keys are the Base64 of 16 octets",
    arguments: [
      ("RFC example", "dGhlIHNhbXBsZSBub25jZQ==", true), ("RFC example with unused bits set", "AQIDBAUGBwgJCgsMDQ4PEC==", true),
      ("15 octets", "AQIDBAUGBwgJCgsMDQ4P", false), ("17 octets", "AQIDBAUGBwgJCgsMDQ4PEBE=", false),
      ("18 octets", "AQIDBAUGBwgJCgsMDQ4PEBES", false),
      ("no padding", "dGhlIHNhbXBsZSBub25jZQ", false), ("half the padding", "dGhlIHNhbXBsZSBub25jZQ=", false), ("empty", "", false),
      ("other alphabet", "dGhlIHNhbXBsZSBub25jZ-==", false), ("inner padding", "dGhl=HNhbXBsZSBub25jZQ==", false),
      ("only padding", "========================", false),
      ("inner space", "dGhlIHNh XBsZSBub25jZQ==", false),
    ])
  func keys(name: String, key: String, isValid: Bool) { #expect(AcceptKey.isValid(key: Array(key.utf8)) == isValid) }
}

@Suite("SHA-1")
struct SHA1Tests {
  @Test(
    "digests are those of FIPS 180 and its examples",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "a49b2446a02c645bf419f995b67091253a04a259"
      ),
      (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
      (
        String(repeating: "0123456701234567012345670123456701234567012345670123456701234567", count: 10),
        "dea356a2cddd90c7a7ecedc5ebb563934f460452"
      ),
    ])
  func vectors(message: String, digest: String) {
    let hexadecimal = SHA1.digest(Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hexadecimal == digest)
  }
}

@Suite("Base64")
struct Base64Tests {
  @Test(
    "encodes and decodes the examples of RFC 4648 §10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func vectors(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == Array(encoded.utf8))
    #expect(Base64.decode(Array(encoded.utf8)) == Array(plain.utf8))
  }

  @Test("every octet value survives")
  func roundTrip() {
    let octets = Array(UInt8.min...UInt8.max)
    #expect(Base64.decode(Base64.encode(octets)) == octets)
  }
}
