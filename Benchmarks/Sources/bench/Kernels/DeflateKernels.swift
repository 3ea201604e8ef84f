import CBench
import Deflate
import WSProtocol

private struct FixedKeys: MaskingKeySource {
  mutating func nextMaskingKey() -> MaskingKey { MaskingKey(littleEndian: 0x7A3C_9E51) }
}

private func compression(_ role: Role) -> MessageCompression { MessageCompression(PerMessageDeflate(), role: role) }

nonisolated(unsafe) private var client = Endpoint(role: .client, compression: compression(.client), now: .zero)
nonisolated(unsafe) private var server = Endpoint(role: .server, compression: compression(.server), now: .zero)

/// A message from a client to a server, both with context takeover: compressed, masked, framed, and back.
let deflateKernel: bench_kernel = { input in
  var keys = FixedKeys()
  let octets = Array(input.pointee.buffer)
  guard (try? client.send(Message(.binary, octets), keys: &keys)) != nil else { return 0 }
  for part in client.takeOutput(keys: &keys) {
    var index = 0
    while let event = server.receive(part.span, at: &index, now: .zero, keys: &keys) {
      guard case .message(let message) = event else { return 0 }
      input.pointee.output_count = 0
      bench_write(input, message.octets, message.octets.count)
      return UInt64(message.octets.count)
    }
  }
  return 0
}
