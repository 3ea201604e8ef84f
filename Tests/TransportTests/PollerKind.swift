import Testing

@testable import Transport

/// What a loop of the tests waits with: everything that a system of its kind would use.
enum PollerKind: String, CaseIterable, Codable, CustomTestStringConvertible, Sendable {
  case epoll, poll

  var testDescription: String { rawValue }

  var hasEventfd: Bool { self == .epoll }

  func make() throws -> any Poller {
    switch self {
    case .epoll: try EpollPoller()
    case .poll: PollPoller()
    }
  }

  func loop() throws -> Loop { try Loop(poller: make(), waker: Waker(usesPipe: !hasEventfd)) }
}
