import CBench
import HTTPParse

private func write(_ input: UnsafeMutablePointer<bench_input>, _ octets: [UInt8], _ end: Unicode.Scalar) {
  bench_write_field(input, octets, octets.count, UInt8(ascii: end))
}

private func write(_ input: UnsafeMutablePointer<bench_input>, _ fields: FieldSection) {
  for line in fields.lines {
    write(input, line.name, ":")
    write(input, line.value, "\n")
  }
}

/// Requests one after the other through one parser, as on a connection.
private func parseRequests(_ input: UnsafeMutablePointer<bench_input>, records: Bool) -> UInt64 {
  var parser = RequestParser()
  let octets = input.pointee.buffer.span
  var taken: UInt64 = 0
  var start = 0
  for piece in 0..<input.pointee.piece_count {
    let end = input.pointee.ends[piece]
    let request = octets.extracting(start..<end)
    var index = 0
    do throws(HTTPParseError) {
      while let event = try parser.receive(request, at: &index) {
        guard case .head(let head, _) = event else { continue }
        taken += UInt64(index)
        if records {
          write(input, Array(head.method.utf8), " ")
          write(input, head.target.octets, " ")
          write(input, [], head.version == .http11 ? "1" : "0")
          write(input, head.fields)
        }
      }
    } catch { return 0 }
    start = end
  }
  return taken
}

let requestParserKernel: bench_kernel = { parseRequests($0, records: false) }
let requestParserTranscript: bench_kernel = { parseRequests($0, records: true) }

private func parseResponse(_ input: UnsafeMutablePointer<bench_input>, records: Bool) -> UInt64 {
  var parser = ResponseParser()
  parser.requestSent(method: "GET")
  var index = 0
  do throws(HTTPParseError) {
    guard case .head(let head, _) = try parser.receive(input.pointee.buffer.span, at: &index) else { return 0 }
    if records {
      write(input, [], head.version == .http11 ? "1" : "0")
      write(input, Array(String(head.status).utf8), " ")
      write(input, head.reasonPhrase, "\n")
      write(input, head.fields)
    }
  } catch { return 0 }
  return UInt64(index)
}

let responseParserKernel: bench_kernel = { parseResponse($0, records: false) }
let responseParserTranscript: bench_kernel = { parseResponse($0, records: true) }

// Storage that is used again and again, as on a connection.
nonisolated(unsafe) private var requestScan = RequestHeadScan()
nonisolated(unsafe) private var responseScan = ResponseHeadScan()

private func write(_ input: UnsafeMutablePointer<bench_input>, _ range: Range<Int>, from start: Int, _ end: Unicode.Scalar) {
  bench_write_field(input, input.pointee.octets + start + range.lowerBound, range.count, UInt8(ascii: end))
}

private func scanRequests(
  _ input: UnsafeMutablePointer<bench_input>, _ scan: inout RequestHeadScan, records: Bool
) -> UInt64 {
  let octets = input.pointee.buffer
  var taken: UInt64 = 0
  var start = 0
  for piece in 0..<input.pointee.piece_count {
    let end = input.pointee.ends[piece]
    guard case .complete(let consumed) = scan.scan(octets.span.extracting(start..<end)) else { return 0 }
    taken += UInt64(consumed)
    if records {
      write(input, scan.method, from: start, " ")
      write(input, scan.target, from: start, " ")
      write(input, [], scan.version == .http11 ? "1" : "0")
      for line in 0..<scan.lineCount {
        write(input, scan.name(line: line), from: start, ":")
        write(input, scan.value(line: line), from: start, "\n")
      }
    }
    start = end
  }
  return taken
}

let requestScanKernel: bench_kernel = { scanRequests($0, &requestScan, records: false) }
let requestScanTranscript: bench_kernel = { scanRequests($0, &requestScan, records: true) }

private func scanResponse(
  _ input: UnsafeMutablePointer<bench_input>, _ scan: inout ResponseHeadScan, records: Bool
) -> UInt64 {
  guard case .complete(let consumed) = scan.scan(input.pointee.buffer.span) else { return 0 }
  if records {
    write(input, [], scan.version == .http11 ? "1" : "0")
    write(input, Array(String(scan.status).utf8), " ")
    write(input, scan.reasonPhrase, from: 0, "\n")
    for line in 0..<scan.lineCount {
      write(input, scan.name(line: line), from: 0, ":")
      write(input, scan.value(line: line), from: 0, "\n")
    }
  }
  return UInt64(consumed)
}

let responseScanKernel: bench_kernel = { scanResponse($0, &responseScan, records: false) }
let responseScanTranscript: bench_kernel = { scanResponse($0, &responseScan, records: true) }
