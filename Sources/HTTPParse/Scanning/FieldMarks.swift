/// Where in a section the fields stand that frame the message, route it or manage its connection, so that its rules need not look for them.
struct FieldMarks: Sendable, Equatable {
  /// The lines of one name.
  struct Mark: Sendable, Equatable {
    // The place in the low 30 bits: a head of at most 2 GiB has fewer lines. Above: 0 for no line, 1 for one, 3 for several.
    private var bits: UInt32 = 0

    /// The place of the first line, if there is one.
    var first: Int { Int(bits & 0x3FFF_FFFF) }
    /// Whether there is no line.
    var isEmpty: Bool { bits == 0 }
    /// Whether there are several lines.
    var isRepeated: Bool { bits &>> 31 != 0 }

    @inline(__always)
    mutating func note(_ line: Int) {
      bits = bits == 0 ? 0x4000_0000 | UInt32(truncatingIfNeeded: line) & 0x3FFF_FFFF : bits | 0x8000_0000
    }
  }

  var host = Mark()
  var connection = Mark()
  var contentLength = Mark()
  var transferEncoding = Mark()
  var upgrade = Mark()
  var expect = Mark()
}

extension FieldMarks {
  /// Notes a line by its name, a token.
  mutating func note(name: ArraySlice<UInt8>, line: Int) {
    UncheckedOctets.reading(name.span) { note($0, name: 0, length: $0.count, line: line) }
  }

  /// Notes a line by its name, a token of `length` octets from `name` on.
  ///
  /// Setting the bit 0x20 folds letters; the only other octets it maps to a letter or to `-` are controls, which are not part of a token.
  @inline(__always)
  mutating func note(_ octets: UncheckedOctets, name: Int, length: Int, line: Int) {
    let fold8: UInt64 = 0x2020_2020_2020_2020
    let fold4: UInt32 = 0x2020_2020
    // One test that nearly all other lines fail: is there a name with this first letter and length?
    guard lengthsByLetter[Int(octets[name] & 31)] &>> UInt32(truncatingIfNeeded: length) & 1 != 0 else { return }
    switch length {
    case 4:
      if octets.word32(name) | fold4 == 0x7473_6F68 { host.note(line) }
    case 6:
      if octets.word32(name) | fold4 == 0x6570_7865,
        octets.word32(name &+ 2) | fold4 == 0x7463_6570
      {
        expect.note(line)
      }
    case 7:
      if octets.word32(name) | fold4 == 0x7267_7075,
        octets.word32(name &+ 3) | fold4 == 0x6564_6172
      {
        upgrade.note(line)
      }
    case 10:
      if octets.word64(name) | fold8 == 0x6974_6365_6E6E_6F63,
        octets.word32(name &+ 6) | fold4 == 0x6E6F_6974
      {
        connection.note(line)
      }
    case 14:
      if octets.word64(name) | fold8 == 0x2D74_6E65_746E_6F63,
        octets.word64(name &+ 6) | fold8 == 0x6874_676E_656C_2D74
      {
        contentLength.note(line)
      }
    case 17:
      if octets.word64(name) | fold8 == 0x7265_6673_6E61_7274,
        octets.word64(name &+ 8) | fold8 == 0x6E69_646F_636E_652D,
        octets.word64(name &+ 9) | fold8 == 0x676E_6964_6F63_6E65
      {
        transferEncoding.note(line)
      }
    default: break
    }
  }
}

/// The lengths of the names to be noted as bits, by the low five bits of the name's first letter.
private let lengthsByLetter: InlineArray<32, UInt32> = [
  0, 0, 0, 0x4400, 0, 0x40, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20000, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]
