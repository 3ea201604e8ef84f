import Testing
import Transport

@Suite("TLS re-entrancy", .timeLimit(.minutes(10)))
struct TLSReentrancyTests {
  enum Action: String, CaseIterable, Sendable {
    case close, abort, closeGracefully, shutdownWrite, pauseAndClose, writeNow, dropDelegate
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let onServer: Bool
    let callback: Recorder.Callback
    let action: Action
    var testDescription: String { "\(action) in \(callback) of the \(onServer ? "server" : "client")" }

    static let all: [Row] = Action.allCases.flatMap { action in
      [false, true].flatMap { onServer in
        Recorder.Callback.allCases.filter { onServer || $0 != .drained }.map { Row(onServer: onServer, callback: $0, action: action) }
      }
    }
  }

  @Test(
    "every callback may end the stream: one closed, nothing after it, nothing kept", arguments: Row.all,
    TLSStreamTests.media.suffix(1) + [.tcp])
  func endInCallback(row: Row, medium: TLSLink.Medium) throws {
    let loop = try Loop()
    var weak: [Weak<TLSStream>] = []
    var acted = false
    let serverRecorder: Recorder
    let clientRecorder: Recorder
    do {
      let link = try TLSLink(on: loop, over: medium)
      (serverRecorder, clientRecorder) = (link.serverRecorder, link.clientRecorder)

      /// What happens without the row's action: a question, a long answer, both directions ended.
      func script(_ callback: Recorder.Callback, _ stream: any ByteStream, isServer: Bool) {
        switch (callback, isServer) {
        case (.connected, true): (stream.highWatermark, stream.lowWatermark) = (50_000, 20_000)
        case (.connected, false): stream.write(Array("question".utf8))
        case (.received, true) where serverRecorder.count(.drained) == 0: stream.write(pattern(150_000))
        case (.drained, true), (.endOfFile, false), (.endOfFile, true): stream.shutdownWrite()
        case (.received, _), (.drained, false), (.closed, _): break
        }
        guard row.onServer == isServer, row.callback == callback, !acted else { return }
        acted = true
        switch row.action {
        case .close: stream.close()
        case .abort: stream.abort()
        case .closeGracefully: stream.closeGracefully(within: .seconds(1))
        case .shutdownWrite: stream.shutdownWrite()
        case .pauseAndClose:
          stream.pauseReading()
          stream.writeNow([1])
          stream.close()
          stream.resumeReading()
          stream.write([1])
        case .writeNow:
          stream.writeNow(pattern(400_000))
          stream.closeGracefully(within: .seconds(1))
          stream.writeNow([1])
        case .dropDelegate:
          let delegate = stream.delegate
          stream.delegate = nil
          stream.delegate = delegate
          stream.close()
        }
      }
      serverRecorder.on = { script($0, $1, isServer: true) }
      clientRecorder.on = { script($0, $1, isServer: false) }
      weak.append(Weak(link.client))
      try loop.expect("both streams are closed") { clientRecorder.reason != nil && (link.server == nil || serverRecorder.reason != nil) }
      if let server = link.server { weak.append(Weak(server)) }
      try loop.settle()
    }
    for recorder in [clientRecorder, serverRecorder] { recorder.on = { _, _ in } }
    #expect(acted)
    for recorder in [clientRecorder, serverRecorder] where !recorder.calls.isEmpty {
      #expect(recorder.count(.closed) == 1)
      #expect(recorder.calls.last == .closed)
    }
    #expect(weak.allSatisfy { $0.object == nil }, "a closed stream is kept")
  }
}
