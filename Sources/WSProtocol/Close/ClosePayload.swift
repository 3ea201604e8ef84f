/// The payload of a Close frame: nothing, or a code and a reason (RFC 6455 §5.5.1).
public struct ClosePayload: Sendable, Hashable {
  /// The most octets a reason can have: 125 less the code.
  public static let maximumReasonBytes = 123

  /// The code, or `nil` when the payload is empty.
  public let code: CloseCode?
  /// The octets of the reason, valid UTF-8.
  public let reason: [UInt8]

  /// The payload without code and reason.
  public static let empty = ClosePayload(code: nil, reason: [])

  private init(code: CloseCode?, reason: [UInt8]) {
    self.code = code
    self.reason = reason
  }

  /// Reads a received payload.
  ///
  /// - Parameters:
  ///   - octets: The unmasked payload of a Close frame, at most 125 octets.
  ///   - offset: Its offset in the received stream, for errors.
  /// - Throws: ``WSError/Code/truncatedCloseCode``, ``WSError/Code/forbiddenCloseCode(_:)`` or ``WSError/Code/invalidUTF8``.
  public init(parsing octets: [UInt8], offset: UInt64) throws(WSError) {
    guard !octets.isEmpty else {
      self = .empty
      return
    }
    guard octets.count >= 2 else { throw WSError(.truncatedCloseCode, offset: offset) }
    let code = CloseCode(rawValue: UInt16(octets[0]) &<< 8 | UInt16(octets[1]))
    guard code.isSendable else { throw WSError(.forbiddenCloseCode(code), offset: offset) }
    let reason = Array(octets[2...])
    var validator = UTF8Validator()
    if let bad = validator.firstInvalid(in: reason.span) { throw WSError(.invalidUTF8, offset: offset &+ 2 &+ UInt64(bad)) }
    guard validator.isComplete else { throw WSError(.invalidUTF8, offset: offset &+ UInt64(octets.count)) }
    self.init(code: code, reason: reason)
  }

  /// Composes a payload to send; a reason of more than ``maximumReasonBytes`` octets is cut at the end of a character.
  ///
  /// - Throws: ``WSError/Code/unsendable`` for a code that must not be sent.
  public init(code: CloseCode, reason: String = "") throws(WSError) {
    guard code.isSendable else { throw WSError(.unsendable, offset: 0) }
    self.init(sendable: code, reason: reason)
  }

  /// Composes the payload that answers `error`, or an empty one where no code fits.
  init(answering error: WSError) {
    guard let code = error.closeCode else {
      self = .empty
      return
    }
    self.init(sendable: code, reason: "\(error)")
  }

  private init(sendable code: CloseCode, reason: String) {
    var octets: [UInt8] = []
    for scalar in reason.unicodeScalars {
      let encoded = UTF8.encode(scalar).map(Array.init) ?? []
      guard octets.count + encoded.count <= Self.maximumReasonBytes else { break }
      octets += encoded
    }
    self.init(code: code, reason: octets)
  }

  /// The payload as it stands in a frame.
  public var octets: [UInt8] {
    guard let code else { return [] }
    return [UInt8(truncatingIfNeeded: code.rawValue &>> 8), UInt8(truncatingIfNeeded: code.rawValue)] + reason
  }
}
