internal import WSProtocol

/// With what a connection ended, as `on_close` tells it.
struct Ending: Sendable {
  let code: Int32
  let reason: [UInt8]

  /// Nobody has said with what.
  static let abnormal = Ending(code: 1006, reason: [])

  private init(code: Int32, reason: [UInt8]) {
    self.code = code
    self.reason = reason
  }

  init(_ code: CloseCode) { self.init(code: Int32(code.rawValue), reason: []) }

  /// With what a Close frame says.
  init(_ payload: ClosePayload) { self.init(code: payload.code.map { Int32($0.rawValue) } ?? 1005, reason: payload.reason) }
}
