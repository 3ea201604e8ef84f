/// Look-ups waiting for a thread, the threads, and their answers: what a resolver shares with its threads.
///
/// A thread is started for a look-up when fewer than the most are at work, takes one look-up after the other, and ends when none is left.
/// The threads own nothing but this object, and are never waited for: one that hangs in the system's resolver stays behind alone.
final class LookupThreads: Sendable {
  struct Job: Sendable {
    let identity: UInt64
    let name: String
    let port: UInt16
    let family: AddressFamily
  }

  struct Answer: Sendable {
    let identity: UInt64
    let result: Result<[SocketAddress], NameFailure>
  }

  private struct State: Sendable {
    var waiting: [Job] = []
    var threads = 0
    var answers: [Answer] = []
    /// Whom to tell about answers; nil while nobody waits for any.
    var waker: Waker?
  }

  private let state = Lock(State())
  private let maximumThreads: Int
  private let lookup: NameLookup

  init(maximumThreads: Int, lookup: @escaping NameLookup) {
    self.maximumThreads = max(maximumThreads, 1)
    self.lookup = lookup
  }

  /// Adds a look-up, and a thread when there may be another one.
  ///
  /// - Throws: ``TransportError`` when there is no thread at all; the look-up is not kept then.
  func add(_ job: Job) throws(TransportError) {
    let needsThread = state.withLock { state in
      state.waiting.append(job)
      guard state.threads < maximumThreads else { return false }
      state.threads += 1
      return true
    }
    guard needsThread else { return }
    do throws(TransportError) {
      try SystemThread { self.work() }.detach()
    } catch {
      let isAlone = state.withLock { state in
        state.threads -= 1
        return state.threads == 0
      }
      guard isAlone else { return }
      remove(job.identity)
      throw error
    }
  }

  /// Forgets a look-up that no thread has taken.
  func remove(_ identity: UInt64) { state.withLock { $0.waiting.removeAll { $0.identity == identity } } }

  /// Says who is to be woken by answers; with nil, answers are dropped.
  func tell(_ waker: Waker?) {
    state.withLock { state in
      state.waker = waker
      if waker == nil { state.answers = [] }
    }
  }

  /// Takes the answers that have come.
  func takeAnswers() -> [Answer] {
    state.withLock { state in
      defer { state.answers = [] }
      return state.answers
    }
  }

  private func work() {
    while let job = nextJob() {
      let result: Result<[SocketAddress], NameFailure>
      do throws(NameFailure) {
        result = .success(try lookup(job.name, job.port, job.family))
      } catch {
        result = .failure(error)
      }
      state.withLock { state in
        guard let waker = state.waker else { return }
        state.answers.append(Answer(identity: job.identity, result: result))
        waker.wake()
      }
    }
  }

  private func nextJob() -> Job? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.threads -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}
