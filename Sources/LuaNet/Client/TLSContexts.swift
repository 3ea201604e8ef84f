internal import Transport

/// The contexts of the TLS clients of one loop, each made once; on the loop only.
///
/// Reading all that a system trusts takes some 20 ms, too long where the frame of a game waits: a thread of its own does it.
final class TLSContexts: @unchecked Sendable {
  typealias Completion = (Result<TLSClientContext, TransportError>) -> Void

  private enum Entry {
    case loading([Completion])
    case loaded(TLSClientContext)
  }

  private var entries: [TLSTrust: Entry] = [:]

  /// Calls `completion` with the context, at once if there is one.
  func use(_ trust: TLSTrust, on loop: Loop, _ completion: @escaping Completion) {
    switch entries[trust] {
    case .loaded(let context): completion(.success(context))
    case .loading(let others): entries[trust] = .loading(others + [completion])
    case nil:
      // What was loaded is loaded again when it is next asked for.
      if entries.count >= Limits.trusts { entries = entries.filter { if case .loading = $0.value { true } else { false } } }
      entries[trust] = .loading([completion])
      load(trust, on: loop)
    }
  }

  private func load(_ trust: TLSTrust, on loop: Loop) {
    let tasks = loop.tasks
    do throws(TransportError) {
      try SystemThread {
        let result = Self.context(trust)
        tasks.post { _ in self.loaded(trust, result) }
      }.detach()
    } catch {
      let failure = error
      loop.schedule(at: loop.now) { self.loaded(trust, .failure(failure)) }
    }
  }

  private static func context(_ trust: TLSTrust) -> Result<TLSClientContext, TransportError> {
    do throws(TransportError) {
      return .success(try TLSClientContext(TLSClientConfiguration(trust: trust)))
    } catch {
      return .failure(error)
    }
  }

  private func loaded(_ trust: TLSTrust, _ result: Result<TLSClientContext, TransportError>) {
    guard case .loading(let completions) = entries[trust] else { return }
    // A file that is not there may be there next time.
    entries[trust] = if case .success(let context) = result { .loaded(context) } else { nil }
    for completion in completions { completion(result) }
  }
}
