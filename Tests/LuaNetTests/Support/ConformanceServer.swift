import Conformance
import ConformancePeers
import Transport
import WSHandshake
import WSProtocol

/// Plays the server in a case of the catalogue that was written for a client: the case's frames lose their masks, and those of the script
/// are read without.
final class ConformanceServer: ByteStreamDelegate {
  private let stream: any ByteStream
  private weak var loop: Loop?
  private var run: CaseRun
  private var toScript = Unmasker()
  private var toCase = Unmasker()
  private var head: [UInt8]? = []
  private var isOver = false
  private let completion: (CaseResult) -> Void

  init(_ stream: any ByteStream, on loop: Loop, _ run: CaseRun, completion: @escaping (CaseResult) -> Void) {
    self.stream = stream
    self.loop = loop
    self.run = run
    self.completion = completion
    stream.delegate = self
  }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    var copy = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) }
    if var head {
      head += copy
      guard let end = endOfHead(in: head) else {
        self.head = head
        return
      }
      self.head = nil
      copy = Array(head[end...])
      open(String(decoding: head[..<end], as: UTF8.self))
    }
    guard let loop, !copy.isEmpty else { return }
    run.receive(toCase.unmask(copy).span, now: loop.now)
    // A server ends the connection once Close frames went both ways; here it is the case's peer that has to.
    if toCase.hasClosed, toScript.hasClosed { run.transportEnded(.endOfFile, now: loop.now) }
    settle()
  }

  private func open(_ request: String) {
    guard let loop else { return }
    stream.write(switchingAnswer(to: request))
    run.connected(now: loop.now)
    guard let asked = run.nextWrite(now: loop.now) else { return }
    let answer = switchingAnswer(to: String(decoding: asked.octets, as: UTF8.self))
    run.receive(answer.span, now: loop.now)
    settle()
  }

  func receivedEndOfFile(from stream: any ByteStream) {
    guard let loop else { return }
    run.transportEnded(.endOfFile, now: loop.now)
    settle()
  }

  func drained(_ stream: any ByteStream) { settle() }

  func closed(_ stream: any ByteStream, reason: CloseReason) {
    guard let loop else { return }
    run.transportEnded(.reset, now: loop.now)
    settle()
  }

  private func settle() {
    guard !isOver, let loop else { return }
    while stream.pendingOutputBytes < stream.highWatermark, let write = run.nextWrite(now: loop.now) {
      let octets = toScript.unmask(write.octets)
      if write.isAlone { stream.writeNow(octets) } else { stream.write(octets) }
    }
    if let result = run.result {
      isOver = true
      completion(result)
      return stream.closeGracefully(within: .seconds(2))
    }
    guard let deadline = run.deadline else { return }
    loop.schedule(at: deadline) { [weak self] in
      guard let self, !isOver else { return }
      run.handleDeadline(now: loop.now)
      settle()
    }
  }
}

/// Takes the masks off a stream of frames, valid or not, as far as they can be told apart.
struct Unmasker {
  private var scanner = FrameHeaderScanner()
  private var key: MaskingKey?
  private var missing: UInt64 = 0
  private(set) var hasClosed = false

  mutating func unmask(_ octets: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < octets.count {
      if missing == 0 {
        guard var header = scanner.scan(octets.span, at: &index) else { break }
        key = header.maskingKey
        missing = header.payloadLength
        if header.opcode == .close { hasClosed = true }
        header.maskingKey = nil
        header.encode(into: &result)
      } else {
        let count = Int(min(missing, UInt64(octets.count - index)))
        var payload = Array(octets[index..<(index + count)])
        if let key {
          Masking.apply(key, to: &payload, from: 0)
          self.key = key.advanced(by: count)
        }
        result += payload
        missing -= UInt64(count)
        index += count
      }
    }
    return result
  }
}
