import CZlib

/// zlib itself, as the other opinion.
enum Zlib {
  static let strategies = [CZLIB_DEFAULT_STRATEGY, CZLIB_FILTERED, CZLIB_HUFFMAN_ONLY, CZLIB_RLE, CZLIB_FIXED]

  /// One whole stream with a final block.
  static func deflate(_ octets: [UInt8], level: Int, windowBits: Int = 15, strategy: czlib_strategy) -> [UInt8]? {
    guard let stream = unsafe czlib_deflate_create(Int32(level), Int32(windowBits), 8, strategy) else { return nil }
    defer { unsafe czlib_deflate_destroy(stream) }
    var output = [UInt8](repeating: 0, count: octets.count + octets.count / 8 + 1024)
    var inputCount = octets.count
    var outputCount = output.count
    guard unsafe czlib_deflate(stream, octets, &inputCount, &output, &outputCount, CZLIB_FINISH) == CZLIB_STREAM_END else { return nil }
    return Array(output.prefix(outputCount))
  }

  /// What a whole stream stands for, or `nil` unless zlib finds its final block.
  static func inflate(_ octets: [UInt8], atMost limit: Int) -> [UInt8]? {
    guard let stream = unsafe czlib_inflate_create(15) else { return nil }
    defer { unsafe czlib_inflate_destroy(stream) }
    var output = [UInt8](repeating: 0, count: limit)
    var inputCount = octets.count
    var outputCount = limit
    guard unsafe czlib_inflate(stream, octets, &inputCount, &output, &outputCount) == CZLIB_STREAM_END else { return nil }
    return Array(output.prefix(outputCount))
  }
}
