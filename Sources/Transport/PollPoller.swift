internal import CSockets

/// The ``Poller`` of every POSIX system, on poll(2): the cost of a wait grows with the number of watched descriptors.
///
/// One wait reports everything that is ready. The system refuses to wait for more descriptors than a process may open (RLIMIT_NOFILE).
@safe public final class PollPoller: Poller {
  private var entries: [cs_poll_entry] = []
  /// The token of each entry.
  private var tokens: [UInt64] = []
  /// The place of each descriptor in `entries`; -1 for one that is not watched.
  private var places: [Int] = []

  /// Creates a poller that watches nothing.
  public init() {}

  /// Starts watching `descriptor`.
  public func add(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
    let entry = try entry(of: descriptor, interest)
    let index = Int(descriptor)
    if index >= places.count { places += Array(repeating: -1, count: max(index + 1 - places.count, places.count)) }
    guard places[index] < 0 else { throw TransportError(.poll, .system(errorNumber: CS_EEXIST)) }
    places[index] = entries.count
    entries.append(entry)
    tokens.append(token)
  }

  /// Changes what is waited for.
  public func modify(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
    let entry = try entry(of: descriptor, interest)
    guard let place = place(of: descriptor) else { throw TransportError(.poll, .system(errorNumber: CS_ENOENT)) }
    entries[place] = entry
    tokens[place] = token
  }

  /// Stops watching `descriptor`; does nothing when it is not watched.
  public func remove(_ descriptor: Int32) {
    guard let place = place(of: descriptor) else { return }
    places[Int(descriptor)] = -1
    // The last entry takes the place of the removed one.
    let entry = entries.removeLast()
    let token = tokens.removeLast()
    guard place < entries.count else { return }
    entries[place] = entry
    tokens[place] = token
    places[Int(entry.descriptor)] = place
  }

  /// Waits for events; the time is rounded up to milliseconds.
  public func wait(atMost limit: Duration?, into events: inout [PollerEvent]) throws(TransportError) {
    events.removeAll(keepingCapacity: true)
    let milliseconds = limit.map(\.roundedUpToMilliseconds) ?? -1
    let count = unsafe entries.withUnsafeMutableBufferPointer { unsafe cs_poll($0.baseAddress, $0.count, milliseconds) }
    if count == -CS_EINTR { return }
    try checked(count, .poll)
    for index in entries.indices {
      if events.count == count { return }
      let readiness = cs_poll_readiness(entries[index])
      if readiness != 0 {
        events.append(PollerEvent(token: tokens[index], readiness: Readiness(rawValue: UInt8(truncatingIfNeeded: readiness))))
      }
    }
  }

  private func entry(of descriptor: Int32, _ interest: Readiness) throws(TransportError) -> cs_poll_entry {
    var entry = cs_poll_entry()
    try checked(unsafe cs_poll_entry_make(&entry, descriptor, UInt32(interest.rawValue)), .poll)
    return entry
  }

  private func place(of descriptor: Int32) -> Int? {
    let index = Int(descriptor)
    guard places.indices.contains(index), places[index] >= 0 else { return nil }
    return places[index]
  }
}
