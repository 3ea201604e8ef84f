import CBench
import HTTPParse

private func decodeChunked(_ input: UnsafeMutablePointer<bench_input>, records: Bool) -> UInt64 {
  bench_refill(input)
  var decoder = ChunkedDecoder()
  var index = 0
  var content = 0
  do throws(HTTPParseError) {
    while let event = try decoder.receive(input.pointee.buffer.span, at: &index) {
      switch event {
      case .content(let range):
        content += range.count
        if records { bench_write(input, input.pointee.octets + range.lowerBound, range.count) }
      case .end: return UInt64(content)
      }
    }
  } catch { return 0 }
  return 0
}

let chunkedKernel: bench_kernel = { decodeChunked($0, records: false) }
let chunkedTranscript: bench_kernel = { decodeChunked($0, records: true) }

private func decodeInPlace(_ input: UnsafeMutablePointer<bench_input>, records: Bool) -> UInt64 {
  bench_refill(input)
  var octets = UnsafeMutableBufferPointer(start: input.pointee.octets, count: input.pointee.count).mutableSpan
  var decoder = ChunkedDecoder()
  do throws(HTTPParseError) {
    let body = try decoder.decode(inPlace: &octets)
    guard body.trailers != nil, body.consumed == input.pointee.count else { return 0 }
    if records { bench_write(input, input.pointee.octets, body.content) }
    return UInt64(body.content)
  } catch { return 0 }
}

let chunkedInPlaceKernel: bench_kernel = { decodeInPlace($0, records: false) }
let chunkedInPlaceTranscript: bench_kernel = { decodeInPlace($0, records: true) }
