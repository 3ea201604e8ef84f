/// The limits of one field section, and the classes their excess is reported as.
struct SectionLimits: Sendable {
  /// Places in a head are kept in 32 bits.
  static let longestHead = Int(Int32.max)

  let lines: Int
  let linesCode: HTTPParseError.Code
  let lineBytes: Int
  let lineBytesCode: HTTPParseError.Code
  let bytes: Int
  let bytesCode: HTTPParseError.Code
  let headBytes: Int

  init(head limits: HTTPLimits) {
    lines = limits.maximumFieldLines
    linesCode = .limitFields
    lineBytes = limits.maximumFieldLineBytes
    lineBytesCode = .limitField
    bytes = limits.maximumFieldSectionBytes
    bytesCode = .limitSection
    headBytes = min(limits.maximumHeadBytes, Self.longestHead)
  }

  init(trailers limits: HTTPLimits) {
    lines = limits.maximumTrailerLines
    linesCode = .limitTrailers
    lineBytes = min(limits.maximumFieldLineBytes, limits.maximumTrailerSectionBytes)
    lineBytesCode = .limitTrailers
    bytes = limits.maximumTrailerSectionBytes
    bytesCode = .limitTrailers
    headBytes = Self.longestHead
  }
}
