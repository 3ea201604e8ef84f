/// What one run of the load generator saw of an echo server.
public struct EchoLoad: Sendable, Equatable {
  /// How many messages came back.
  public let messages: Double
  /// How long that took.
  public let nanoseconds: Double
  /// The CPU time of the server's process meanwhile, in nanoseconds.
  public let cpuNanoseconds: Double
  /// How long the median message was under way, in nanoseconds.
  public let medianLatency: Double
  /// How long 99 of 100 messages were under way at most, in nanoseconds.
  public let latency99: Double

  /// Reads the line that the load generator prints; `nil` if it is none.
  public init?(line: String) {
    guard let numbers = numbers(in: line, after: "load", count: 5), numbers[0] > 0, numbers[1] > 0 else { return nil }
    (messages, nanoseconds, cpuNanoseconds) = (numbers[0], numbers[1], numbers[2])
    (medianLatency, latency99) = (numbers[3], numbers[4])
  }
}

/// What the rounds of one server came to, but for its CPU time.
public struct EchoTraffic: Sendable, Codable, Equatable {
  /// The server.
  public let server: String
  /// Messages per second.
  public let messagesPerSecond: Sample
  /// How long the median message was under way, in nanoseconds.
  public let medianLatency: Sample
  /// How long 99 of 100 messages were under way at most, in nanoseconds.
  public let latency99: Sample

  /// Sums up the rounds; `nil` if there were none.
  public init?(server: String, rounds: [EchoLoad]) {
    guard let rate = Sample(rounds: rounds.map { $0.messages / $0.nanoseconds * 1e9 }),
      let median = Sample(rounds: rounds.map(\.medianLatency)), let latency99 = Sample(rounds: rounds.map(\.latency99))
    else { return nil }
    self.server = server
    messagesPerSecond = rate
    medianLatency = median
    self.latency99 = latency99
  }
}

extension Cell {
  /// The CPU time of an echo server for one message.
  public init(server: String, isOurs: Bool, rounds: [EchoLoad], remark: String?) {
    self.init(
      contender: server, isOurs: isOurs, nanoseconds: Sample(rounds: rounds.map { $0.cpuNanoseconds / $0.messages }), remark: remark)
  }
}

/// The memory of an echo server with many idle connections.
public struct EchoMemory: Sendable, Codable, Equatable {
  /// How many connections were open.
  public let connections: Double
  /// The anonymous memory of the process before they came and with them, in KiB.
  public let before, after: Double

  /// Reads the line that the load generator prints; `nil` if it is none.
  public init?(line: String) {
    guard let numbers = numbers(in: line, after: "idle", count: 3), numbers[0] > 0 else { return nil }
    (connections, before, after) = (numbers[0], numbers[1], numbers[2])
  }

  /// What one connection takes.
  public var kibibytesPerConnection: Double { (after - before) / connections }
}

private func numbers(in line: String, after word: String, count: Int) -> [Double]? {
  let fields = line.split(separator: " ")
  guard fields.first.map(String.init) == word, fields.count == count + 1 else { return nil }
  let numbers = fields.dropFirst().compactMap { Double($0) }
  return numbers.count == count && numbers.allSatisfy { $0.isFinite && $0 >= 0 } ? numbers : nil
}
