import CBench
import WSProtocol

nonisolated(unsafe) private var encoded: [UInt8] = []

/// A frame into an array whose memory is kept, then to the output, where it can be compared.
private func encode(_ input: UnsafeMutablePointer<bench_input>, key: MaskingKey?) -> UInt64 {
  encoded.removeAll(keepingCapacity: true)
  FrameHeader(opcode: .binary, payloadLength: UInt64(input.pointee.count), maskingKey: key).encode(into: &encoded)
  let start = encoded.count
  encoded.append(contentsOf: input.pointee.buffer)
  if let key { Masking.apply(key, to: &encoded, from: start) }
  return UInt64(encoded.count)
}

let encodeKernel: bench_kernel = { encode($0, key: nil) }
let encodeMaskedKernel: bench_kernel = { encode($0, key: MaskingKey(littleEndian: $0.pointee.key)) }

private func transcribeEncoded(_ input: UnsafeMutablePointer<bench_input>, _ kernel: bench_kernel) -> UInt64 {
  let count = kernel(input)
  bench_write(input, encoded, encoded.count)
  return count
}

let encodeTranscript: bench_kernel = { transcribeEncoded($0, encodeKernel) }
let encodeMaskedTranscript: bench_kernel = { transcribeEncoded($0, encodeMaskedKernel) }
