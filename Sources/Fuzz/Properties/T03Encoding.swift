import FuzzModels
import WSProtocol

/// T03: what one endpoint writes, the other reads as it was meant; in the shortest form, masked where it must be.
package enum EncodingProperty {
  /// What is sent.
  package enum Operation: Equatable, Sendable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case close(code: UInt16, reason: [UInt8])
  }

  /// Control octets: one of choices, two for the masking keys.
  package static func check(
    _ octets: [UInt8], subject: ([Operation], _ isClient: Bool, _ firstKey: UInt32) -> [UInt8] = writer
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let firstKey = UInt32(input.word()) &* 65_537
    let isClient = choices.next()
    let operations = operations(input.payload)
    let written = subject(operations, isClient, firstKey)

    let frames = FrameModel.readAll(written)
    guard frames.count == operations.count, frames.allSatisfy(\.isComplete) else {
      throw OracleFailure("T03", .roundTrip, "\(operations.count) operations became \(frames.count) frames")
    }
    var start = 0
    for (frame, operation) in zip(frames, operations) {
      let form = "opcode \(frame.opcode), \(frame.length) octets"
      if frame.lengthIsWrong { throw OracleFailure("T03", .wireForm, "\(form): the length is not in the fewest octets") }
      if (frame.key != nil) != isClient { throw OracleFailure("T03", .wireForm, "\(form): masked by a server, or not by a client") }
      let end = start + frame.headerBytes + frame.payload.count
      if let key = frame.key, let content = Operation(content: Array(written[(end - frame.payload.count)..<end]), of: frame),
        content == operation, zip(frame.payload, key).contains(where: { $0.1 != 0 })
      {
        throw OracleFailure("T03", .wireForm, "\(form): the mask was not applied")
      }
      start = end
      guard Operation(frame) == operation else { throw OracleFailure("T03", .roundTrip, "\(form) is not what was sent") }
    }
    try readBack(written, operations, isClient: isClient)
  }

  /// The other endpoint reads the same.
  private static func readBack(_ written: [UInt8], _ operations: [Operation], isClient: Bool) throws(OracleFailure) {
    let seen = MessageProperty.endpoint([written], MessageProperty.Setting(role: isClient ? .server : .client))
    let due: [MessageProperty.Event] = operations.map { operation in
      switch operation {
      case .text(let octets): .received(.text(octets))
      case .binary(let octets): .received(.binary(octets))
      case .ping(let octets): .received(.ping(octets))
      case .close(let code, let reason): .received(.close(code: code, reason: reason))
      }
    }
    if let breach = seen.breach { throw OracleFailure("T03", breach.oracle, breach.words) }
    guard Array(seen.events.dropLast()) == due else {
      var expected = Trace<MessageProperty.Event>()
      expected.events = due
      throw OracleFailure("T03", .roundTrip, difference(seen, expected))
    }
  }

  /// At most 32 operations, a Close frame last; an octet says which, one or two how long, the content is made of what follows.
  private static func operations(_ payload: [UInt8]) -> [Operation] {
    var rest = payload[...]
    var list: [Operation] = []
    while let kind = rest.popFirst(), list.count < 32 {
      let size = Int(rest.popFirst() ?? 0)
      let isControl = kind % 4 > 1
      let lengths = [size, 125, 126, 127, 256 * size + 7, 65_535, 65_536, size / 2]
      let length = isControl ? min(size, 125) : lengths[Int(kind / 4 % 8)]
      let pattern = Array(rest.prefix(min(length, 16)))
      rest = rest.dropFirst(min(pattern.count, 16))
      let content = (0..<length).map { pattern.isEmpty ? UInt8(0) : pattern[$0 % pattern.count] }
      switch kind % 4 {
      case 0: list.append(.text(content.map { $0 & 0x7F }))
      case 1: list.append(.binary(content))
      case 2: list.append(.ping(content))
      default:
        let codes: [UInt16] = [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999]
        list.append(.close(code: codes[size % codes.count], reason: content.prefix(123).map { $0 & 0x7F }))
        return list
      }
    }
    return list
  }

  /// Lets an `Endpoint` write the operations.
  package static func writer(_ operations: [Operation], _ isClient: Bool, _ firstKey: UInt32) -> [UInt8] {
    var keys = CountedKeys(from: firstKey)
    var endpoint = Endpoint(role: isClient ? .client : .server, now: .zero)
    do throws(WSError) {
      for operation in operations {
        switch operation {
        case .text(let octets): try endpoint.send(Message(.text, octets), keys: &keys)
        case .binary(let octets): try endpoint.send(Message(.binary, octets), keys: &keys)
        case .ping(let octets): try endpoint.ping(octets, keys: &keys)
        case .close(let code, let reason):
          let payload = try ClosePayload(code: CloseCode(rawValue: code), reason: String(decoding: reason, as: UTF8.self))
          try endpoint.close(payload, now: .zero, keys: &keys)
        }
      }
    } catch {
      return []
    }
    return endpoint.takeOutput(keys: &keys).flatMap { $0 }
  }
}

extension EncodingProperty.Operation {
  /// The operation that a frame stands for, or `nil`.
  init?(_ frame: FrameModel) { self.init(content: frame.payload, of: frame) }

  /// The operation of a frame if its payload were `content`.
  init?(content: [UInt8], of frame: FrameModel) {
    guard frame.isFinal, frame.reserved == 0 else { return nil }
    switch frame.opcode {
    case 0x1: self = .text(content)
    case 0x2: self = .binary(content)
    case 0x9: self = .ping(content)
    case 0x8 where content.count >= 2:
      self = .close(code: UInt16(content[0]) << 8 | UInt16(content[1]), reason: Array(content[2...]))
    default: return nil
    }
  }
}
