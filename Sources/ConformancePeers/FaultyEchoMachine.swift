import WSHandshake
import WSProtocol

/// An echo server with single faults to switch on; without any it conforms.
///
/// It stands on the scanning layer alone, so that each check is here to be left out.
public struct FaultyEchoMachine: PeerMachine {
  private struct Frame {
    let header: FrameHeader
    var payload: [UInt8] = []
  }

  private let faults: Set<PeerFault>
  private var handshake: ServerHandshake?
  private var scanner = FrameHeaderScanner()
  private var frame: Frame?
  private var message: Message?
  /// What the text of the message in progress may go on with.
  private var validator = UTF8Validator()
  private var output: [[UInt8]] = []
  private var receivedClose = false

  /// How the connection is to be dropped.
  public private(set) var ending: PeerEnding?

  /// Creates the machine for a connection just accepted.
  public init(faults: Set<PeerFault>) {
    self.faults = faults
    var policy = HandshakePolicy()
    policy.isEnforced = false
    handshake = ServerHandshake(policy: policy)
  }

  /// Takes the octets to be written.
  public mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return output
  }

  /// Takes octets of the client.
  public mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    var index = 0
    if var current = handshake {
      switch current.receive(octets) {
      case .needsMore:
        handshake = current
        return
      case .rejected(let response, _):
        output.append(response)
        ending = .endOfFile
        return
      case .accepted(_, let response, _, let consumed):
        output.append(response)
        handshake = nil
        index = consumed
      }
    }
    while index < octets.count, ending == nil {
      if var current = frame {
        frame = nil
        let missing = Int(exactly: current.header.payloadLength).map { $0 - current.payload.count } ?? .max
        let count = min(missing, octets.count - index)
        let start = current.payload.count
        for position in index..<(index + count) { current.payload.append(octets[position]) }
        if let key = current.header.maskingKey { Masking.apply(key.advanced(by: start), to: &current.payload, from: start) }
        index += count
        if count == missing {
          handle(current)
        } else if isValidSoFar(current) {
          frame = current
        } else {
          fail(1007)
        }
      } else if let header = scanner.scan(octets, at: &index) {
        begin(header)
      }
    }
  }

  /// Whether what arrived of a frame can still become text.
  private func isValidSoFar(_ frame: Frame) -> Bool {
    let isText = frame.header.opcode == .text || (frame.header.opcode == .continuation && message?.kind == .text)
    guard isText, !faults.contains(.noTextCheck) else { return true }
    var validator = frame.header.opcode == .text ? UTF8Validator() : self.validator
    return validator.firstInvalid(in: frame.payload.span) == nil
  }

  private mutating func begin(_ header: FrameHeader) {
    if let violation = FrameRules(sender: .client).violation(of: header, messageInProgress: message != nil) {
      guard isTolerated(violation) else { return fail(1002) }
    }
    if header.payloadLength == 0 { handle(Frame(header: header)) } else { frame = Frame(header: header) }
  }

  private func isTolerated(_ violation: FrameViolation) -> Bool {
    switch violation {
    case .reservedBits: faults.contains(.reservedBits)
    case .reservedOpcode: faults.contains(.reservedOpcodes)
    case .unexpectedContinuation, .interruptedMessage: faults.contains(.fragmentOrder)
    case .fragmentedControlFrame: faults.contains(.fragmentedControl)
    case .controlFrameTooLong: faults.contains(.longControl)
    case .unmaskedFrameFromClient, .maskedFrameFromServer, .nonMinimalLength, .lengthSignBit: false
    }
  }

  private mutating func handle(_ frame: Frame) {
    switch frame.header.opcode {
    case .text, .binary, .continuation: handleData(frame)
    case .ping: handlePing(frame.payload)
    case .close: handleClose(frame.payload)
    default: break
    }
  }

  private mutating func handleData(_ frame: Frame) {
    if receivedClose, !faults.contains(.echoAfterClose) { return }
    var current = message ?? Message(.text, [])
    // Nobody else may hold the octets, or every fragment would copy all before it.
    message = nil
    if frame.header.opcode != .continuation {
      current = Message(frame.header.opcode == .text ? .text : .binary, [])
      validator = UTF8Validator()
    }
    current.octets += frame.payload
    if current.kind == .text, !faults.contains(.noTextCheck) {
      if validator.firstInvalid(in: frame.payload.span) != nil || (frame.header.isFinal && !validator.isComplete) { return fail(1007) }
    }
    if !frame.header.isFinal { message = current }
    if frame.header.isFinal { echo(current) }
  }

  private mutating func echo(_ message: Message) {
    var message = message
    if faults.contains(.noEmptyEcho), message.octets.isEmpty { return }
    if faults.contains(.truncated), message.octets.count > 65_535 { message.octets.removeLast() }
    if faults.contains(.changedContent), !message.octets.isEmpty { message.octets[message.octets.count / 2] ^= 1 }
    if faults.contains(.changedType) { message.kind = message.kind == .text ? .binary : .text }
    for _ in 0..<(faults.contains(.doubleEcho) ? 2 : 1) { send(message.kind.opcode, message.octets) }
  }

  private mutating func handlePing(_ payload: [UInt8]) {
    guard !receivedClose, !faults.contains(.noPong) else { return }
    send(.pong, faults.contains(.emptyPong) ? [] : payload)
    if faults.contains(.forbiddenCloseCode) { send(.close, [0x03, 0xED]) }
  }

  private mutating func handleClose(_ payload: [UInt8]) {
    guard !receivedClose else { return }
    do throws(WSError) {
      _ = try ClosePayload(parsing: payload, offset: 0)
    } catch {
      switch error.code {
      case .truncatedCloseCode: if !faults.contains(.oneOctetClose) { return fail(1002) }
      case .forbiddenCloseCode: if !faults.contains(.anyCloseCode) { return fail(1002) }
      default: if !faults.contains(.noReasonCheck) { return fail(1007) }
      }
    }
    receivedClose = true
    guard !faults.contains(.noCloseReply) else { return }
    send(.close, payload.count >= 2 ? Array(payload.prefix(2)) : [])
    // What the client sent right behind its Close frame is still answered by this fault, so the end has to wait.
    if !faults.contains(.noDrop), !faults.contains(.echoAfterClose) { ending = .endOfFile }
  }

  private mutating func fail(_ code: UInt16) {
    let sent = faults.contains(.wrongFailureCode) ? 1000 : code
    if !faults.contains(.silentFailure) {
      send(.close, [UInt8(truncatingIfNeeded: sent &>> 8), UInt8(truncatingIfNeeded: sent)])
    }
    ending = .endOfFile
  }

  private mutating func send(_ opcode: Opcode, _ payload: [UInt8]) {
    var payload = payload
    var header = FrameHeader(opcode: opcode, payloadLength: UInt64(payload.count))
    if faults.contains(.longLengths), !opcode.isControl { header.lengthForm = .sixtyFourBits }
    if faults.contains(.masked) {
      let key = MaskingKey(1, 2, 3, 4)
      header.maskingKey = key
      Masking.apply(key, to: &payload, from: 0)
    }
    var octets: [UInt8] = []
    header.encode(into: &octets)
    output.append(octets + payload)
  }
}
