/// One connection in the making, see ``Connector``.
public final class Race {
  private weak var loop: Loop?
  private let host: String
  private let port: UInt16
  private let limit: Duration
  private let deadline: Duration
  private let isAllowed: (SocketAddress) -> Bool
  /// Nil once the race is over.
  private var completion: ((Result<TCPStream, TransportError>) -> Void)?

  private var lookup: Lookup?
  private var candidates: ArraySlice<SocketAddress> = []
  /// The attempts under way, the latest last.
  private var running: [TCPStream] = []
  private var failures: [TransportError] = []
  private var headStart: Loop.Timer?
  private var deadlineTimer: Loop.Timer?

  init(
    host: String, port: UInt16, within limit: Duration, on loop: Loop?, isAllowed: @escaping (SocketAddress) -> Bool,
    completion: @escaping (Result<TCPStream, TransportError>) -> Void
  ) {
    self.host = host
    self.port = port
    self.limit = limit
    self.loop = loop
    deadline = (loop?.now ?? .zero) + limit
    self.isAllowed = isAllowed
    self.completion = completion
  }

  /// Ends the race without calling its completion; does nothing when it was called before.
  public func cancel() {
    completion = nil
    tidyUp()
  }

  func lookUp(_ family: AddressFamily, by resolver: Resolver) {
    lookup = resolver.resolve(host: host, port: port, family: family, within: limit) { result in
      self.lookup = nil
      switch result {
      case .success(let addresses): self.start(addresses)
      case .failure(let error): self.end(.failure(error))
      }
    }
  }

  private func start(_ addresses: [SocketAddress]) {
    candidates = addresses.interleaved.prefix(Connector.maximumAttempts)
    deadlineTimer = loop?.schedule(at: deadline) { [weak self] in self?.deadlinePassed() }
    tryNext()
  }

  /// Starts the next attempt; the race is lost when there is none, and none is under way.
  private func tryNext() {
    guard let loop else { return }
    if let headStart { loop.cancel(headStart) }
    headStart = nil
    while let address = candidates.popFirst() {
      let mayConnect = isAllowed(address.unmapped)
      if completion == nil { return }
      guard mayConnect else {
        failures.append(TransportError(.connect, .addressNotAllowed, address: address))
        continue
      }
      // The race's own deadline is not later.
      running.append(TCPStream.connect(to: address, on: loop, within: deadline - loop.now, delegate: Starter(race: self)))
      if !candidates.isEmpty { headStart = loop.schedule(at: loop.now + Connector.headStart) { [weak self] in self?.tryNext() } }
      return
    }
    if running.isEmpty { end(.failure(failure)) }
  }

  fileprivate func won(_ winner: any ByteStream) {
    guard let index = running.firstIndex(where: { $0 === winner }) else { return }
    let stream = running.remove(at: index)
    stream.delegate = nil
    end(.success(stream))
  }

  fileprivate func failed(_ loser: any ByteStream, _ reason: CloseReason) {
    guard let index = running.firstIndex(where: { $0 === loser }), let error = reason.error else { return }
    let wasLatest = index == running.count - 1
    running.remove(at: index)
    failures.append(error)
    if wasLatest { tryNext() }
  }

  private func deadlinePassed() {
    failures += running.map { TransportError(.connect, .deadlineExceeded(limit), address: $0.peerAddress) }
    end(.failure(failure))
  }

  private func end(_ result: Result<TCPStream, TransportError>) {
    let completion = self.completion
    cancel()
    completion?(result)
  }

  private func tidyUp() {
    lookup?.cancel()
    lookup = nil
    for timer in [headStart, deadlineTimer] { if let timer { loop?.cancel(timer) } }
    headStart = nil
    deadlineTimer = nil
    candidates = []
    let losers = running
    running = []
    for stream in losers { stream.close() }
  }

  private var failure: TransportError {
    if failures.count == 1, let only = failures.first, only.address == SocketAddress(literal: host, port: port) { return only }
    return TransportError(.connect, .noAddressConnected(ConnectFailure(host: host, port: port, attempts: failures)))
  }
}

/// Hears how an attempt ends, and holds the race while the loop holds the attempt.
private final class Starter: ByteStreamDelegate {
  private let race: Race

  init(race: Race) { self.race = race }

  func connected(_ stream: any ByteStream) { race.won(stream) }
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) { race.failed(stream, reason) }
}

extension [SocketAddress] {
  /// The addresses without repetition, families taking turns as long as there are both, IPv6 first (RFC 8305 §4).
  var interleaved: [SocketAddress] {
    var seen: Set<SocketAddress> = []
    let unique = filter { seen.insert($0).inserted }
    let families = [unique.filter(\.isIPv6), unique.filter { !$0.isIPv6 }]
    return (0..<unique.count).flatMap { place in families.compactMap { place < $0.count ? $0[place] : nil } }
  }
}
