import HTTPParse

/// Pauses, deadlines, and how the output fares.
extension HTTPServerSession {
  /// When ``handleDeadline(now:)`` is due.
  public var nextDeadline: Duration? {
    guard ending == nil || ending == .close else { return nil }
    return [pause.isEmpty ? inputDeadline : nil, output.deadline].compactMap { $0 }.min()
  }

  private var inputDeadline: Duration? {
    switch reading {
    case .awaiting(let until), .head(let until), .draining(let until, _): until
    case .content(let rate): rate.deadline
    case .answerDue, .over: nil
    }
  }

  /// Acts upon a deadline that has passed; does nothing before it.
  ///
  /// - Returns: The failure it led to; `nil` also where the connection was idle.
  public mutating func handleDeadline(now: Duration) -> Event? {
    guard let deadline = nextDeadline, now >= deadline else { return nil }
    if let due = output.deadline, now >= due {
      let error = HTTPConnectionError(.outputStalled, actual: output.pendingBytes)
      end(.abort)
      return .failed(error)
    }
    switch reading {
    case .head where !parser.isBetweenRequests: return fail(HTTPConnectionError(.headDeadline))
    case .content: return fail(HTTPConnectionError(.contentTooSlow, limit: limits.minimumBytesPerSecond))
    case .awaiting, .head, .draining: end(.close)
    case .answerDue, .over: break
    }
    return nil
  }

  /// Takes the octets to be written, in order.
  public mutating func takeOutput() -> [[UInt8]] { output.take() }

  /// Notes how many octets of the output wait to be sent; to be called when output was written, and at deadlines.
  ///
  /// - Parameters:
  ///   - count: The octets that the system has not taken.
  ///   - unacknowledged: Those and what it has sent without having learnt that the client's system has it, by which the client's pace is
  ///     measured. Default, and at least: `count`.
  ///   - now: The present time.
  public mutating func outputPending(_ count: Int, unacknowledged: Int = 0, now: Duration) {
    output.notePending(count, unacknowledged: unacknowledged, limits: limits, now: now)
  }

  /// Notes that the connection is gone.
  ///
  /// - Returns: The failure of the request under way, or `nil` if there was none.
  public mutating func connectionLost(_ error: HTTPConnectionError) -> Event? {
    let isLoss = isAnswerDue
    end(.abort)
    return isLoss ? .failed(error) : nil
  }

  /// Delivers nothing more of the present request until ``resumeReading(now:)``, and lets its client be as slow as it likes.
  ///
  /// Called for a head it also holds back 100 (Continue).
  public mutating func pauseReading(now: Duration) {
    if isDelivering { pause.begin(.application, now: now) }
  }

  /// Goes on delivering.
  public mutating func resumeReading(now: Duration) { endPause(.application, now: now) }

  /// Notes whether so much output waits for the client that nothing more is to be read.
  mutating func setOutputFull(_ isFull: Bool, now: Duration) {
    if isFull { pause.begin(.fullOutput, now: now) } else { endPause(.fullOutput, now: now) }
  }

  private mutating func endPause(_ reason: InputPause.Reasons, now: Duration) {
    guard let length = pause.end(reason, now: now) else { return }
    switch reading {
    case .awaiting(let until): reading = .awaiting(until: until + length)
    case .head(let until): reading = .head(until: until + length)
    case .content(var rate):
      rate.delay(by: length)
      reading = .content(rate)
    case .draining(let until, let dropped): reading = .draining(until: until + length, droppedBytes: dropped)
    case .answerDue, .over: break
    }
  }
}
