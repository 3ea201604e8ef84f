import HTTPParse

extension FieldLine {
  /// A line of text this module made or has validated.
  init(_ name: String, _ value: some Sequence<UInt8>) {
    self.init(name: Array(name.utf8), value: Array(value), nameOffset: 0, valueOffset: 0)
  }

  /// A line of text this module made or has validated.
  init(_ name: String, _ value: String) { self.init(name, value.utf8) }
}

extension FieldSection {
  /// The section and the empty line after it, as sent.
  var octets: [UInt8] {
    lines.flatMap { $0.name + [0x3A, 0x20] + $0.value + [0x0D, 0x0A] } + [0x0D, 0x0A]
  }
}

extension ResponseHead {
  /// The head as sent.
  package var octets: [UInt8] {
    Array("\(version) \(status) ".utf8) + reasonPhrase + [0x0D, 0x0A] + fields.octets
  }
}
