/// A body of `octets` octets in chunks of equal size (RFC 9112 §7.1).
struct ChunkedBody {
  private(set) var wire: [UInt8] = []
  let content: [UInt8]

  init(octets: Int, chunk: Int) {
    var generator = Generator(seed: 6)
    content = generator.octets(octets)
    for start in stride(from: 0, to: octets, by: chunk) {
      let part = content[start..<min(start + chunk, octets)]
      wire += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [0x0D, 0x0A]
    }
    wire += Array("0\r\n\r\n".utf8)
  }
}
