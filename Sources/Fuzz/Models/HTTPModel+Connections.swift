extension HTTPModel {
  /// Reads the requests of a connection, as a server does.
  ///
  /// - Parameter resumes: Whether an upgrade that was offered is declined, so that the next request may follow.
  package static func requests(
    _ octets: [UInt8], limits: Limits = Limits(), resumes: Bool = false, quirk: Quirk? = nil
  ) -> (events: [Event], outcome: Outcome) {
    var model = HTTPModel(octets, limits: limits, isRequest: true, quirk: quirk)
    do throws(Fault) {
      while true {
        if let outcome = try model.readRequest(resumes: resumes) { return (model.events, outcome) }
      }
    } catch {
      return (model.events, outcome(of: error))
    }
  }

  /// A request that a client has sent.
  package struct Sent: Sendable {
    package var method: String
    package var offersUpgrade: [String]

    package init(method: String, offersUpgrade: [String] = []) {
      self.method = method
      self.offersUpgrade = offersUpgrade
    }
  }

  /// Reads the responses of a connection, as a client does that has sent some requests.
  package static func responses(
    _ octets: [UInt8], sent: [Sent], limits: Limits = Limits(), inputEnds: Bool
  ) -> (events: [Event], outcome: Outcome) {
    var model = HTTPModel(octets, limits: limits, isRequest: false)
    var rest = sent[...]
    do throws(Fault) {
      while true {
        if let outcome = try model.readResponse(&rest, inputEnds: inputEnds) { return (model.events, outcome) }
      }
    } catch {
      return (model.events, outcome(of: error))
    }
  }

  /// Reads a chunked body alone; the outcome is `stopped` past its end.
  package static func chunkedBody(
    _ octets: [UInt8], limits: Limits = Limits(), unfolds: Bool
  ) -> (events: [Event], outcome: Outcome) {
    var model = HTTPModel(octets, limits: limits, isRequest: !unfolds)
    do throws(Fault) {
      _ = try model.readBody(.chunked)
      return (model.events, .stopped(at: model.at))
    } catch {
      return (model.events, outcome(of: error))
    }
  }

  static func outcome(of fault: Fault) -> Outcome {
    switch fault.stop {
    case .needsMore: .inside
    case .unsure: .unsure
    case .rejected: .rejected(isDue: fault.isDue)
    }
  }

  private mutating func readRequest(resumes: Bool) throws(Fault) -> Outcome? {
    if at == octets.count { return .idle }
    try skipEmptyLines()
    if at == octets.count { return .idle }
    let head = try readRequestHead()
    let (start, fields) = (head.start, head.fields)
    let isHTTP10 = start[2] == Array("HTTP/1.0".utf8)
    let framing = try requestFraming(fields, isHTTP10: isHTTP10)
    let options = try connectionOptions(fields)
    events.append(.head(start: start, fields: fields, range: head.range))
    _ = try readBody(framing)
    let closes = options.contains("close") || isHTTP10 && !options.contains("keep-alive")
    let isConnect = start[0] == Array("CONNECT".utf8)
    let isUpgrade = !isHTTP10 && options.contains("upgrade") && !upgradeOffers(fields).isEmpty
    if isConnect || isUpgrade {
      events.append(.end(.handsOver))
      return isConnect || closes || !resumes ? .stopped(at: at) : nil
    }
    events.append(.end(closes ? .closes : .continues))
    return closes ? .stopped(at: at) : nil
  }

  /// RFC 9112 §3.2: exactly one in HTTP/1.1, at most one before, each valid; an empty value names no host.
  func checkHost(_ fields: [Field], isHTTP10: Bool) throws(Fault) {
    let hosts = Self.values("Host", in: fields)
    guard hosts.count == 1 || hosts.isEmpty && isHTTP10 else { throw .rejected(isDue: true) }
    if let host = hosts.first, !host.isEmpty, URLModel.readHostAndPort(host) == nil { throw .rejected(isDue: true) }
  }

  /// The options of the Connection field, lower-cased, RFC 9110 §7.6.1.
  func connectionOptions(_ fields: [Field]) throws(Fault) -> [String] {
    let pieces = Self.values("Connection", in: fields).flatMap(Grammar.pieces)
    guard pieces.count <= limits.listElements else { throw .rejected(isDue: true) }
    return pieces.map { String(decoding: Grammar.lowercased($0), as: UTF8.self) }
  }

  /// The protocols in the Upgrade field, RFC 9110 §7.8.
  ///
  /// A malformed name counts as one: whoever stops for it can only be too careful.
  func upgradeOffers(_ fields: [Field]) -> [[UInt8]] {
    Self.values("Upgrade", in: fields).flatMap(Grammar.pieces).filter { !$0.isEmpty }
  }

  private mutating func readResponse(_ sent: inout ArraySlice<Sent>, inputEnds: Bool) throws(Fault) -> Outcome? {
    var interims = 0
    while true {
      if at == octets.count { return sent.isEmpty && interims == 0 ? .idle : .inside }
      guard let request = sent.first else { throw .rejected(isDue: true) }
      try skipEmptyLines()
      if at == octets.count { return .inside }
      let headStart = at
      let start = try readStatusLine()
      let fields = try readFields(limits: (limits.section, limits.fieldLines), headStart: headStart)
      let status = Int(String(decoding: start[1], as: UTF8.self)) ?? 0
      if (100...199).contains(status), status != 101 {
        interims += 1
        guard interims <= limits.interims else { throw .rejected(isDue: true) }
        events.append(.interim(status: status, range: headStart..<at))
        continue
      }
      sent.removeFirst()
      return try readFinal(start, fields, status: status, range: headStart..<at, request: request, inputEnds: inputEnds)
    }
  }

  private mutating func readFinal(
    _ start: [[UInt8]], _ fields: [Field], status: Int, range: Range<Int>, request: Sent, inputEnds: Bool
  ) throws(Fault) -> Outcome? {
    let isHTTP10 = start[0] == Array("HTTP/1.0".utf8)
    let options = try connectionOptions(fields)
    let head = Event.head(start: start, fields: fields, range: range)
    if status == 101 {
      let chosen = upgradeOffers(fields)
      let isOffered = chosen.allSatisfy { name in
        request.offersUpgrade.contains { Grammar.areSame(name, $0) }
      }
      guard !isHTTP10, !chosen.isEmpty, options.contains("upgrade"), isOffered else { throw .rejected(isDue: true) }
      events += [head, .end(.handsOver)]
      return .stopped(at: at)
    }
    if request.method == "CONNECT", (200...299).contains(status) {
      events += [head, .end(.handsOver)]
      return .stopped(at: at)
    }
    var closes = options.contains("close") || isHTTP10 && !options.contains("keep-alive")
    var framing = Framing.length(0)
    if status != 204, status != 304, request.method != "HEAD" {
      framing = try responseFraming(fields)
      let hasCoding = !Self.values("Transfer-Encoding", in: fields).isEmpty
      closes = closes || framing == .untilClose || hasCoding && (isHTTP10 || !Self.values("Content-Length", in: fields).isEmpty)
    }
    events.append(head)
    guard try readBody(framing) || inputEnds else { throw .inside }
    events.append(.end(closes ? .closes : .continues))
    return closes ? .stopped(at: at) : nil
  }
}
