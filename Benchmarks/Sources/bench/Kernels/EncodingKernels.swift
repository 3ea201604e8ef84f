import CBench
import WSProtocol

nonisolated(unsafe) private var encoded: [UInt8] = []

/// Frames into an array whose memory is kept.
private func encode(_ input: UnsafeMutablePointer<bench_input>, _ output: inout [UInt8], key: MaskingKey?) -> UInt64 {
  output.removeAll(keepingCapacity: true)
  for _ in 0..<input.pointee.piece_count {
    FrameHeader(opcode: .binary, payloadLength: UInt64(input.pointee.count), maskingKey: key)
      .encode(payload: input.pointee.buffer.span, into: &output)
  }
  return UInt64(output.count)
}

nonisolated(unsafe) private var buffer = [UInt8](repeating: 0, count: 1 << 17)

/// Frames into a buffer of fixed length.
private func write(_ input: UnsafeMutablePointer<bench_input>, key: MaskingKey?) -> UInt64 {
  var octets = buffer.mutableSpan
  var index = 0
  for _ in 0..<input.pointee.piece_count {
    guard
      FrameHeader(opcode: .binary, payloadLength: UInt64(input.pointee.count), maskingKey: key)
        .encode(payload: input.pointee.buffer.span, into: &octets, at: &index)
    else { return 0 }
  }
  return UInt64(index)
}

let writeKernel: bench_kernel = { write($0, key: nil) }
let writeMaskedKernel: bench_kernel = { write($0, key: MaskingKey(littleEndian: $0.pointee.key)) }

private func transcribeWritten(_ input: UnsafeMutablePointer<bench_input>, _ kernel: bench_kernel) -> UInt64 {
  let count = kernel(input)
  bench_write(input, buffer, Int(count))
  return count
}

let writeTranscript: bench_kernel = { transcribeWritten($0, writeKernel) }
let writeMaskedTranscript: bench_kernel = { transcribeWritten($0, writeMaskedKernel) }

let encodeKernel: bench_kernel = { encode($0, &encoded, key: nil) }
let encodeMaskedKernel: bench_kernel = { encode($0, &encoded, key: MaskingKey(littleEndian: $0.pointee.key)) }

private func transcribeEncoded(_ input: UnsafeMutablePointer<bench_input>, _ kernel: bench_kernel) -> UInt64 {
  let count = kernel(input)
  bench_write(input, encoded, encoded.count)
  return count
}

let encodeTranscript: bench_kernel = { transcribeEncoded($0, encodeKernel) }
let encodeMaskedTranscript: bench_kernel = { transcribeEncoded($0, encodeMaskedKernel) }
