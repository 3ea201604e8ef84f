/// Where the name and the value of one field line lie, counted from a head's first octet.
///
/// 16 octets a line, however long it is; heads are shorter than 4 GiB.
struct FieldEntry: Sendable, Equatable {
  let nameStart: UInt32
  let nameLength: UInt32
  let valueStart: UInt32
  let valueLength: UInt32

  init(name: Range<Int>, value: Range<Int>) {
    nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
    nameLength = UInt32(truncatingIfNeeded: name.upperBound &- name.lowerBound)
    valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
    valueLength = UInt32(truncatingIfNeeded: value.upperBound &- value.lowerBound)
  }

  var name: Range<Int> { Int(nameStart)..<(Int(nameStart) &+ Int(nameLength)) }

  var value: Range<Int> { Int(valueStart)..<(Int(valueStart) &+ Int(valueLength)) }

  static let empty = FieldEntry(name: 0..<0, value: 0..<0)
}
