import Testing

@testable import Transport

/// What a loop of the tests waits with: everything that a system of its kind would use.
enum PollerKind: String, CaseIterable, Codable, CustomTestStringConvertible, Sendable {
  case epoll, poll

  var testDescription: String { rawValue }

  var hasEventfd: Bool { self == .epoll }

  func make() throws -> sending any Poller {
    switch self {
    case .epoll: try EpollPoller()
    case .poll: PollPoller()
    }
  }

  /// A loop that waits with this poller, which the test may wrap.
  func loop(wrapping wrap: @Sendable (sending any Poller) -> sending any Poller = { $0 }) throws -> sending Loop {
    try Loop(poller: wrap(make()), waker: Waker(usesPipe: !hasEventfd))
  }
}
