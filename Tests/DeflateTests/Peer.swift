import Deflate
import DeflateAudit
import ProtocolTesting
import WSProtocol

/// Keys that are all the same; a server has none.
struct SameKey: MaskingKeySource {
  // Stored, as ThreadSanitizer takes the common address that values without storage are given for a variable that threads share.
  private let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)

  mutating func nextMaskingKey() -> MaskingKey { key }
}

/// An endpoint with compression; a class, as a noncopyable value cannot stand in an expectation.
final class Peer {
  let role: Role
  let compressor: DeflateCompressor
  let decompressor: DeflateDecompressor
  private var endpoint: Endpoint
  private var keys = SameKey()

  init(_ role: Role, _ agreed: PerMessageDeflate = PerMessageDeflate(), limits: WSLimits = WSLimits()) {
    self.role = role
    let compression = MessageCompression(agreed, role: role)
    compressor = compression.compressor as? DeflateCompressor ?? DeflateCompressor(windowBits: 15, hasContextTakeover: true)
    decompressor =
      compression.decompressor as? DeflateDecompressor ?? DeflateDecompressor(windowBits: 15, hasContextTakeover: true)
    endpoint = Endpoint(role: role, limits: limits, compression: compression, now: .zero)
  }

  var failure: WSError? { endpoint.failure }
  var heldOctets: Int { endpoint.heldOctets }
  var nextDeadline: Duration? { endpoint.nextDeadline }

  func handleDeadline(at now: Duration) -> [Endpoint.Event] { endpoint.handleDeadline(now: now, keys: &keys).map { [$0] } ?? [] }

  @discardableResult
  func receive(_ octets: [UInt8], at now: Duration = .zero) -> [Endpoint.Event] {
    var index = 0
    var events: [Endpoint.Event] = []
    while let event = endpoint.receive(octets.span, at: &index, now: now, keys: &keys) { events.append(event) }
    return events
  }

  func send(_ message: Message, compressed: Bool = true) throws -> [UInt8] {
    try endpoint.send(message, compressed: compressed, keys: &keys)
    return takeOutput()
  }

  func takeOutput() -> [UInt8] { endpoint.takeOutput(keys: &keys).flatMap { $0 } }
}

/// A frame; from a client it is masked with a key of zeros, which leaves the payload readable.
func frame(_ first: UInt8, _ payload: [UInt8] = [], from sender: Role = .client) -> [UInt8] {
  var octets: [UInt8] = []
  FrameHeader(
    opcode: Opcode(rawValue: first), payloadLength: UInt64(payload.count), isFinal: first & 0x80 != 0,
    reservedBits: ReservedBits(rawValue: first >> 4), maskingKey: sender == .client ? MaskingKey(littleEndian: 0) : nil
  ).encode(into: &octets)
  return octets + payload
}

/// The octets written in hexadecimal, blanks ignored.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// A payload compressed by our own compressor, which other tests prove right.
func compressed(_ octets: [UInt8]) -> [UInt8] {
  DeflateCompressor(windowBits: 15, hasContextTakeover: false).compress(octets) ?? []
}

/// The octets, several times over.
func repeated(_ octets: [UInt8], _ count: Int) -> [UInt8] {
  var result: [UInt8] = []
  for _ in 0..<count { result += octets }
  return result
}

extension DeflateCompressor {
  /// Spans cannot stand in an expectation.
  func compress(_ octets: [UInt8]) -> [UInt8]? { compress(octets.span) }
}

func noise(_ count: Int, seed: UInt64 = 3) -> [UInt8] {
  var random = SeededGenerator(seed: seed)
  var octets: [UInt8] = []
  while octets.count < count { unsafe withUnsafeBytes(of: random.next()) { unsafe octets.append(contentsOf: $0) } }
  return Array(octets.prefix(count))
}

extension WSLimits {
  /// Messages of at most `maximumMessageBytes` octets.
  init(messages maximumMessageBytes: Int) {
    self.init()
    self.maximumMessageBytes = maximumMessageBytes
  }
}
