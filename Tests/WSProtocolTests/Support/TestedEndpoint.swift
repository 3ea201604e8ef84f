import WSProtocol

/// An endpoint with its keys; a class, as a noncopyable value cannot stand in an expectation.
final class TestedEndpoint {
  private var endpoint: Endpoint
  private var keys = CountedKeys()

  init(_ role: Role, limits: WSLimits = WSLimits(), at now: Duration = .zero) {
    endpoint = Endpoint(role: role, limits: limits, now: now)
  }

  var isOpen: Bool { endpoint.isOpen }
  var isFinished: Bool { endpoint.isFinished }
  var failure: WSError? { endpoint.failure }
  var heldOctets: Int { endpoint.heldOctets }
  var nextDeadline: Duration? { endpoint.nextDeadline }
  var keysGiven: Int { keys.given }

  /// Feeds octets at a moment and returns the events.
  @discardableResult
  func receive(_ octets: [UInt8], at now: Duration = .zero) -> [Endpoint.Event] {
    var index = 0
    var events: [Endpoint.Event] = []
    while let event = endpoint.receive(octets.span, at: &index, now: now, keys: &keys) { events.append(event) }
    return events
  }

  /// Lets a moment come and returns the events.
  @discardableResult
  func handleDeadline(at now: Duration) -> [Endpoint.Event] {
    endpoint.handleDeadline(now: now, keys: &keys).map { [$0] } ?? []
  }

  func resumedReading(after pause: Duration, at now: Duration) { endpoint.resumedReading(after: pause, now: now) }

  func send(_ message: Message) throws(WSError) { try endpoint.send(message, keys: &keys) }

  func ping(_ payload: [UInt8] = []) throws(WSError) { try endpoint.ping(payload, keys: &keys) }

  func close(_ payload: ClosePayload, at now: Duration = .zero) throws(WSError) { try endpoint.close(payload, now: now, keys: &keys) }

  /// The octets that wait to be written.
  func takeOutput() -> [UInt8] { endpoint.takeOutput(keys: &keys).flatMap { $0 } }

  /// The frames that wait to be written.
  func takeFrames() -> [WrittenFrame] { writtenFrames(takeOutput()) }
}
