import CSockets
import Foundation
import Testing
import Transport

/// A delegate that keeps what it is told, and lets a test act inside each callback.
final class Recorder: ByteStreamDelegate {
  enum Callback: String, CaseIterable, Sendable { case connected, received, endOfFile, drained, closed }

  var octets: [UInt8] = []
  var calls: [Callback] = []
  var reasons: [CloseReason] = []
  /// Streams held as a connection holds its stream, which makes a cycle until the stream is closed.
  var owned: [any ByteStream] = []
  var on: (Callback, any ByteStream) -> Void = { _, _ in }

  var reason: CloseReason? { reasons.last }
  var text: String { String(decoding: octets, as: UTF8.self) }
  func count(_ callback: Callback) -> Int { calls.count { $0 == callback } }

  func connected(_ stream: any ByteStream) { note(.connected, stream) }
  func receivedEndOfFile(from stream: any ByteStream) { note(.endOfFile, stream) }
  func drained(_ stream: any ByteStream) { note(.drained, stream) }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    unsafe octets.withUnsafeBufferPointer { unsafe self.octets.append(contentsOf: $0) }
    note(.received, stream)
  }

  func closed(_ stream: any ByteStream, reason: CloseReason) {
    reasons.append(reason)
    note(.closed, stream)
  }

  private func note(_ callback: Callback, _ stream: any ByteStream) {
    // Repeated pieces say nothing about the order of the other callbacks.
    if callback != .received || calls.last != .received { calls.append(callback) }
    on(callback, stream)
  }
}

/// A listener whose connections all report to one recorder.
struct Server {
  let listener: TCPListener
  let recorder = Recorder()
  private let accepted = Accepted()

  private final class Accepted { var streams: [TCPStream] = [] }

  var streams: [TCPStream] { accepted.streams }

  init(on loop: Loop, address: SocketAddress = .loopbackIPv4(port: 0)) throws {
    let recorder = self.recorder
    let accepted = self.accepted
    listener = try TCPListener(address, on: loop) { stream in
      accepted.streams.append(stream)
      stream.delegate = recorder
    }
  }

  /// Runs the loop until the first connection is there.
  func stream(on loop: Loop) throws -> TCPStream {
    try loop.expect("a connection is accepted") { !streams.isEmpty }
    return try #require(streams.first)
  }
}

/// A socket outside the loop, driven by the test call by call.
final class RawSocket {
  let descriptor: Int32
  private var isOpen = true

  init() throws {
    descriptor = cs_socket(0)
    try #require(descriptor >= 0)
  }

  /// The next connection that waits at a listening socket.
  init(acceptedBy listener: RawSocket) throws {
    var peer = cs_address()
    descriptor = unsafe cs_accept(listener.descriptor, &peer)
    try #require(descriptor >= 0)
  }

  /// A socket that holds a free loopback port without listening on it.
  convenience init(boundTo port: UInt16) throws {
    try self.init()
    var address = cs_address(high: 0, low: 0x7F00_0001, zone: 0, port: port, is_ipv6: 0)
    try #require(unsafe cs_bind(descriptor, &address) == 0)
  }

  convenience init(connectedTo address: SocketAddress, receiveBufferBytes: Int32? = nil) throws {
    try self.init()
    if let receiveBufferBytes { _ = cs_set_receive_buffer(descriptor, receiveBufferBytes) }
    var raw = cs_address(high: 0, low: 0x7F00_0001, zone: 0, port: address.port, is_ipv6: 0)
    let result = unsafe cs_connect(descriptor, &raw)
    try #require(result == 0 || result == -CS_EINPROGRESS)
  }

  deinit { close() }

  var address: SocketAddress {
    var raw = cs_address()
    _ = unsafe cs_local_address(descriptor, &raw)
    return .loopbackIPv4(port: raw.port)
  }

  /// The number of octets taken, or a negative error number.
  func send(_ octets: [UInt8]) -> Int {
    unsafe octets.withUnsafeBytes { unsafe cs_send(descriptor, $0.baseAddress, $0.count) }
  }

  /// What is there, nil at the end of the stream, or the (negative) error number.
  func receive() -> (octets: [UInt8]?, error: Int) {
    var octets = [UInt8](repeating: 0, count: 64 * 1024)
    let count = unsafe octets.withUnsafeMutableBytes { unsafe cs_receive(descriptor, $0.baseAddress, $0.count) }
    if count < 0 { return ([], count) }
    return (count == 0 ? nil : Array(octets[..<count]), 0)
  }

  /// Waits until the socket is ready; the test fails when it is not within ten seconds.
  func wait(for readiness: Readiness) throws {
    let poller = PollPoller()
    try poller.add(descriptor, token: 0, interest: readiness)
    var events: [PollerEvent] = []
    try poller.wait(atMost: .seconds(10), into: &events)
    try #require(!events.isEmpty)
  }

  /// Waits for what comes next; nil at the end of the stream.
  func next() throws -> [UInt8]? {
    try wait(for: .readable)
    let (octets, error) = receive()
    try #require(error == 0)
    return octets
  }

  func close() {
    if isOpen { cs_close(descriptor) }
    isOpen = false
  }

  func abort() {
    _ = cs_set_linger_zero(descriptor)
    close()
  }
}

extension PollerKind {
  /// A loop with a server on it.
  func serve() throws -> (loop: Loop, server: Server) {
    let loop = try loop()
    return (loop, try Server(on: loop))
  }
}

extension Loop {
  /// Runs turns until `condition` holds; the test fails when it does not within ten seconds.
  func expect(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool) throws {
    try #require(try run(within: .seconds(10), until: condition), what, sourceLocation: sourceLocation)
  }

  /// Runs turns until nothing is left to do; a loop that finds work without end fails the test.
  func settle(sourceLocation: SourceLocation = #_sourceLocation) throws {
    for _ in 0..<200 where try !turn(waitAtMost: .milliseconds(10)) { return }
    Issue.record("the loop does not come to rest", sourceLocation: sourceLocation)
  }
}

/// Repeatable octets; the length of the period is a prime, so that a lost or moved block of a usual size shows.
func pattern(_ count: Int, seed: UInt8 = 0) -> [UInt8] {
  let period = (0..<min(count, 65_521)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ seed }
  var octets: [UInt8] = []
  octets.reserveCapacity(count)
  while octets.count + period.count < count { octets += period }
  return octets + period.prefix(count - octets.count)
}

final class Weak<Object: AnyObject> {
  weak var object: Object?
  init(_ object: Object) { self.object = object }
}

/// Something of a loop's thread that the thread hands over to itself; only that thread may use it.
final class Confined<Value>: @unchecked Sendable {
  private let home = pthread_self()
  private let confined: Value

  init(_ value: Value) { confined = value }

  var value: Value {
    precondition(pthread_equal(home, pthread_self()) != 0, "used on another thread")
    return confined
  }
}
