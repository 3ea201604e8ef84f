import CBench
import WSProtocol

// One connection for the whole run, as servers have it.
nonisolated(unsafe) private var server = Endpoint(role: .server, now: .zero)

private func receiveMessages(_ input: UnsafeMutablePointer<bench_input>, records: Bool) -> UInt64 {
  bench_refill(input)
  var keys = NoMaskingKeys()
  var index = 0
  var count: UInt64 = 0
  while let event = server.receive(input.pointee.buffer.span, at: &index, now: .zero, keys: &keys) {
    guard case .message(let message) = event else { return 0 }
    if records { bench_write_frame(input, 0x80 | message.kind.opcode.rawValue, message.octets, UInt64(message.octets.count)) }
    count += 1
  }
  return count
}

let endpointKernel: bench_kernel = { receiveMessages($0, records: false) }
let endpointTranscript: bench_kernel = { receiveMessages($0, records: true) }
