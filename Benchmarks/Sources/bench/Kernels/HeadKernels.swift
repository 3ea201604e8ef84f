import CBench
import HTTPParse

private func write(_ input: UnsafeMutablePointer<bench_input>, _ octets: some Collection<UInt8>, _ end: Unicode.Scalar) {
  bench_write_field(input, Array(octets), octets.count, UInt8(ascii: end))
}

private func write(_ input: UnsafeMutablePointer<bench_input>, _ fields: FieldSection) {
  for line in fields.lines {
    write(input, line.name, ":")
    write(input, line.value, "\n")
  }
}

/// Memory for what lives as long as a connection; behind a pointer, since each access to a global variable is checked and costs as much
/// as a short head.
private func kept<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
  let memory = UnsafeMutablePointer<Value>.allocate(capacity: 1)
  memory.initialize(to: value)
  return memory
}

private let endless = {
  var limits = HTTPLimits()
  limits.maximumRequestsPerConnection = .max
  return limits
}()
nonisolated(unsafe) private let requestParser = kept(RequestParser(limits: endless))
nonisolated(unsafe) private let responseParser = kept(ResponseParser(limits: endless))
nonisolated(unsafe) private let requestScan = kept(RequestHeadScan())
nonisolated(unsafe) private let responseScan = kept(ResponseHeadScan())

/// Requests one after the other through one parser, as on a connection.
private func parseRequests(
  _ input: UnsafeMutablePointer<bench_input>, _ parser: inout RequestParser, records: Bool
) -> UInt64 {
  let octets = input.pointee.buffer.span
  var taken: UInt64 = 0
  var start = 0
  for piece in 0..<input.pointee.piece_count {
    let end = input.pointee.ends[piece]
    let request = octets.extracting(start..<end)
    var index = 0
    do throws(HTTPParseError) {
      while let event = try parser.receive(request, at: &index) {
        if case .end(.handsOver) = event { _ = parser.resume() }
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

let requestParserKernel: bench_kernel = { parseRequests($0, &requestParser.pointee, records: false) }
let requestParserTranscript: bench_kernel = { parseRequests($0, &requestParser.pointee, records: true) }

private func parseResponse(
  _ input: UnsafeMutablePointer<bench_input>, _ parser: inout ResponseParser, records: Bool
) -> UInt64 {
  // To HEAD there is no content, so that one head can follow the other.
  parser.requestSent(method: "HEAD")
  var index = 0
  do throws(HTTPParseError) {
    guard case .head(let head, _) = try parser.receive(input.pointee.buffer.span, at: &index) else { return 0 }
    if records {
      write(input, [], head.version == .http11 ? "1" : "0")
      write(input, Array(String(head.status).utf8), " ")
      write(input, head.reasonPhrase, "\n")
      write(input, head.fields)
    }
    let taken = index
    guard case .end = try parser.receive(input.pointee.buffer.span, at: &index), index == taken else { return 0 }
  } catch { return 0 }
  return UInt64(index)
}

let responseParserKernel: bench_kernel = { parseResponse($0, &responseParser.pointee, records: false) }
let responseParserTranscript: bench_kernel = { parseResponse($0, &responseParser.pointee, records: true) }

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

let requestScanKernel: bench_kernel = { scanRequests($0, &requestScan.pointee, records: false) }
let requestScanTranscript: bench_kernel = { scanRequests($0, &requestScan.pointee, records: true) }

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

let responseScanKernel: bench_kernel = { scanResponse($0, &responseScan.pointee, records: false) }
let responseScanTranscript: bench_kernel = { scanResponse($0, &responseScan.pointee, records: true) }
