/// Finds the addresses of hosts without ever blocking the loop.
///
/// Names are looked up on a few helper threads; address literals and "localhost" need none. While look-ups are under way the loop holds
/// the resolver; a loop that goes away drops them without callbacks, and never waits for a thread.
public final class Resolver {
  private weak var loop: Loop?
  private let threads: LookupThreads
  private var pending: [UInt64: Pending] = [:]
  private var lastIdentity: UInt64 = 0
  /// Open while look-ups are under way.
  private var mailbox: (waker: Waker, token: UInt64)?

  private struct Pending {
    let lookup: Lookup
    let job: LookupThreads.Job
    let timer: Loop.Timer
  }

  /// The most look-ups under way at once; more fail at once.
  static let maximumPending = 1024

  /// Creates a resolver; it starts no thread and opens no descriptor before a name is looked up.
  ///
  /// - Parameters:
  ///   - loop: The loop whose turns deliver the answers.
  ///   - threads: The most helper threads at once. Default 4: what hangs is the network, not the processor.
  public convenience init(on loop: Loop, threads: Int = 4) {
    self.init(on: loop, threads: threads, lookup: systemLookup)
  }

  /// Creates a resolver that looks names up in its own way.
  ///
  /// - Parameters:
  ///   - loop: The loop whose turns deliver the answers.
  ///   - threads: The most helper threads at once. Default 4.
  ///   - lookup: Called on a helper thread with names only; may block.
  public init(on loop: Loop, threads: Int = 4, lookup: @escaping NameLookup) {
    self.loop = loop
    self.threads = LookupThreads(maximumThreads: threads, lookup: lookup)
  }

  /// Finds the addresses of a host.
  ///
  /// - Parameters:
  ///   - host: An address literal, "localhost", or a name of ASCII letters, digits, hyphens, underscores and dots. Forms of addresses that
  ///     only the C library knows, such as `127.1`, are refused.
  ///   - port: The port of the addresses.
  ///   - family: Which addresses are wanted. Default both.
  ///   - limit: How long to wait for the answer.
  ///   - completion: Called once, from the loop's turn, unless the look-up is cancelled: with at least one address in the system's order of
  ///     preference, or with an error whose cause is ``TransportError/Cause/name(_:)``.
  /// - Returns: The look-up, by which it can be cancelled.
  @discardableResult
  public func resolve(
    host: String, port: UInt16, family: AddressFamily = .any, within limit: Duration,
    completion: @escaping (Result<[SocketAddress], TransportError>) -> Void
  ) -> Lookup {
    lastIdentity += 1
    let lookup = Lookup(lastIdentity, of: self, completion)
    guard let loop else { return lookup }
    do throws(NameFailure) {
      if let known = SocketAddress.known(host: host, port: port) {
        let addresses = try Self.judge(known, host: host, family: family)
        loop.afterCallbacks { lookup.finish(.success(addresses)) }
      } else {
        if let fault = NameFault(of: host) { throw NameFailure(host, .malformed(fault)) }
        guard pending.count < Self.maximumPending else { throw NameFailure(host, .tooManyLookups(pending.count)) }
        try start(lookup, LookupThreads.Job(identity: lookup.identity, name: host, port: port, family: family), limit, on: loop)
      }
    } catch {
      loop.afterCallbacks { lookup.finish(.failure(TransportError(.resolve, .name(error)))) }
    }
    return lookup
  }

  private func start(_ lookup: Lookup, _ job: LookupThreads.Job, _ limit: Duration, on loop: Loop) throws(NameFailure) {
    let timer = loop.schedule(at: loop.now + limit) { [weak self] in
      self?.end(job.identity, .failure(NameFailure(job.name, .deadlineExceeded(limit))))
    }
    pending[job.identity] = Pending(lookup: lookup, job: job, timer: timer)
    do throws(TransportError) {
      try openMailbox(on: loop)
      try threads.add(job)
    } catch {
      forget(job.identity)
      throw NameFailure(job.name, .system(errorNumber: error.errorNumber))
    }
  }

  private func end(_ identity: UInt64, _ result: Result<[SocketAddress], NameFailure>) {
    guard let ended = forget(identity) else { return }
    do throws(NameFailure) {
      let addresses = try Self.judge(try result.get(), host: ended.job.name, family: ended.job.family)
      ended.lookup.finish(.success(addresses))
    } catch {
      ended.lookup.finish(.failure(TransportError(.resolve, .name(error))))
    }
  }

  /// Lets go of a look-up that has ended, and of the mailbox after the last one.
  @discardableResult
  private func forget(_ identity: UInt64) -> Pending? {
    guard let ended = pending.removeValue(forKey: identity) else { return nil }
    loop?.cancel(ended.timer)
    threads.remove(identity)
    if pending.isEmpty { closeMailbox() }
    return ended
  }

  fileprivate func cancel(_ identity: UInt64) { forget(identity) }

  private func openMailbox(on loop: Loop) throws(TransportError) {
    guard mailbox == nil else { return }
    let waker = try Waker()
    let token = loop.register(waker.descriptor, for: self)
    mailbox = (waker, token)
    try loop.setInterest(.readable, of: token)
    threads.tell(waker)
  }

  private func closeMailbox() {
    guard let mailbox else { return }
    self.mailbox = nil
    loop?.unregister(mailbox.token)
    threads.tell(nil)
  }

  /// Keeps what the caller asked for.
  private static func judge(_ addresses: [SocketAddress], host: String, family: AddressFamily) throws(NameFailure) -> [SocketAddress] {
    let wanted = addresses.filter(family.includes)
    if wanted.isEmpty { throw NameFailure(host, .noAddress(family)) }
    return wanted
  }
}

extension Resolver: EventSource {
  func ready(_ readiness: Readiness, on loop: Loop) {
    mailbox?.waker.clear()
    for answer in threads.takeAnswers() { end(answer.identity, answer.result) }
  }

  func flush(on loop: Loop) {}

  func loopEnded() {
    for dropped in pending.values { dropped.lookup.cancel() }
  }
}

/// One search for the addresses of a host, see ``Resolver``.
public final class Lookup {
  let identity: UInt64
  private weak var resolver: Resolver?
  private var completion: ((Result<[SocketAddress], TransportError>) -> Void)?

  fileprivate init(_ identity: UInt64, of resolver: Resolver, _ completion: @escaping (Result<[SocketAddress], TransportError>) -> Void) {
    self.identity = identity
    self.resolver = resolver
    self.completion = completion
  }

  /// Ends the search without calling its completion; does nothing when it was called before.
  public func cancel() {
    completion = nil
    resolver?.cancel(identity)
    resolver = nil
  }

  fileprivate func finish(_ result: Result<[SocketAddress], TransportError>) {
    let completion = self.completion
    self.completion = nil
    completion?(result)
  }
}
