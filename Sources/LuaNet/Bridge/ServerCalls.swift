internal import CLuaBridge
internal import WSHandshake
internal import WSProtocol

// The invariant of ContextCalls.swift holds here, too.

extension Core {
  /// The functions of `net.ws_server`.
  static func serverCalls() -> ln_server_calls {
    unsafe ln_server_calls(
      listen: { context, scope, callbacks, request, answer in
        unsafe Core.context(context).listen(scope: scope, callbacks: callbacks, request, answering: answer)
      },
      send: { unsafe Core.context($0).send($3, to: $2, of: $1).text },
      broadcast: { context, server, message, refusal in
        let (count, refused) = unsafe Core.context(context).broadcast(message, of: server)
        unsafe refusal.pointee = unsafe refused.text
        return Int64(count)
      },
      disconnect: { context, server, client, code, reason in
        unsafe Core.context(context).disconnect(client, of: server, code: CloseCode(rawValue: code), reason: String(text: reason))
      },
      close: { unsafe Core.context($0).closeServer($1) },
      is_open: { unsafe Core.context($0).listeners[$1] != nil },
      client_count: { unsafe Int64(Core.context($0).listeners[$1]?.clients.count ?? 0) })
  }
}

extension Context {
  fileprivate func listen(
    scope: Int64, callbacks: Int32, _ request: UnsafePointer<ln_server_request>, answering answer: UnsafeMutablePointer<ln_server_answer>
  ) -> Int64 {
    do throws(ListenFailure) {
      let listener = try listen(scope: scope, callbacks: callbacks, unsafe ServerSettings(request.pointee))
      unsafe answer.pointee.port = listener.port
      return listener.id
    } catch {
      unsafe withUnsafeMutableBytes(of: &answer.pointee.reason) { unsafe error.description.copy(into: $0) }
      return 0
    }
  }

  fileprivate func send(_ message: ln_text, to client: Int64, of server: Int64) -> Refusal? {
    unsafe send(UnsafeRawBufferPointer(text: message), to: client, of: server)
  }

  fileprivate func broadcast(_ message: ln_text, of server: Int64) -> (count: Int, refusal: Refusal?) {
    unsafe broadcast(UnsafeRawBufferPointer(text: message), of: server)
  }
}

extension ServerSettings {
  fileprivate init(_ request: ln_server_request) {
    self.init()
    unsafe port = request.port
    if unsafe request.max_clients > 0 { unsafe maximumClients = Int(clamping: request.max_clients) }
    let list = unsafe UnsafeBufferPointer(start: request.origins, count: request.origin_count)
    origins = unsafe request.allows_any_origin ? .any : .listed(list.map { unsafe String(text: $0) })
  }
}

extension String {
  /// Writes as many whole characters as fit, and a NUL.
  fileprivate func copy(into space: UnsafeMutableRawBufferPointer) {
    var count = 0
    for scalar in unicodeScalars {
      let octets = UTF8.encode(scalar).map(Array.init) ?? []
      guard count + octets.count < space.count else { break }
      for octet in octets {
        unsafe space[count] = octet
        count += 1
      }
    }
    unsafe space[count] = 0
  }
}
