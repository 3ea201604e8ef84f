internal import CLuaBridge
internal import Transport
internal import WSProtocol

// Invariant of all calls: C hands back the pointer that `open` gave it, on the host's thread, and never after `close`; text is read
// during the call only.

/// The functions C calls.
@_cdecl("ln_core_table")
func coreTable() -> UnsafePointer<ln_core> { unsafe Core.table }

enum Core {
  /// Never freed: it lives as long as the process.
  nonisolated(unsafe) static let table: UnsafePointer<ln_core> = {
    let table = UnsafeMutablePointer<ln_core>.allocate(capacity: 1)
    unsafe table.initialize(to: calls())
    return unsafe UnsafePointer(table)
  }()

  private static func calls() -> ln_core {
    unsafe ln_core(
      open: { config in
        guard let context = try? unsafe Context(isThreaded: config.pointee.driver == LUANET_THREAD) else { return nil }
        return unsafe Unmanaged.passRetained(context).toOpaque()
      },
      close: { unsafe Unmanaged<Context>.fromOpaque($0).takeRetainedValue().close() },
      scope_open: { unsafe Core.context($0).openScope(name: String(text: $1)) },
      scope_close: { unsafe Core.context($0).closeScope($1) },
      scope_is_open: { unsafe Core.context($0).scopes[$1] != nil },
      wait: { unsafe Core.context($0).wait(atMost: .seconds($1)) },
      pump_begin: { unsafe Core.context($0).beginPump() },
      next: { unsafe Core.context($0).next(into: $1) },
      pump_end: { unsafe Core.context($0).endPump() },
      take_released: { unsafe Core.context($0).takeReleased() },
      queued: { unsafe Int64(Core.context($0).queued) },
      pending: { unsafe Int64(Core.context($0).pending) },
      wake_descriptor: { unsafe Core.context($0).wakeDescriptor },
      now: { Loop.microseconds },
      is_close_code: { code in UInt16(exactly: code).map { CloseCode(rawValue: $0).isSendable } ?? false },
      ws: webSocketCalls(),
      server: serverCalls())
  }

  /// The context C speaks of.
  static func context(_ pointer: UnsafeMutableRawPointer) -> Context {
    unsafe Unmanaged<Context>.fromOpaque(pointer).takeUnretainedValue()
  }
}

extension String {
  /// A copy of text from C; octets that are no UTF-8 are replaced.
  init(text: ln_text) { self = unsafe String(decoding: UnsafeRawBufferPointer(start: text.start, count: text.count), as: UTF8.self) }
}

extension Array where Element == UInt8 {
  /// A copy of text from C.
  init(text: ln_text) { self = unsafe Array(UnsafeRawBufferPointer(start: text.start, count: text.count)) }
}

extension UnsafeRawBufferPointer {
  /// Text from C, valid during the call.
  init(text: ln_text) { unsafe self.init(start: text.start, count: text.count) }
}

extension Optional where Wrapped == Refusal {
  /// A static text for C; none when nothing was refused.
  var text: UnsafePointer<CChar>? {
    guard let self else { return nil }
    return unsafe UnsafeRawPointer(self.text.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension Context {
  /// Takes out the next event; the content it points to is held until the next one is taken or the pump ends.
  func next(into event: UnsafeMutablePointer<ln_event>) -> Bool {
    guard let delivery = next() else { return false }
    unsafe event.pointee.callbacks = delivery.line?.callbacks ?? 0
    unsafe event.pointee.callback = delivery.callback.raw
    unsafe event.pointee.id = delivery.line?.id ?? 0
    // The storage of an array that is held and not changed stays where it is.
    unsafe event.pointee.text = delivery.content.withUnsafeBytes { octets in
      unsafe ln_text(start: octets.baseAddress?.assumingMemoryBound(to: CChar.self), count: octets.count)
    }
    unsafe event.pointee.code = delivery.code
    unsafe event.pointee.is_binary = delivery.isBinary
    return true
  }
}

extension Delivery.Callback {
  fileprivate var raw: ln_callback {
    switch self {
    case .log: LN_LOG
    case .open: LN_ON_OPEN
    case .message: LN_ON_MESSAGE
    case .error: LN_ON_ERROR
    case .close: LN_ON_CLOSE
    }
  }
}
