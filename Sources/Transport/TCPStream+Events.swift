internal import CSockets

extension TCPStream: EventSource {
  /// The number of octets read at most in one turn, so that other sockets get their share.
  private static let readPerTurnBytes = 256 * 1024
  /// The number of gather writes at most in one turn.
  private static let sendsPerTurn = 8

  func ready(_ readiness: Readiness, on loop: Loop) {
    switch state {
    case .closed: return
    case .connecting: return connectEnded(on: loop)
    case .open, .lingering: break
    }
    if readiness.contains(.writable) {
      isBlocked = false
      // The flush at the end of the turn takes along what the callbacks of this turn write.
      markDirty()
    }
    if readiness.contains(.hangup) { connectionEnded(on: loop) }
    if !readiness.isDisjoint(with: [.readable, .hangup]) { readAvailable(on: loop) }
  }

  func flush(on loop: Loop) {
    isDirty = false
    guard state == .open || state == .lingering else { return }
    sendPending(on: loop)
    if writeEnd == .requested, output.isEmpty, failure == nil {
      // Fails only on a connection that is dead, which the poller reports.
      _ = cs_shutdown_write(descriptor)
      writeEnd = .sent
    }
    if writeEnd == .sent, peerFinished { return finish(.peerFinished) }
    updateInterest(on: loop)
    if state == .open, reachedHighWatermark, output.byteCount <= lowWatermark {
      reachedHighWatermark = false
      delegate?.drained(self)
    }
  }

  func loopEnded() {
    release()
    delegate = nil
  }

  /// Whether octets are to be read now.
  private var isReading: Bool {
    guard !peerFinished else { return false }
    switch state {
    case .open: return !isPaused && delegate != nil
    case .lingering: return true
    case .connecting, .closed: return false
    }
  }

  /// Tells the loop what the stream waits for.
  func updateInterest() {
    if let loop { updateInterest(on: loop) }
  }

  private func updateInterest(on loop: Loop) {
    guard state != .closed, descriptor >= 0 else { return }
    if isReading { isParked = false }
    var interest: Readiness = []
    if isReading { interest.insert(.readable) }
    if isBlocked || state == .connecting { interest.insert(.writable) }
    do {
      try loop.setInterest(isParked ? nil : interest, of: token)
    } catch {
      finish(CloseReason(error))
    }
  }

  // MARK: Connecting

  func startConnecting(within limit: Duration, on loop: Loop) {
    do throws(TransportError) {
      var raw = peerAddress.raw
      descriptor = try checked(cs_socket(raw.is_ipv6 == 0 ? 0 : 1), .createSocket, address: peerAddress)
      token = loop.register(descriptor, for: self)
      _ = cs_set_no_delay(descriptor, 1)
      let result = unsafe cs_connect(descriptor, &raw)
      if result != -CS_EINPROGRESS { try checked(result, .connect, address: peerAddress) }
    } catch {
      return finish(CloseReason(error))
    }
    timer = loop.schedule(at: loop.now + limit) {
      self.finish(CloseReason(TransportError(.connect, .deadlineExceeded(limit), address: self.peerAddress)))
    }
    updateInterest(on: loop)
  }

  private func connectEnded(on loop: Loop) {
    let errorNumber = cs_take_error(descriptor)
    guard errorNumber == 0 else { return connectFailed(.system(errorNumber: errorNumber)) }
    state = .open
    guard localAddress != peerAddress else { return connectFailed(.connectedToItself) }
    if let timer { loop.cancel(timer) }
    timer = nil
    updateInterest(on: loop)
    markDirty()
    delegate?.connected(self)
  }

  private func connectFailed(_ cause: TransportError.Cause) {
    finish(CloseReason(TransportError(.connect, cause, address: peerAddress)))
  }

  // MARK: Input

  /// Reads and delivers, up to one turn's share.
  ///
  /// Ends the stream when the connection is dead and everything is delivered.
  func readAvailable(on loop: Loop) {
    var budget = Self.readPerTurnBytes
    while isReading {
      guard budget > 0 else {
        // A dead connection may report nothing more.
        if failure != nil { readLater(on: loop) }
        return
      }
      let count = unsafe cs_receive(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count)
      guard count > 0 else { return readEnded(count, on: loop) }
      budget -= count
      if state == .open {
        let octets = unsafe UnsafeBufferPointer(rebasing: loop.readBuffer[..<count])
        delegate?.received(unsafe octets.span, from: self)
      }
      // A short read has emptied the socket; if not, the poller reports it again.
      if count < Loop.readBufferBytes, failure == nil { return }
    }
    if peerFinished, let failure { finish(failure) }
  }

  /// Reads once the running callbacks have returned.
  func readLater(on loop: Loop) {
    // A loop that is going away does what was put off, but reads nothing more.
    loop.afterCallbacks { if let loop = self.loop { self.readAvailable(on: loop) } }
  }

  private func readEnded(_ result: Int, on loop: Loop) {
    if let failure { return finish(failure) }
    if result == -Int(CS_EAGAIN) { return }
    guard result == 0 else {
      return finish(CloseReason(TransportError(.receive, .system(errorNumber: Int32(clamping: -result)), address: peerAddress)))
    }
    peerFinished = true
    updateInterest(on: loop)
    if state == .open { delegate?.receivedEndOfFile(from: self) }
    if writeEnd == .sent { finish(.peerFinished) }
  }

  /// The connection failed, or both directions have ended.
  private func connectionEnded(on loop: Loop) {
    let errorNumber = cs_take_error(descriptor)
    if errorNumber != 0 { fail(TransportError(.receive, .system(errorNumber: errorNumber), address: peerAddress)) }
    if peerFinished, failure == nil {
      finish(.peerFinished)
    } else if !isReading, !peerFinished {
      isParked = true
      updateInterest(on: loop)
    }
  }

  // MARK: Output

  /// Hands pending output to the system, until it takes no more or the turn's share is used up.
  func sendPending(on loop: Loop) {
    guard !isBlocked, failure == nil else { return }
    var sends = 0
    while !output.isEmpty, !isBlocked {
      let (result, isComplete) = unsafe output.send(to: descriptor, using: loop.pieces)
      if result < 0, result != -Int(CS_EAGAIN) { return sendFailed(-result, on: loop) }
      sends += 1
      // When the share is used up, the poller reports room for more in the next turn.
      isBlocked = !isComplete || (sends == Self.sendsPerTurn && !output.isEmpty)
    }
  }

  func sendFailed(_ errorNumber: Int, on loop: Loop) {
    fail(TransportError(.send, .system(errorNumber: Int32(clamping: errorNumber)), address: peerAddress))
    // What arrived before is delivered first; a stream that is paused does so when it is resumed.
    readLater(on: loop)
  }

  /// Drops pending output for good; a writer that waits for room is let go on, so that it comes to read the end.
  private func fail(_ error: TransportError) {
    if failure == nil { failure = CloseReason(error) }
    output.removeAll()
    isBlocked = false
    if reachedHighWatermark { markDirty() }
  }
}
