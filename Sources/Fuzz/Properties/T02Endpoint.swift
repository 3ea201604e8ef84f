import FuzzModels
import WSProtocol

/// Masking keys that differ from one another and are the same in every run.
struct CountedKeys: MaskingKeySource {
  private var next: UInt32

  init(from first: UInt32 = 0x9E37_79B9) { next = first }

  mutating func nextMaskingKey() -> MaskingKey {
    defer { next = next &* 1_664_525 &+ 1_013_904_223 }
    return MaskingKey(littleEndian: next)
  }
}

extension MessageProperty {
  /// Runs an `Endpoint` at a standing clock, and after its end gives it a Ping that must not be looked at.
  package static func endpoint(_ pieces: [[UInt8]], _ setting: Setting) -> Trace<Event> {
    var trace = Trace<Event>()
    var keys = CountedKeys()
    var endpoint = Endpoint(role: setting.role, limits: setting.limits, now: .zero)
    if setting.closesFirst {
      do { try endpoint.close(.empty, now: .zero, keys: &keys) } catch {
        trace.note(.agreement, "an open endpoint refuses to close: \(error)")
      }
    }
    var taken = 0
    for piece in pieces {
      var index = 0
      while true {
        let before = index
        guard let event = endpoint.receive(piece.span, at: &index, now: .zero, keys: &keys) else { break }
        let reported = Event(event)
        trace.boundaries.append(taken + index)
        if let last = trace.events.last, last.isFinal { trace.note(.silenceAfterEnd, "\(reported) follows \(last)") }
        if index == before, !reported.isFinal { trace.note(.progress, "\(reported) took no octet") }
        trace.events.append(reported)
        if trace.breach != nil { return trace }
      }
      if index != piece.count { trace.note(.progress, "it waits with \(piece.count - index) octets not taken") }
      taken += piece.count
      if endpoint.heldOctets > min(taken, setting.limits.maximumMessageBytes) {
        trace.note(.boundedMemory, "\(endpoint.heldOctets) octets are held of \(taken)")
      }
    }
    let output = endpoint.takeOutput(keys: &keys).flatMap { $0 }
    if trace.events.last?.isFinal == true {
      let failure = endpoint.failure
      let ping = FrameHeader(opcode: .ping, payloadLength: 0, maskingKey: setting.role == .server ? MaskingKey(1, 2, 3, 4) : nil)
      var frame: [UInt8] = []
      ping.encode(into: &frame)
      var index = 0
      if let event = endpoint.receive(frame.span, at: &index, now: .zero, keys: &keys) {
        trace.note(.silenceAfterEnd, "\(event) is reported after the end")
      }
      if !endpoint.takeOutput(keys: &keys).isEmpty { trace.note(.silenceAfterEnd, "something is written after the end") }
      if endpoint.failure != failure || endpoint.isOpen { trace.note(.stickyError, "\(String(describing: failure)) did not stay") }
      if endpoint.heldOctets > setting.limits.maximumMessageBytes { trace.note(.boundedMemory, "octets are held after the end") }
    }
    trace.events.append(.output(output))
    return trace
  }
}

extension MessageProperty.Event {
  init(_ event: Endpoint.Event) {
    switch event {
    case .message(let message):
      self = .received(message.kind == .text ? .text(message.octets) : .binary(message.octets))
    case .ping(let payload): self = .received(.ping(payload))
    case .pong(let payload): self = .received(.pong(payload))
    case .closeReceived(let payload): self = .received(.close(code: payload.code?.rawValue, reason: payload.reason))
    case .failed(let error): self = .failed(closeCode: error.closeCode?.rawValue, offset: Int(exactly: error.offset) ?? .max)
    }
  }

  /// Whether nothing may follow but output.
  var isFinal: Bool {
    switch self {
    case .failed, .received(.close): true
    case .received, .output: false
    }
  }
}
