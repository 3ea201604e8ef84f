internal import CLuaBridge
internal import WSProtocol

// The invariant of ContextCalls.swift holds here, too.

extension Core {
  /// The functions of `net.ws`.
  static func webSocketCalls() -> ln_ws_calls {
    unsafe ln_ws_calls(
      connect: { context, scope, callbacks, request in
        unsafe Core.context(context).connect(scope: scope, callbacks: callbacks, WebSocketRequest(request.pointee))
      },
      send: { context, scope, id, message, isBinary in
        unsafe Core.context(context).send(isBinary ? .binary : .text, UnsafeRawBufferPointer(text: message), on: id, of: scope).text
      },
      close: { context, scope, id, code, reason in
        unsafe Core.context(context).close(id, of: scope, code: CloseCode(rawValue: code), reason: String(text: reason))
      },
      is_open: { unsafe Core.context($0).isOpen($2, of: $1) })
  }
}

extension WebSocketRequest {
  fileprivate init(_ request: ln_ws_request) {
    unsafe self.init(url: Array(text: request.url))
    let texts = unsafe UnsafeBufferPointer(start: request.fields, count: 2 * request.field_count)
    fields = stride(from: 0, to: texts.count, by: 2).map { unsafe (Array(text: texts[$0]), Array(text: texts[$0 + 1])) }
    protocols = unsafe UnsafeBufferPointer(start: request.protocols, count: request.protocol_count).map { unsafe String(text: $0) }
    if unsafe request.timeout > 0 { timeout = unsafe .seconds(request.timeout) }
    isInsecure = unsafe request.is_insecure
    caFile = unsafe request.ca_file.start == nil ? nil : String(text: request.ca_file)
  }
}
