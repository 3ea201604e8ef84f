/// How much of a message is accepted before the peer is refused.
///
/// Every limit counts octets or lines as received; none reserves memory. `Int.max` means no limit and runs the same code.
public struct HTTPLimits: Sendable, Equatable {
  /// The longest request line in octets, without its line end; excess is `limit-request-line` (414).
  ///
  /// Default 16 KiB: RFC 9112 §3 asks for at least 8,000 octets, common servers allow 8 to 16 KiB.
  public var maximumRequestLineBytes = 16 * 1024

  /// The longest status line in octets, without its line end; excess is `limit-status-line`.
  ///
  /// Default 16 KiB, as for request lines.
  public var maximumStatusLineBytes = 16 * 1024

  /// The longest field line in octets, without its line end but with its folded continuations; excess is `limit-field` (431).
  ///
  /// Default 16 KiB: no useful field is longer, and a section holds at least four.
  public var maximumFieldLineBytes = 16 * 1024

  /// The longest field section in octets, with the line ends between its lines; excess is `limit-section` (431).
  ///
  /// Default 64 KiB: the primary limit, since octets are what fills memory.
  public var maximumFieldSectionBytes = 64 * 1024

  /// The most field lines in one section; excess is `limit-fields` (431).
  ///
  /// Default 256: each line costs more memory than its octets.
  public var maximumFieldLines = 256

  /// The longest head in octets, from the first of its start line to the last of its last line, with the line ends between.
  ///
  /// Default 80 KiB, a request line and a section of the longest. Excess is reported as the start line's or the section's limit, whichever
  /// is being read; lower it to bound a head as a whole. A head is never longer than 2 GiB, whatever the limit.
  public var maximumHeadBytes = 80 * 1024

  /// The most interim (1xx) responses a client reads before the final one; excess is `limit-interim`.
  ///
  /// Default 16: servers send one or two; an endless run must end (RFC 9110 §15.2).
  public var maximumInterimResponses = 16

  /// The most empty lines ignored before a start line; excess is a fault of the start line.
  ///
  /// Default 1: RFC 9112 §2.2 asks for at least one; old clients send one after a body.
  public var maximumLeadingEmptyLines = 1

  /// The longest trailer section in octets, with the line ends between its lines; excess is `limit-trailers` (431).
  ///
  /// Default 8 KiB: trailers are few and short, and come after a body was already paid for.
  public var maximumTrailerSectionBytes = 8 * 1024

  /// The most trailer field lines; excess is `limit-trailers` (431).
  ///
  /// Default 32.
  public var maximumTrailerLines = 32

  /// The longest extension of one chunk in octets, from the size's last digit to the line end; excess is `limit-chunk-ext` (400).
  ///
  /// Default 256: extensions are hardly used, and are discarded.
  public var maximumChunkExtensionBytes = 256

  /// The most octets of chunk extensions in one message; excess is `limit-chunk-ext` (400).
  ///
  /// Default 4 KiB: tiny chunks with long extensions are an attack on the receiver's time.
  public var maximumMessageChunkExtensionBytes = 4 * 1024

  /// The most elements in a list that frames a message or manages its connection (Transfer-Encoding, Content-Length, Connection, a
  /// response's Upgrade), empty ones included; excess is `limit-list` (400).
  ///
  /// Default 64: RFC 9110 §5.6.1 asks to ignore a reasonable number of empty elements.
  public var maximumListElements = 64

  /// The longest content of one message in octets, chunk framing removed; excess is `limit-content` (413).
  ///
  /// Default no limit: content is handed on in pieces, never kept; who keeps it should set 16 MiB or so.
  public var maximumContentBytes = Int.max

  /// The most requests a server reads from one connection; after the last the connection is to be closed.
  ///
  /// Default 10,000: bounds what a connection can pile up over its life.
  public var maximumRequestsPerConnection = 10_000

  /// Creates limits with the defaults above.
  public init() {}
}
