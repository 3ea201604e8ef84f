import Testing

@testable import Transport

@Suite("Host names")
struct NameFaultTests {
  static let label = String(repeating: "a", count: 63)
  static let longest = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")

  @Test(
    "a name that may be looked up",
    arguments: [
      ("one label", "db"), ("several labels", "www.example.org"), ("a dot at the end", "example.org."), ("upper case", "WWW.Example.ORG"),
      ("an underscore", "_http._tcp.example"), ("a label of digits that is not the last", "1.2.3.example"),
      ("digits and letters", "3com"), ("hexadecimal letters without 0x", "dead.beef"), ("0x with other letters", "0xyz"),
      ("an A-label", "xn--bcher-kva.example"), ("63 octets in a label", label), ("253 octets", longest),
      ("253 octets and a dot", longest + "."),
    ])
  func good(what: String, name: String) { #expect(NameFault(of: name) == nil) }

  @Test(
    "C08, H26: a text that is no name is refused",
    arguments: [
      ("nothing", "", NameFault.empty), ("a dot", ".", .empty), ("two dots", "..", .emptyLabel),
      ("nothing before a dot", ".example", .emptyLabel),
      ("nothing between dots", "a..b", .emptyLabel), ("two dots at the end", "a..", .emptyLabel),
      ("a long label", label + "a.example", .labelTooLong(64)), ("a long name", longest + "b", .tooLong(254)),
      ("NUL", "evil.example\0.good.example", .character(0)), ("a space", "a b", .character(0x20)),
      ("a line end", "a\r\nb", .character(0x0D)),
      ("an at sign", "good@evil", .character(0x40)), ("a backslash", "a\\b", .character(0x5C)), ("a semicolon", "a;b", .character(0x3B)),
      ("a slash", "a/b", .character(0x2F)), ("a colon", "a:80", .character(0x3A)), ("a zone", "fe80::1%eth0", .character(0x3A)),
      ("percent-encoding", "a%2eb", .character(0x25)), ("a bracket", "[::1", .character(0x5B)),
      ("an ideographic dot", "a。b", .character(0xE3)),
      ("an umlaut", "bücher.example", .character(0xC3)), ("a full-width digit", "１.2.3.4", .character(0xEF)),
      ("two numbers", "127.1", .number), ("hexadecimal and a number", "0x7f.1", .number),
      ("one number", "2130706433", .number),
      ("one hexadecimal number", "0x7F000001", .number), ("octal", "017700000001", .number),
      ("a leading zero", "127.0.0.01", .number),
      ("256", "1.2.3.256", .number), ("five numbers", "1.2.3.4.5", .number),
      ("a dot behind an address", "127.0.0.1.", .number),
      ("a name that ends in a number", "example.1", .number), ("nothing behind 0x", "a.0x", .number), ("zero", "0", .number),
    ])
  func bad(what: String, name: String, fault: NameFault) throws {
    #expect(NameFault(of: name) == fault)
    let asked = TestLookup([.loopbackIPv4(port: 1)])
    let loop = try Loop()
    let outcome = Outcome<[SocketAddress]>()
    asked.resolver(on: loop).resolve(host: name, port: 1, within: .seconds(10), completion: outcome.take)
    #expect(outcome.results.isEmpty, "nothing is reported from inside the call")
    try loop.runWithoutWaiting()
    #expect(outcome.nameReason == .malformed(fault))
    #expect(asked.names.isEmpty)
    #expect(outcome.error?.description.utf8.allSatisfy { (0x20...0x7E).contains($0) } == true)
  }

  @Test(
    "the text says what is wrong and what to do",
    arguments: [
      (
        NameFault.number, "127.1",
        "cannot resolve a host name: \"127.1\" is neither an address of four decimal numbers nor a name. "
          + "Write the address with four decimal numbers, such as 127.0.0.1"
      ),
      (
        .character(0xC3), "bücher",
        "cannot resolve a host name: \"b??cher\" has an octet that is not ASCII. Write the name in its ASCII form, which begins with xn--"
      ), (.character(0), "a\0b", "cannot resolve a host name: \"a?b\" has a NUL octet. Check the host"),
      (.character(0x20), "a b", "cannot resolve a host name: \"a b\" has an octet 0x20 that does not occur in host names. Check the host"),
      (.empty, "", "cannot resolve a host name: \"\" is empty. Check the host"),
    ])
  func text(fault: NameFault, name: String, text: String) {
    #expect(TransportError(.resolve, .name(NameFailure(name, .malformed(fault)))).description == text)
  }
}
