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

let encodeKernel: bench_kernel = { encode($0, &encoded, key: nil) }
let encodeMaskedKernel: bench_kernel = { encode($0, &encoded, key: MaskingKey(littleEndian: $0.pointee.key)) }

private func transcribeEncoded(_ input: UnsafeMutablePointer<bench_input>, _ kernel: bench_kernel) -> UInt64 {
  let count = kernel(input)
  bench_write(input, encoded, encoded.count)
  return count
}

let encodeTranscript: bench_kernel = { transcribeEncoded($0, encodeKernel) }
let encodeMaskedTranscript: bench_kernel = { transcribeEncoded($0, encodeMaskedKernel) }
