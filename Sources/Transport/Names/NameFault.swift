/// Why a text is no host name: ASCII letters, digits, hyphens and underscores in labels of 1 to 63 octets, parted by dots, 253 in all.
///
/// A dot may stand at the end. Underscores are no part of RFC 1123 §2.1 but stand in names that resolve.
public enum NameFault: Hashable, Sendable {
  /// There is no octet, or none but a dot.
  case empty
  /// The name has this many octets.
  case tooLong(Int)
  /// A label has this many octets.
  case labelTooLong(Int)
  /// There is nothing between two dots, or before the first.
  case emptyLabel
  /// This octet does not occur in names.
  case character(UInt8)
  /// The last label is a number, so that some programs take the name for an IPv4 address, such as `127.1` or `0x7f000001`.
  ///
  /// No name ends so (RFC 3696 §2), and what such an address means depends on who reads it.
  case number

  /// Returns what is wrong with `name`, or nil.
  package init?(of name: String) {
    var octets = Array(name.utf8)[...]
    if octets.last == 0x2E { octets.removeLast() }
    guard !octets.isEmpty else { self = .empty; return }
    if let stray = octets.first(where: { !Self.isAllowed($0) }) {
      self = .character(stray)
      return
    }
    guard octets.count <= 253 else { self = .tooLong(octets.count); return }
    let labels = octets.split(separator: 0x2E, omittingEmptySubsequences: false)
    for label in labels {
      guard !label.isEmpty else { self = .emptyLabel; return }
      guard label.count <= 63 else { self = .labelTooLong(label.count); return }
    }
    guard let last = labels.last, Self.isNumber(last) else { return nil }
    self = .number
  }

  /// What is wrong, in words that follow the name.
  var words: String {
    switch self {
    case .empty: "is empty"
    case .tooLong(let octets): "has \(octets) octets, a host name has at most 253"
    case .labelTooLong(let octets): "has a label of \(octets) octets, between dots stand at most 63"
    case .emptyLabel: "has nothing between two dots"
    case .character(0): "has a NUL octet"
    case .character(let octet) where octet >= 0x80: "has an octet that is not ASCII"
    case .character(let octet): "has an octet 0x\(String(octet, radix: 16, uppercase: true)) that does not occur in host names"
    case .number: "is neither an address of four decimal numbers nor a name"
    }
  }

  /// What to do about it.
  var advice: String {
    switch self {
    case .character(let octet) where octet >= 0x80: "Write the name in its ASCII form, which begins with xn--"
    case .number: "Write the address with four decimal numbers, such as 127.0.0.1"
    case .empty, .tooLong, .labelTooLong, .emptyLabel, .character: "Check the host"
    }
  }

  private static func isAllowed(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  /// Whether the C library would read the label as a number.
  private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
    if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
    guard label.count >= 2, label.first == 0x30, label[label.startIndex + 1] | 0x20 == 0x78 else { return false }
    return label.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
  }
}
