public import WSProtocol

/// What a case sends, as data; run by `Engine` from the moment the opening handshake is done.
public struct Program: Sendable, Equatable {
  /// The steps, in order.
  public let steps: [Step]

  /// Creates a program.
  public init(_ steps: [Step]) { self.steps = steps }

  /// The payload octets all steps send together.
  var payloadBytes: UInt64 {
    steps.reduce(0) { total, step in
      switch step {
      case .frame(let frame): total + UInt64(frame.payload.count)
      case .message(_, let payload, _), .payloadPart(let payload), .startClose(let payload): total + UInt64(payload.count)
      case .roundTrips(let count, let frame): total + UInt64(count) * UInt64(frame.payload.count + 14)
      case .frameHeader, .pause, .checkpoint: total
      }
    }
  }
}

/// How octets are handed to the transport.
public enum Delivery: Sendable, Equatable, Hashable {
  /// Together with what stands before and after.
  case together
  /// As a write of its own.
  case alone
  /// In writes of so many octets, header included.
  case pieces(of: Int)
}

/// One step of a program.
public enum Step: Sendable, Equatable {
  /// Sends one frame, allowed or not; frames are masked as the role demands.
  case frame(FrameStep)
  /// Sends a message in frames of at most `fragmentLength` octets; an empty final frame follows when it divides the length.
  case message(Message.Kind, Payload, fragmentLength: Int)
  /// Sends the header of a frame whose payload follows in ``payloadPart(_:)`` steps.
  case frameHeader(Opcode, isFinal: Bool, declaredLength: Int)
  /// Sends the next part of the payload of the last ``frameHeader(_:isFinal:declaredLength:)``.
  case payloadPart(Payload)
  /// Starts the closing handshake with a Close frame of any payload.
  case startClose(Payload)
  /// Waits; later steps run only if the connection is still open.
  case pause(Duration)
  /// Records that the peer has kept the connection open until here; named by words such as "after valid text".
  case checkpoint(String)
  /// Sends the frame so many times, each after the echo of the one before.
  case roundTrips(count: Int, FrameStep)

  /// One frame with default bits.
  public static func frame(
    _ opcode: Opcode, _ payload: Payload = .empty, isFinal: Bool = true, reservedBits: ReservedBits = [], delivery: Delivery = .together
  ) -> Step {
    .frame(FrameStep(opcode, payload, isFinal: isFinal, reservedBits: reservedBits, delivery: delivery))
  }
}

/// A frame to send.
public struct FrameStep: Sendable, Equatable {
  /// The opcode.
  public var opcode: Opcode
  /// The payload before masking.
  public var payload: Payload
  /// FIN.
  public var isFinal: Bool
  /// RSV1…RSV3.
  public var reservedBits: ReservedBits
  /// How the frame is handed to the transport.
  public var delivery: Delivery

  /// Creates a frame.
  public init(
    _ opcode: Opcode, _ payload: Payload = .empty, isFinal: Bool = true, reservedBits: ReservedBits = [],
    delivery: Delivery = .together
  ) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
    self.reservedBits = reservedBits
    self.delivery = delivery
  }
}

extension Program {
  /// The steps in words, one line each.
  public var words: [String] { steps.map(\.words) }
}

extension Step {
  /// The step in words.
  public var words: String {
    switch self {
    case .frame(let frame): "send \(frame.words)"
    case .message(let kind, let payload, let fragmentLength):
      "send a \(kind.rawValue) message of \(payload.words)"
        + (payload.count > fragmentLength ? " in fragments of \(fragmentLength) octets" : "")
    case .frameHeader(let opcode, let isFinal, let declaredLength):
      "send the header of a \(opcode) frame that declares \(declaredLength) octets\(isFinal ? "" : ", FIN clear")"
    case .payloadPart(let payload): "send \(payload.words) of its payload"
    case .startClose(let payload): "send a Close frame: \(Self.closeWords(payload))"
    case .pause(let duration): "wait \(duration.milliseconds) ms"
    case .checkpoint(let place): "find the connection still open \(place)"
    case .roundTrips(let count, let frame): "\(count) times: send \(frame.words) and wait for its echo"
    }
  }

  private static func closeWords(_ payload: Payload) -> String {
    let octets = payload.allOctets
    guard octets.count >= 2 else { return octets.isEmpty ? "no payload" : "a payload of one octet" }
    let code = "code \(UInt16(octets[0]) << 8 | UInt16(octets[1]))"
    return octets.count == 2 ? code : "\(code), reason \(Payload.octets(Array(octets[2...])).words)"
  }
}

extension FrameStep {
  /// The frame in words.
  var words: String {
    var text = opcode.isReserved ? "a frame with \(opcode)" : "a \(opcode) frame"
    text += " with \(payload.words)"
    if !isFinal { text += ", FIN clear" }
    if !reservedBits.isEmpty { text += ", \(reservedBits) set" }
    return text + delivery.words
  }
}

extension Delivery {
  /// The delivery in words, to follow what is delivered.
  var words: String {
    switch self {
    case .together: ""
    case .alone: ", in a write of its own"
    case .pieces(let length): length == 1 ? ", one octet per write" : ", \(length) octets per write"
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  public var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
