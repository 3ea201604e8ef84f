import HTTPParse
import Testing

@Suite("URL")
struct WireURLTests {
  struct Valid: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let host: URLHost
    let port: UInt16?
    let target: String
    let hostField: String

    init(_ text: String, _ host: URLHost, _ port: UInt16?, _ target: String, _ hostField: String) {
      testDescription = text
      self.host = host
      self.port = port
      self.target = target
      self.hostField = hostField
    }
  }

  private static let loopback = URLHost.ipv6(.loopback)

  @Test(
    "parts are found",
    arguments: [
      Valid("ws://h", .registeredName("h"), 80, "/", "h"), Valid("wss://h/", .registeredName("h"), 443, "/", "h"),
      Valid("WS://Example.COM/Chat?A=%2F#f", .registeredName("example.com"), 80, "/Chat?A=%2F", "example.com"),
      Valid("http://h:80?q", .registeredName("h"), 80, "/?q", "h"), Valid("https://h:80/", .registeredName("h"), 80, "/", "h:80"),
      Valid("ws://h:/x", .registeredName("h"), 80, "/x", "h"), Valid("ws://h:65535/", .registeredName("h"), 65535, "/", "h:65535"),
      Valid("ws://h:00080/", .registeredName("h"), 80, "/", "h"), Valid("ftp://h/x", .registeredName("h"), nil, "/x", "h"),
      Valid("ws://[::1]:9/", loopback, 9, "/", "[::1]:9"), Valid("ws://[0:0:0:0:0:0:0:1]/", loopback, 80, "/", "[::1]"),
      Valid("ws://127.0.0.1/", .ipv4(0x7F00_0001), 80, "/", "127.0.0.1"),
      Valid("ws://127.0.0.01/", .registeredName("127.0.0.01"), 80, "/", "127.0.0.01"),
      Valid("ws://256.0.0.1/", .registeredName("256.0.0.1"), 80, "/", "256.0.0.1"),
      Valid("ws://u:p@h/?a?b/c", .registeredName("h"), 80, "/?a?b/c", "h"),
      Valid("ws://a%41!$&'()*+,;=~_/", .registeredName("a%41!$&'()*+,;=~_"), 80, "/", "a%41!$&'()*+,;=~_"),
    ])
  func valid(row: Valid) throws {
    let url = try WireURL(row.testDescription)
    #expect(url.host == row.host)
    #expect(url.effectivePort == row.port)
    #expect(url.requestTarget == row.target)
    #expect(url.hostField == row.hostField)
    #expect(url.text == row.testDescription)
  }

  @Test(
    "what RFC 3986 does not allow is refused at its first octet",
    arguments: [
      ("empty", "‸", .scheme), ("no scheme", "‸//h/", .scheme), ("digit first", "‸1ws://h/", .scheme), ("scheme alone", "ws‸", .scheme),
      ("leading space", "‸ ws://h/", .scheme), ("no slashes", "ws:‸h", .authority), ("one slash", "ws:/‸h", .authority),
      ("no host", "ws://‸", .host),
      ("empty host", "ws://‸/x", .host), ("port without host", "ws://‸:80/", .host),
      ("H27 backslash host", "ws://h‸\\x5C@evil/", .userinfo),
      ("backslash", "ws://h‸\\x5Cx", .host), ("H27 port 0", "ws://h:‸0/", .port), ("H27 port 65536", "ws://h:‸65536/", .port),
      ("port of twenty digits", "ws://h:‸18446744073709551617/", .port), ("signed port", "ws://h:‸+80/", .port),
      ("H27 zone", "ws://[::1‸%25eth0]/", .host), ("open bracket", "ws://[::1‸", .host), ("empty brackets", "ws://[‸]/", .host),
      ("text after brackets", "ws://[::1]‸x/", .host), ("future address", "ws://[‸v1.a]/", .host), ("two gaps", "ws://[1::2::3‸]/", .host),
      ("nine groups", "ws://[1:2:3:4:5:6:7:8:9‸]/", .host), ("five digits", "ws://[12345::‸]/", .host),
      ("colon at the end", "ws://[1::2:‸]/", .host),
      ("H14 CRLF", "ws://h/‸\r\nX: y", .path), ("space", "ws://h/a‸ b", .path), ("NUL", "ws://h‸\\x00/", .host),
      ("H26 not ASCII", "ws://h‸\\xC3\\xA9/", .host),
      ("bad percent-encoding", "ws://h/%4‸g", .path), ("percent at the end", "ws://h/%‸", .path),
      ("bad encoding in the query", "ws://h/?%‸zz", .query),
      ("bracket in the query", "ws://h/?‸[", .query), ("second fragment", "ws://h/#a‸#b", .fragment),
      ("second at sign", "ws://a@b‸@c/", .host),
      ("space in userinfo", "ws://a‸ b@c/", .userinfo),
    ] as [(String, String, WireURLError.Code)])
  func invalid(name: String, text: String, code: WireURLError.Code) {
    let input = MarkedOctets(text)
    let url = String(decoding: input.octets, as: UTF8.self)
    #expect { try WireURL(url) } throws: { error in
      guard let error = error as? WireURLError else { return false }
      #expect(error.offset == input.mark)
      return error.code == code
    }
  }

  @Test("H27: printing hides user information, query and fragment")
  func redaction() throws {
    let url = try WireURL("wss://user:secret@h:444/path?token=secret#secret")
    #expect("\(url)" == "wss://…@h:444/path?…#…")
    #expect(String(reflecting: url) == "wss://…@h:444/path?…#…")
    #expect(url.userinfo == "user:secret")
    #expect(url.query == "token=secret")
    #expect(url.fragment == "secret")
  }

  @Test(
    "user information is a name and a password, percent-decoded; none that is no UTF-8",
    arguments: [
      ("u:p@", "u", "p"), ("u@", "u", ""), (":@", "", ""), ("a%3Ab:c:d@", "a:b", "c:d"), ("%C3%A9:%25@", "é", "%"), ("%FF:p@", nil, nil),
      ("u:%C3@", nil, nil), ("", nil, nil),
    ] as [(String, String?, String?)])
  func credentials(userinfo: String, user: String?, password: String?) throws {
    let credentials = try WireURL("http://\(userinfo)h/").credentials
    #expect(credentials?.user == user)
    #expect(credentials?.password == password)
  }

  @Test(
    "IPv6 addresses are written in their short form",
    arguments: [
      ("2001:DB8::0:1", "2001:db8::1"), ("::", "::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
      ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
  func addresses(text: String, expected: String) { #expect(IPv6Address(Array(text.utf8)[...])?.description == expected) }
}
