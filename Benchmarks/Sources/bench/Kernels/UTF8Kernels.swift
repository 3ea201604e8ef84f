import CBench
import WSProtocol

let validateKernel: bench_kernel = { input in
  var validator = UTF8Validator()
  guard validator.firstInvalid(in: input.pointee.buffer.span) == nil, validator.isComplete else { return 0 }
  return 1
}

let validatePiecesKernel: bench_kernel = { input in
  var validator = UTF8Validator()
  let octets = input.pointee.buffer.span
  var start = 0
  for piece in 0..<input.pointee.piece_count {
    let end = input.pointee.ends[piece]
    guard validator.firstInvalid(in: octets.extracting(start..<end)) == nil else { return 0 }
    start = end
  }
  return validator.isComplete ? 1 : 0
}

/// The standard library's check, without a copy.
let validateSpanKernel: bench_kernel = { input in
  (try? UTF8Span(validating: input.pointee.buffer.span)) == nil ? 0 : 1
}

/// The standard library's check that makes a string.
let validateStringKernel: bench_kernel = { input in
  String(validating: input.pointee.buffer, as: UTF8.self) == nil ? 0 : 1
}
