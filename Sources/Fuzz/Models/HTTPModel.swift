/// R4: HTTP/1.1 messages in a buffer that lies there as a whole (RFC 9112), as strictly as the package documents.
///
/// Split over three files: lines and fields, framing and bodies, and the run over a connection.
package struct HTTPModel {
  /// A field line; a folded one unfolded.
  package struct Field: Equatable, Sendable {
    package var name: [UInt8]
    package var value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// What ends a message.
  package enum End: Equatable, Sendable {
    case continues
    case closes
    case handsOver
  }

  /// What is found, in order.
  package enum Event: Equatable, Sendable {
    /// A head: its start line's parts, its fields, where it begins and ends.
    case head(start: [[UInt8]], fields: [Field], range: Range<Int>)
    /// A head of an interim response.
    case interim(status: Int, range: Range<Int>)
    case content([UInt8])
    case trailers([Field])
    case end(End)
  }

  /// How the reading ended.
  package enum Outcome: Equatable, Sendable {
    /// Everything was read; nothing has begun.
    case idle
    /// Everything was read; something has begun.
    case inside
    /// As `inside`, but a reader may have found a fault already that needs more to be told from here.
    case unsure
    /// What follows is not HTTP, or not looked at, from the offset on.
    case stopped(at: Int)
    /// A fault; a reader must have seen it if `isDue`, otherwise it may wait for the end of the line.
    case rejected(isDue: Bool)
  }

  /// The limits that are kept, as `HTTPLimits` documents them.
  package struct Limits {
    package var startLine = 16 * 1024
    package var fieldLine = 16 * 1024
    package var section = 64 * 1024
    package var fieldLines = 256
    package var head = 80 * 1024
    package var leadingEmptyLines = 1
    package var trailerSection = 8 * 1024
    package var trailerLines = 32
    package var chunkExtension = 256
    package var messageExtensions = 4 * 1024
    package var listElements = 64
    package var interims = 16

    package init() {}
  }

  /// How a lenient peer reads: one deviation each, for the smuggling canary.
  package enum Quirk: CaseIterable, Sendable {
    /// A lone LF ends a line.
    case bareLF
    /// Content-Length goes before Transfer-Encoding.
    case lengthFirst
    /// A coding that ends in the letters of "chunked" counts as chunked.
    case codingBySuffix
    /// Two octets after chunk data are passed over, whatever they are.
    case chunkEndUnchecked
    /// Chunk extensions are skipped up to the next LF.
    case extensionsToLF
    /// White space before a colon is stripped.
    case spaceBeforeColon
    /// The first of several lengths counts.
    case firstLength
  }

  let octets: [UInt8]
  let limits: Limits
  let isRequest: Bool
  let quirk: Quirk?
  var at = 0
  package internal(set) var events: [Event] = []

  init(_ octets: [UInt8], limits: Limits, isRequest: Bool, quirk: Quirk? = nil) {
    self.octets = octets
    self.limits = limits
    self.isRequest = isRequest
    self.quirk = quirk
  }
}
