/// The octets of a head and where its parts are; what ``FieldSection``, ``RequestHead`` and ``ResponseHead`` are views of.
///
/// Unsafe only in that the compiler cannot see the invariant: an object is changed only by code that has just made it, or found that it
/// holds the only reference to it. So what a view shows never changes, and views may go to other threads.
@safe
final class HeadStorage: @unchecked Sendable {
  /// What is known of a line whose octets do not stand where they were received.
  struct Origin {
    let nameOffset: Int
    let valueOffset: Int
    var foldedValue: [UInt8]?
  }

  /// What the lines, and the start line of a head, are ranges of.
  @safe @exclusivity(unchecked) var octets: [UInt8] = []
  @safe @exclusivity(unchecked) var table = HeadTable()
  /// The stream offset of the start line or, without one, of the section; 0 if it was not received.
  @safe @exclusivity(unchecked) var base = 0
  /// Where the lines come from, if their octets do not stand at their distance from ``base``.
  @safe @exclusivity(unchecked) var origins: [Origin]?
  @safe @exclusivity(unchecked) var skipped: [Int]?

  /// What views without lines have in common.
  static let empty = HeadStorage()

  init() {}

  /// A copy to be changed.
  init(_ other: HeadStorage) {
    octets = other.octets
    table = other.table
    base = other.base
    origins = other.origins
    skipped = other.skipped
  }
}
