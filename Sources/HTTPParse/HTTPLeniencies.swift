/// What is accepted although it is not valid, each by its own name; nothing by default.
///
/// Every option opens an attack when another recipient on the path reads the same octets differently; turn on only what a known peer needs.
/// Never offered: a CR as a line end, NUL in values, unchecked chunk terminators, a length beside a coding in requests, a lone LF in chunk
/// framing, white space before the first field.
public struct HTTPLeniencies: OptionSet, Sendable {
  /// The options as bits.
  public let rawValue: UInt16

  /// Creates options from bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// A lone LF ends a start line, field line or trailer line (RFC 9112 §2.2 allows it).
  ///
  /// Attack: a hop that keeps the LF inside a value lets a client hide a field from it, such as a second length.
  public static let bareLF = HTTPLeniencies(rawValue: 1 << 0)

  /// Runs of spaces and tabs separate the parts of a start line, and stand around it (RFC 9112 §3).
  ///
  /// Attack: hops that split the line at different places see different targets. The line is judged when it has ended, not octet by octet.
  public static let looseStartLine = HTTPLeniencies(rawValue: 1 << 1)

  /// A folded field line of a request is joined by one space (RFC 9112 §5.2); in responses it always is.
  ///
  /// Attack: a hop that takes the continuation for a field of its own sees another length or coding.
  public static let obsFold = HTTPLeniencies(rawValue: 1 << 2)

  /// Any octets from 0x21 to 0xFF but DEL stand in a target in origin-form.
  ///
  /// Attack: hops that decode, cut or normalise such octets differently apply their access rules to another path.
  public static let rawTarget = HTTPLeniencies(rawValue: 1 << 3)

  /// Control octets but NUL, CR and LF stand in field values.
  ///
  /// Attack: a hop that strips them finds a keyword, such as a transfer coding, that another does not; terminals and logs obey them.
  public static let controlInValue = HTTPLeniencies(rawValue: 1 << 4)

  /// Several equally written Content-Length values of a request count as one; in responses they always do.
  ///
  /// Attack: a hop that reads the whole list as one value, or none, frames the body differently.
  public static let repeatedContentLength = HTTPLeniencies(rawValue: 1 << 5)

  /// Spaces and tabs stand between a chunk size and its line end.
  ///
  /// Attack: a hop that takes the space for the line's end, or refuses it, frames the chunk differently.
  public static let chunkSizeSpace = HTTPLeniencies(rawValue: 1 << 6)

  /// A request whose codings end in chunked may have others before, which are reported and left to the caller.
  ///
  /// Attack: a program that ignores the report takes coded octets for plain ones, past filters that looked at the plain ones.
  public static let passUnknownCoding = HTTPLeniencies(rawValue: 1 << 7)

  /// White space between a field name of a response and its colon is stripped.
  ///
  /// Attack: a hop that takes the space as part of the name sees no such field, such as a length.
  public static let spaceBeforeColon = HTTPLeniencies(rawValue: 1 << 8)

  /// A malformed field line of a response is dropped and reported in ``FieldSection/skippedLineOffsets``.
  ///
  /// Attack: what is dropped here may be a length or a security policy to another recipient.
  public static let skipBadFields = HTTPLeniencies(rawValue: 1 << 9)

  /// A response with an invalid Content-Length is read until the connection closes.
  ///
  /// Attack: a response cut short passes for a complete one.
  public static let closeDelimitedOnBadLength = HTTPLeniencies(rawValue: 1 << 10)

  /// A response whose first octet is not `H` is content without a head, until the connection closes (HTTP/0.9).
  ///
  /// Attack: the answer of a service that does not speak HTTP is taken for a document.
  public static let http09 = HTTPLeniencies(rawValue: 1 << 11)

  /// A status line that begins with `ICY` is read as HTTP/1.0, as old streaming servers mean it.
  ///
  /// Attack: as with ``http09``, another protocol's answer passes for HTTP.
  public static let icy = HTTPLeniencies(rawValue: 1 << 12)

  /// The options that only responses have; requests are read without them.
  static let responsesOnly: HTTPLeniencies = [.spaceBeforeColon, .skipBadFields, .closeDelimitedOnBadLength, .http09, .icy]

  /// All of them, for tests; not public, since nobody needs them all.
  package static let all = HTTPLeniencies(rawValue: (1 << 13) - 1)
}
