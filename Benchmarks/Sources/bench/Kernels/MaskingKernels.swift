import CBench
import WSProtocol

let unmaskKernel: bench_kernel = { input in
  var octets = UnsafeMutableBufferPointer(start: input.pointee.octets, count: input.pointee.count).mutableSpan
  Masking.apply(MaskingKey(littleEndian: input.pointee.key), to: &octets)
  return UInt64(input.pointee.count)
}
