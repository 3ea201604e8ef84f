import Dispatch
import Foundation
import Testing

@testable import Transport

/// A driver on a poller, as the row of a table.
struct DriverRow: CustomTestStringConvertible, Codable, Sendable {
  enum Kind: String, CaseIterable, Codable, Sendable { case inline, thread }

  let kind: Kind
  let poller: PollerKind

  var testDescription: String { "\(kind), \(poller)" }

  static let all = Kind.allCases.flatMap { kind in PollerKind.allCases.map { DriverRow(kind: kind, poller: $0) } }
}

/// What happened, from any thread, in the order in which it was noted.
final class Journal: Sendable {
  private let notes = Lock([String]())
  private let changed = DispatchSemaphore(value: 0)

  var entries: [String] { notes.withLock { $0 } }

  func note(_ entry: String) {
    notes.withLock { $0.append(entry) }
    changed.signal()
  }

  /// What the named party noted, without its name.
  func entries(of party: String) -> [String] {
    entries.filter { $0.hasPrefix("\(party) ") }.map { String($0.dropFirst(party.count + 1)) }
  }

  /// Waits until other threads have noted what is expected; false when that takes ten seconds.
  func wait(until condition: () -> Bool) -> Bool {
    let end = DispatchTime.now() + 10
    while !condition() {
      if changed.wait(timeout: end) == .timedOut { return condition() }
    }
    return true
  }
}

/// A driver to be tested, whose loop notes what happens on it in a journal.
struct Rig {
  let driver: any LoopDriver
  let journal = Journal()
  /// How often the loop has waited for events.
  let waits: Lock<Int>

  init(_ row: DriverRow) throws {
    let waits = Lock(0)
    self.waits = waits
    driver =
      switch row.kind {
      case .inline: try row.poller.loop { CountingPoller($0, waits) }
      case .thread: try LoopThread(row.poller.loop { CountingPoller($0, waits) })
      }
  }

  /// Has `work` run on the loop; an error is noted.
  func perform(_ work: @escaping @Sendable (Loop, Journal) throws -> Void) {
    driver.perform { [journal] loop in
      do { try work(loop, journal) } catch { journal.note("error \(error)") }
    }
  }

  /// Lets the loop go on until `condition` holds: gives it turns, or waits for its thread.
  func expect(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool) throws {
    if let loop = driver as? Loop { return try loop.expect(what, sourceLocation: sourceLocation, until: condition) }
    let isMet = journal.wait(until: condition)
    try #require(isMet, what, sourceLocation: sourceLocation)
  }

  func expect(note entry: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try expect("\(entry)", sourceLocation: sourceLocation) { journal.entries.contains(entry) }
  }
}

/// Counts how often a loop waits, which tells a loop that spins.
final class CountingPoller: Poller {
  private let poller: any Poller
  private let waits: Lock<Int>

  init(_ poller: any Poller, _ waits: Lock<Int>) {
    self.poller = poller
    self.waits = waits
  }

  func add(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
    try poller.add(descriptor, token: token, interest: interest)
  }
  func modify(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
    try poller.modify(descriptor, token: token, interest: interest)
  }
  func remove(_ descriptor: Int32) { poller.remove(descriptor) }
  func wait(atMost limit: Duration?, into events: inout [PollerEvent]) throws(TransportError) {
    waits.withLock { $0 += 1 }
    try poller.wait(atMost: limit, into: &events)
  }
}

/// Something that belongs to a loop's thread: notes where it is let go of.
final class Possession {
  private let home = pthread_self()
  private let journal: Journal
  private let name: String

  init(_ name: String, _ journal: Journal) {
    self.name = name
    self.journal = journal
  }

  deinit { journal.note("released \(name) \(pthread_equal(home, pthread_self()) != 0 ? "at home" : "elsewhere")") }
}

extension Recorder {
  /// A recorder that notes its callbacks under `name`; `on` is free for what the test does in them.
  convenience init(_ name: String, _ journal: Journal, on action: @escaping (Callback, any ByteStream) -> Void = { _, _ in }) {
    self.init()
    on = { [unowned self] callback, stream in
      switch callback {
      case .closed: journal.note("\(name) closed: \(kind(of: reason))")
      case .received: journal.note("\(name) received \(octets.count)")
      case .connected, .endOfFile, .drained: journal.note("\(name) \(callback)")
      }
      action(callback, stream)
    }
  }

  /// The reason without its numbers.
  private func kind(of reason: CloseReason?) -> String {
    switch reason {
    case .peerFinished: "peerFinished"
    case .resetByPeer: "resetByPeer"
    case .connectRefused: "connectRefused"
    case .connectTimedOut: "connectTimedOut"
    case .failed: "failed"
    case .localClose: "localClose"
    case .localAbort: "localAbort"
    case nil: "without reason"
    }
  }
}
