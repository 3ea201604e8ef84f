import WSProtocol

/// Octets for the transport.
public struct Write: Sendable, Equatable {
  /// The octets.
  public var octets: [UInt8]
  /// Whether they are to be a write of their own.
  public var isAlone: Bool
  /// Whether the tester's direction of the connection ends after them.
  public var endsInput = false
}

/// Turns frames into octets a piece at a time, allowed or not; the payload of a long frame never exists as a whole.
struct RawWriter: Sendable {
  /// The most octets one write holds.
  static let chunkBytes = 65_536

  private struct Emission: Sendable {
    var header: [UInt8]
    let payload: Payload
    let key: MaskingKey?
    /// The octets of the frame's payload that were sent before ``payload`` began.
    let keyPhase: Int
    let delivery: Delivery
    var headerSent = 0
    var payloadSent = 0
    var isDone: Bool { headerSent == header.count && payloadSent == payload.count }
  }

  private struct Fragmentation: Sendable {
    let kind: Message.Kind
    let payload: Payload
    let fragmentLength: Int
    var sent = 0
    var isFirst = true
  }

  /// A frame whose header went out and whose payload follows in parts.
  private struct OpenFrame: Sendable {
    let key: MaskingKey?
    let declaredLength: Int
    var sent = 0
  }

  /// Control frames that wait at most: a peer's flood of Pings is answered by fewer Pongs (RFC 6455 §5.5.3).
  private static let maximumInterjections = 64

  private let role: Role
  private var keys: SeededKeys
  private var emission: Emission?
  private var fragmentation: Fragmentation?
  private var openFrame: OpenFrame?
  /// Control frames that go out before the next frame.
  private var interjections: [FrameStep] = []

  init(role: Role, keys: SeededKeys) {
    self.role = role
    self.keys = keys
  }

  /// Whether everything given was returned by ``next(at:log:)``.
  var isIdle: Bool { emission == nil && fragmentation == nil && (interjections.isEmpty || isWithinOpenFrame) }

  /// Whether anything but a part of its payload would end up inside a frame.
  private var isWithinOpenFrame: Bool { openFrame.map { $0.sent < $0.declaredLength } ?? false }

  mutating func begin(_ frame: FrameStep, at time: Duration, log: inout WireLog) {
    start(
      FrameHeader(
        opcode: frame.opcode, payloadLength: UInt64(frame.payload.count), isFinal: frame.isFinal, reservedBits: frame.reservedBits,
        maskingKey: nextKey()),
      frame.payload, frame.delivery, at: time, log: &log)
  }

  /// Sends a control frame as soon as the frame under way has ended.
  mutating func interject(_ frame: FrameStep, at time: Duration, log: inout WireLog) {
    if emission == nil, !isWithinOpenFrame { return begin(frame, at: time, log: &log) }
    if interjections.count == Self.maximumInterjections { interjections.removeLast() }
    interjections.append(frame)
  }

  /// Gives up what has not begun: fragments, and the parts of a frame.
  mutating func cancelRest() {
    fragmentation = nil
    openFrame = nil
  }

  mutating func begin(_ kind: Message.Kind, _ payload: Payload, fragmentLength: Int) {
    fragmentation = Fragmentation(kind: kind, payload: payload, fragmentLength: max(1, fragmentLength))
  }

  mutating func beginHeader(
    _ opcode: Opcode, isFinal: Bool, declaredLength: Int, at time: Duration, log: inout WireLog
  ) {
    let header = FrameHeader(
      opcode: opcode, payloadLength: UInt64(declaredLength), isFinal: isFinal, maskingKey: nextKey())
    openFrame = OpenFrame(key: header.maskingKey, declaredLength: declaredLength)
    log.append(.frame(.sent, header, LoggedOctets(), violation: nil), at: time)
    var octets: [UInt8] = []
    header.encode(into: &octets)
    emission = Emission(header: octets, payload: .empty, key: nil, keyPhase: 0, delivery: .alone)
  }

  mutating func beginPart(_ payload: Payload, at time: Duration, log: inout WireLog) {
    guard let frame = openFrame else { return }
    log.append(.octets(.sent, LoggedOctets(payload.allOctets)), at: time)
    emission = Emission(header: [], payload: payload, key: frame.key, keyPhase: frame.sent, delivery: .alone)
    openFrame?.sent += payload.count
  }

  /// The next octets, or `nil` when everything was returned.
  mutating func next(at time: Duration, log: inout WireLog) -> Write? {
    var octets: [UInt8] = []
    while octets.count < Self.chunkBytes {
      if emission == nil { startFragment(at: time, log: &log) }
      guard let current = emission else { break }
      switch current.delivery {
      case .together: emit(into: &octets, limit: Self.chunkBytes)
      case .alone:
        if !octets.isEmpty { return Write(octets: octets, isAlone: false) }
        emit(into: &octets, limit: Self.chunkBytes)
        return Write(octets: octets, isAlone: true)
      case .pieces(let length):
        if !octets.isEmpty { return Write(octets: octets, isAlone: false) }
        emit(into: &octets, limit: length)
        return Write(octets: octets, isAlone: true)
      }
    }
    return octets.isEmpty ? nil : Write(octets: octets, isAlone: false)
  }

  private mutating func nextKey() -> MaskingKey? { role.masksFrames ? keys.nextMaskingKey() : nil }

  private mutating func start(
    _ header: FrameHeader, _ payload: Payload, _ delivery: Delivery, at time: Duration, log: inout WireLog
  ) {
    var octets: [UInt8] = []
    header.encode(into: &octets)
    let shown = payload.octets(in: 0..<min(payload.count, LoggedOctets.maximumKept))
    log.append(.frame(.sent, header, LoggedOctets(prefix: shown, total: UInt64(payload.count)), violation: nil), at: time)
    emission = Emission(header: octets, payload: payload, key: header.maskingKey, keyPhase: 0, delivery: delivery)
  }

  private mutating func startFragment(at time: Duration, log: inout WireLog) {
    if !interjections.isEmpty, !isWithinOpenFrame { return begin(interjections.removeFirst(), at: time, log: &log) }
    guard var current = fragmentation else { return }
    let rest = current.payload.count - current.sent
    // A message that fits is one frame; one that is cut ends with a shorter frame, if need be an empty one.
    let isFinal = current.isFirst ? rest <= current.fragmentLength : rest < current.fragmentLength
    let length = min(rest, current.fragmentLength)
    let part = Payload.slice(of: current.payload, current.sent..<(current.sent + length))
    let opcode = current.isFirst ? current.kind.opcode : .continuation
    current.sent += length
    current.isFirst = false
    fragmentation = isFinal ? nil : current
    start(
      FrameHeader(opcode: opcode, payloadLength: UInt64(length), isFinal: isFinal, maskingKey: nextKey()), part, .together,
      at: time, log: &log)
  }

  private mutating func emit(into output: inout [UInt8], limit: Int) {
    guard var current = emission else { return }
    emission = nil
    let headerCount = min(current.header.count - current.headerSent, limit - output.count)
    output += current.header[current.headerSent..<(current.headerSent + headerCount)]
    current.headerSent += headerCount
    let payloadCount = min(current.payload.count - current.payloadSent, limit - output.count)
    if payloadCount > 0 {
      let start = output.count
      current.payload.append(current.payloadSent..<(current.payloadSent + payloadCount), to: &output)
      if let key = current.key {
        Masking.apply(key.advanced(by: current.keyPhase + current.payloadSent), to: &output, from: start)
      }
      current.payloadSent += payloadCount
    }
    if !current.isDone { emission = current }
  }
}
