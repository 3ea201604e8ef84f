import CBench
import HTTPParse
import WSProtocol

/// Limits that no input here reaches.
private let openLimits = {
  var limits = HTTPLimits()
  limits.maximumFieldSectionBytes = .max
  limits.maximumFieldLines = .max
  limits.maximumHeadBytes = .max
  return limits
}()

/// One request with very many field lines.
let manyFieldLinesKernel: bench_kernel = { input in
  var parser = RequestParser(limits: openLimits)
  var index = 0
  do throws(HTTPParseError) {
    guard case .head(let head, _) = try parser.receive(input.pointee.buffer.span, at: &index) else { return 0 }
    return UInt64(head.fields.lines.count)
  } catch { return 0 }
}

/// A request whose content is passed on in pieces of 4 KiB.
let contentKernel: bench_kernel = { input in
  var parser = RequestParser()
  let octets = input.pointee.buffer
  var content = 0
  do throws(HTTPParseError) {
    for start in stride(from: 0, to: octets.count, by: 4096) {
      let part = octets.span.extracting(start..<min(start + 4096, octets.count))
      var index = 0
      while let event = try parser.receive(part, at: &index) {
        if case .content(let range) = event { content += range.count }
      }
    }
  } catch { return 0 }
  return UInt64(content)
}

/// A message in fragments, for an endpoint with the default limits.
let fragmentsKernel: bench_kernel = { input in
  var endpoint = Endpoint(role: .server, now: .zero)
  var keys = NoMaskingKeys()
  var index = 0
  while let event = endpoint.receive(input.pointee.buffer.span, at: &index, now: .zero, keys: &keys) {
    guard case .message(let message) = event else { return 0 }
    return UInt64(message.octets.count)
  }
  return 0
}
