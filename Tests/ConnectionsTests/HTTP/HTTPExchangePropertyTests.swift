import Connections
import HTTPParse
import ProtocolTesting
import Testing

/// Both sessions against each other in memory: requests, answers, cuts, pauses and the flow of time at random.
@Suite("HTTP sessions against each other")
struct HTTPExchangePropertyTests {
  /// A request, its answer, and what is to be seen of both.
  struct Plan {
    let method: String
    let content: [UInt8]
    let isChunked: Bool
    let expectsContinue: Bool
    let isLast: Bool
    let status: Int
    let answer: [UInt8]
    let hasLength: Bool
    let hasTrailers: Bool
    let isEarly: Bool
    let interims: Int

    init(_ random: inout SeededGenerator) {
      func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
      method = pick(["GET", "HEAD", "POST", "PUT", "POST"])
      let length = pick([0, 1, 5, 100, 3000])
      content = random.octets(length)
      isChunked = pick([false, true])
      expectsContinue = length > 0 && pick([false, false, true])
      isLast = pick([false, false, false, false, true])
      status = pick([200, 200, 200, 201, 204, 205, 304, 404])
      answer = [204, 205].contains(status) ? [] : random.octets(pick([0, 1, 5, 100, 3000]))
      hasLength = pick([false, true])
      hasTrailers = pick([false, true])
      isEarly = pick([false, false, true])
      interims = pick([0, 0, 1, 3])
    }

    /// Whether the client is to see the answer's content.
    var isSeen: Bool { method != "HEAD" && status != 304 }

    var request: HTTPClientRequest {
      var request = ClientDriver.request(method, content: isChunked ? .chunked : content.isEmpty ? .none : .length(content.count))
      request.expectsContinue = expectsContinue
      request.isLast = isLast
      return request
    }
  }

  @Test(
    "every answer belongs to its request, contents arrive as they were sent, and a connection said to be reusable is", arguments: 0..<300)
  func exchanges(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let plans = (0..<6).map { _ in Plan(&random) }
    let server = ServerDriver()
    let client = ClientDriver()
    var wires: (toServer: [UInt8], toClient: [UInt8]) = ([], [])
    var sentToServer = 0
    var sentToClient = 0
    var served = 0
    var read: [UInt8] = []
    server.on = { server, event in
      switch event {
      case .head:
        read = []
        for _ in 0..<plans[served].interims { try server.session.sendInterim(103) }
        if plans[served].isEarly { try respond(server) }
      case .content(let piece): read += piece
      case .trailers: break
      case .end:
        #expect(read == plans[served].content)
        if !plans[served].isEarly { try respond(server) }
      case .failed: break
      }
    }
    func respond(_ server: ServerDriver) throws {
      let plan = plans[served]
      served += 1
      let fields = section([("Number", "\(served)")])
      try server.session.sendHead(
        status: plan.status, fields: fields, length: plan.hasLength ? plan.answer.count : nil, now: server.now)
      try server.session.write(plan.answer)
      let trailers = plan.hasTrailers && !plan.hasLength && ![204, 205].contains(plan.status) ? [("X", "y")] : []
      try server.session.end(trailers: section(trailers), now: server.now)
    }
    /// Moves some octets in both directions.
    func move() {
      wires.toServer += client.output[sentToServer...]
      sentToServer = client.output.count
      let up = Int(random.next() % 700)
      server.feed(Array(wires.toServer.prefix(up)))
      wires.toServer.removeFirst(min(up, wires.toServer.count))
      wires.toClient += server.output[sentToClient...]
      sentToClient = server.output.count
      let down = Int(random.next() % 700)
      client.feed(Array(wires.toClient.prefix(down)))
      wires.toClient.removeFirst(min(down, wires.toClient.count))
      if wires.toClient.isEmpty, server.ending == .close { client.endInput() }
      let time = client.now + .milliseconds(Int(random.next() % 400))
      client.pass(to: time)
      server.pass(to: time)
      switch random.next() % 8 {
      case 0: client.session.pauseReading()
      case 1: server.session.pauseReading(now: server.now)
      default:
        client.session.resumeReading()
        server.session.resumeReading(now: server.now)
      }
      client.turn()
      server.turn()
    }
    for (number, plan) in plans.enumerated() {
      let before = client.log.count
      let contentBefore = client.contentOctets.count
      try client.send(plan.request)
      if plan.request.content != .none {
        var rest = plan.content[...]
        while !rest.isEmpty, client.isContentWanted {
          let count = min(rest.count, 1 + Int(random.next() % 900))
          try client.session.write(Array(rest.prefix(count)))
          rest = rest.dropFirst(count)
          if random.next() % 2 == 0 { move() }
        }
        if client.isContentWanted { try client.end() }
      }
      var rounds = 0
      while client.isBusy, rounds < 2000 {
        rounds += 1
        move()
      }
      let log = client.log[before...]
      #expect(log.last == "end", "\(number): \(log), server \(server.log.suffix(3)), \(server.refusals)")
      guard log.last == "end" else { return }
      #expect(
        client.lastHead?.status == plan.status
          && client.lastHead?.fields.values(of: "Number").first.map(Array.init) == Array("\(number + 1)".utf8))
      #expect(Array(client.contentOctets[contentBefore...]) == (plan.isSeen ? plan.answer : []))
      #expect(server.refusals == [] && server.log.allSatisfy { !$0.hasPrefix("failed") })
      if plan.isLast { #expect(!client.isReusable) }
      guard client.isReusable else { return }
    }
  }
}
