extension HTTPModel {
  /// A head alone.
  package struct Head: Equatable, Sendable {
    package var start: [[UInt8]]
    package var fields: [Field]
    package var range: Range<Int>
  }

  /// A head, or why there is none.
  package enum HeadResult: Sendable {
    case success(Head)
    case failure(Outcome)
  }

  /// The first request's head, its Host checked, its framing not.
  package static func requestHead(_ octets: [UInt8], limits: Limits = Limits()) -> HeadResult {
    var model = HTTPModel(octets, limits: limits, isRequest: true)
    do throws(Fault) {
      return .success(try model.readRequestHead())
    } catch {
      return .failure(outcome(of: error))
    }
  }

  /// The first response's head that is not interim.
  package static func finalResponseHead(_ octets: [UInt8], limits: Limits = Limits()) -> HeadResult {
    var model = HTTPModel(octets, limits: limits, isRequest: false)
    var interims = 0
    do throws(Fault) {
      while true {
        try model.skipEmptyLines()
        let headStart = model.at
        let start = try model.readStatusLine()
        let fields = try model.readFields(limits: (limits.section, limits.fieldLines), headStart: headStart)
        guard start[1].first == 0x31, start[1] != Array("101".utf8) else {
          return .success(Head(start: start, fields: fields, range: headStart..<model.at))
        }
        interims += 1
        guard interims <= limits.interims else { throw .rejected(isDue: true) }
      }
    } catch {
      return .failure(outcome(of: error))
    }
  }

  mutating func readRequestHead() throws(Fault) -> Head {
    try skipEmptyLines()
    let headStart = at
    let start = try readRequestLine()
    let fields = try readFields(limits: (limits.section, limits.fieldLines), headStart: headStart)
    try checkHost(fields, isHTTP10: start[2] == Array("HTTP/1.0".utf8))
    return Head(start: start, fields: fields, range: headStart..<at)
  }
}
