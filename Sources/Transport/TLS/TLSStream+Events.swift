extension TLSStream: EventSource {
  // MARK: Beginning and end

  /// Becomes the delegate of the lower stream.
  func takeOver() {
    // Every octet counts as much, so that each time the lower stream is at its low watermark is reported.
    lower.highWatermark = 1
    lower.lowWatermark = min(lowWatermark, Self.encryptedAheadBytes / 4)
    lower.delegate = LowerStreamEvents(self)
    lower.resumeReading()
  }

  func startHandshake(_ session: TLSSession?, expecting name: TLSPeerName? = nil) {
    guard let session, name.map({ session.expect($0) }) != false else { return fail(.outOfMemory) }
    self.session = session
    armHandshakeTimer()
    continueHandshake(session)
  }

  func lowerConnected() {
    if case .handshaking = state { armHandshakeTimer() }
  }

  private func armHandshakeTimer() {
    guard let loop else { return }
    if let timer { loop.cancel(timer) }
    timer = loop.schedule(at: loop.now + handshakeLimit) {
      self.timer = nil
      self.fail(.handshakeTimeout(self.handshakeLimit))
    }
  }

  /// Closes over a failure, after the alert that the session may have sent.
  func fail(_ failure: TLSFailure) {
    let isAboutHandshake =
      switch (state, failure) {
      case (.handshaking, _): true
      // The client of TLS 1.3 is done before the server has seen its certificate.
      case (_, .ourCertificateRefused): !hasReceived
      case (_, _): false
      }
    let error = TransportError(isAboutHandshake ? .handshake : .receive, .tls(failure), address: peerAddress)
    part(CloseReason(error))
    lower.closeGracefully(within: Self.partingLimit)
  }

  /// Both sides have finished.
  private func finish() {
    part(.peerFinished)
    lower.closeGracefully(within: Self.partingLimit)
  }

  /// Gives up everything but the lower stream, which is about to be closed.
  func part(_ reason: CloseReason?) {
    state = .closing(reason)
    release()
  }

  private func release() {
    output.removeAll()
    heldInput = []
    session = nil
    if let timer { loop?.cancel(timer) }
    timer = nil
  }

  func lowerClosed(_ reason: CloseReason) {
    let ownReason: CloseReason
    switch state {
    case .closed: return
    case .closing(let given?): ownReason = given
    case .handshaking: ownReason = Self.duringHandshake(reason)
    case .open, .lingering, .closing(nil): ownReason = reason == .localClose && peerFinished ? .peerFinished : reason
    }
    state = .closed
    release()
    let delegate = self.delegate
    self.delegate = nil
    delegate?.closed(self, reason: ownReason)
  }

  /// The same reason, but saying that the handshake was not done.
  private static func duringHandshake(_ reason: CloseReason) -> CloseReason {
    guard let error = reason.error, error.operation == .receive || error.operation == .send else { return reason }
    return CloseReason(TransportError(.handshake, error.cause, address: error.address))
  }

  /// The lower stream was dropped with its loop.
  func lowerDropped() {
    if case .closed = state { return }
    state = .closed
    release()
    delegate = nil
  }

  func loopEnded() { lowerDropped() }

  // MARK: Input

  func ready(_ readiness: Readiness, on loop: Loop) {}

  func lowerReceived(_ octets: Span<UInt8>) {
    switch state {
    case .lingering, .closing, .closed: return
    case .handshaking, .open: break
    }
    guard let session, !peerFinished else { return }
    unsafe octets.withUnsafeBufferPointer { octets in
      guard isReading, heldInput.isEmpty else { return unsafe heldInput.append(contentsOf: octets) }
      let rest = unsafe session.reading(octets) { advance(session) }
      if rest > 0, session === self.session, !peerFinished { unsafe heldInput = ArraySlice(Array(octets.suffix(rest))) }
    }
  }

  func lowerEnded() {
    switch state {
    case .handshaking: fail(session?.firstOctetsThatAreNotTLS.map { .notTLS(firstOctets: $0) } ?? .endedDuringHandshake)
    case .open: if !peerFinished { fail(.truncated) }
    case .lingering, .closing, .closed: break
    }
  }

  /// Whether the session is to be read now.
  private var isReading: Bool {
    switch state {
    case .handshaking: true
    case .open: !isPaused && delegate != nil
    case .lingering, .closing, .closed: false
    }
  }

  /// Goes on with what was held back when reading was paused, and then with the lower stream.
  func readAgain() {
    guard !isAboutToRead, isReading, let loop else { return updateLowerReading() }
    isAboutToRead = true
    loop.afterCallbacks {
      self.isAboutToRead = false
      self.readHeld()
      self.updateLowerReading()
    }
  }

  private func readHeld() {
    guard isReading, !peerFinished, let session else { return }
    let held = heldInput
    heldInput = []
    let rest = unsafe held.withUnsafeBufferPointer { octets in unsafe session.reading(octets) { advance(session) } }
    if rest > 0, session === self.session, !peerFinished { heldInput = held.suffix(rest) }
  }

  /// The lower stream reads when we do, and also to notice the peer's end when nobody is interested in what it sends.
  func updateLowerReading() {
    switch state {
    case .handshaking, .lingering: lower.resumeReading()
    case .open: if isReading, !isAboutToRead, heldInput.isEmpty { lower.resumeReading() } else { lower.pauseReading() }
    case .closing, .closed: break
    }
  }

  /// Reads from the input lent to `session`, and delivers, until there is no more of it or nobody reads.
  private func advance(_ session: TLSSession) {
    if case .handshaking = state { continueHandshake(session) }
    guard isReading, !peerFinished else { return }
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.recordBytes) { buffer in
      while isReading, !peerFinished {
        let (count, next) = unsafe session.read(into: buffer)
        if count > 0 {
          hasReceived = true
          let octets = unsafe UnsafeBufferPointer(rebasing: buffer[..<count])
          delegate?.received(unsafe octets.span, from: self)
          // Only now may the end be noticed; who stopped reading is told when it goes on, because the session says it again.
          guard isReading else { return }
        }
        switch next {
        case .done: continue
        case .wantsInput: return
        case .ended: return peerEnded()
        case .failed: return fail(session.failure)
        }
      }
    }
  }

  /// The content of a record at most (RFC 8446 section 5.1).
  private static let recordBytes = 16 * 1024

  private func peerEnded() {
    peerFinished = true
    delegate?.receivedEndOfFile(from: self)
    if case .open = state, writeEnd == .sent { finish() }
  }

  private func continueHandshake(_ session: TLSSession) {
    switch session.handshake() {
    case .wantsInput: return
    case .done: break
    case .ended: return fail(.endedDuringHandshake)
    case .failed: return fail(handshakeFailure(session))
    }
    state = .open
    if let timer { loop?.cancel(timer) }
    timer = nil
    markDirty()
    delegate?.connected(self)
    updateLowerReading()
  }

  private func handshakeFailure(_ session: TLSSession) -> TLSFailure {
    if let octets = session.firstOctetsThatAreNotTLS { return .notTLS(firstOctets: octets) }
    return session.failure.expecting(host)
  }

  // MARK: Output

  func lowerDrained() {
    if !output.isEmpty || reachedHighWatermark || writeEnd == .requested { markDirty() }
  }

  func flush(on loop: Loop) {
    isDirty = false
    encryptPending()
    switch state {
    case .open, .lingering: break
    case .handshaking, .closing, .closed: return
    }
    if writeEnd == .requested, output.isEmpty {
      session?.end()
      writeEnd = .sent
    }
    switch state {
    case .lingering(let end) where output.isEmpty:
      part(nil)
      lower.closeGracefully(within: max(end - loop.now, .zero))
    case .open where writeEnd == .sent && peerFinished: finish()
    case .open where reachedHighWatermark && pendingOutputBytes <= lowWatermark:
      reachedHighWatermark = false
      delegate?.drained(self)
    case .handshaking, .open, .lingering, .closing, .closed: break
    }
  }

  /// Encrypts pending output until the lower stream has enough of it.
  func encryptPending(ahead limit: Int = encryptedAheadBytes) {
    switch state {
    case .open, .lingering: break
    case .handshaking, .closing, .closed: return
    }
    while !output.isEmpty, lower.pendingOutputBytes < limit {
      var hasFailed = false
      unsafe output.takeFirst { octets in
        let sent = unsafe encrypt(octets, ahead: limit)
        hasFailed = sent == nil
        return sent ?? 0
      }
      if hasFailed, let session { return fail(session.failure) }
    }
  }

  /// Encrypts `octets` until the lower stream has enough; how many of them are encrypted, nil when the session has failed.
  func encrypt(_ octets: UnsafeBufferPointer<UInt8>, ahead limit: Int = encryptedAheadBytes) -> Int? {
    guard let session else { return nil }
    var sent = 0
    while sent < octets.count, lower.pendingOutputBytes < limit {
      guard let count = unsafe session.write(UnsafeBufferPointer(rebasing: octets[sent...])) else { return nil }
      sent += count
    }
    return sent
  }
}

/// The delegate of the lower stream, which keeps the TLS stream as long as the lower one is open.
final class LowerStreamEvents: ByteStreamDelegate {
  private let upper: TLSStream

  init(_ upper: TLSStream) { self.upper = upper }
  deinit { upper.lowerDropped() }

  func connected(_ stream: any ByteStream) { upper.lowerConnected() }
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) { upper.lowerReceived(octets) }
  func receivedEndOfFile(from stream: any ByteStream) { upper.lowerEnded() }
  func drained(_ stream: any ByteStream) { upper.lowerDrained() }
  func closed(_ stream: any ByteStream, reason: CloseReason) { upper.lowerClosed(reason) }
}
