import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake

@Suite("Handshake policy")
struct HandshakePolicyTests {
  @Test(
    "H15: by default an Origin is absent or that of the host",
    arguments: [
      ("absent", nil, "open"), ("same", "http://h.test:81", "open"), ("same, upper case", "HTTP://H.TEST:81", "open"),
      ("foreign", "http://evil.test", "origin"), ("null", "null", "origin"), ("other scheme", "https://h.test:81", "origin"),
      ("other port", "http://h.test:82", "origin"), ("default port", "http://h.test", "origin"),
      ("suffix", "http://h.test:81.evil.test", "origin"),
      ("subdomain of another", "http://h.test.evil.test:81", "origin"), ("prefix", "http://evilh.test:81", "origin"),
      ("userinfo", "http://h.test:81@evil.test", "origin"),
      ("path", "http://h.test:81/", "origin"), ("empty", "", "origin"), ("two in one field", "http://h.test:81 http://evil.test", "origin"),
    ] as [(String, String?, String)])
  func sameHost(name: String, origin: String?, outcome: String) {
    check(.request("H15 \(name)", origin.map { "Origin: \($0)\r\n" } ?? "", outcome)) { traceServer($0) }
  }

  @Test("H15: two Origin fields are refused")
  func twoOrigins() {
    check(.request("H15 two Origins", "Origin: http://h.test:81\r\n‸Origin: http://evil.test\r\n", "origin")) { traceServer($0) }
  }

  @Test("over TLS the host's own origin is https with port 443")
  func secure() {
    var policy = HandshakePolicy()
    policy.isSecure = true
    for (origin, outcome) in [
      ("https://h.test", "open"), ("https://h.test:443", "open"), ("http://h.test", "origin"), ("https://h.test:81", "origin"),
    ] {
      check(.request(origin, "Host: h.test\r\nOrigin: \(origin)\r\n", without: ["Host"], outcome)) { traceServer($0, policy: policy) }
    }
  }

  @Test(
    "listed origins are compared octet by octet",
    arguments: [
      (HandshakePolicy.Origins.listed(["file://"]), "file://", "open"), (.listed(["file://"]), "http://h.test:81", "origin"),
      (.listed(["https://dash.test"]), "https://dash.test.evil.test", "origin"), (.sameHost(orListed: ["null"]), "null", "open"),
      (.sameHost(orListed: ["null"]), "http://h.test:81", "open"), (.any, "http://evil.test", "open"),
    ])
  func listed(origins: HandshakePolicy.Origins, origin: String, outcome: String) {
    var policy = HandshakePolicy()
    policy.origins = origins
    check(.request(origin, "Origin: \(origin)\r\n", outcome)) { traceServer($0, policy: policy) }
  }

  @Test(
    "H16: on a loopback listener the Host is a loopback name with the listener's port",
    arguments: [
      ("localhost:8080", "open"), ("LOCALHOST:8080", "open"), ("127.0.0.1:8080", "open"), ("127.9.9.9:8080", "open"),
      ("[::1]:8080", "open"),
      ("attacker.test:8080", "host"), ("localhost:8081", "host"), ("localhost", "host"), ("localhost.evil.test:8080", "host"),
      ("127.0.0.1.evil.test:8080", "host"), ("0127.0.0.1:8080", "host"), ("128.0.0.1:8080", "host"), ("[::2]:8080", "host"),
      ("localhost.:8080", "host"),
    ])
  func loopback(host: String, outcome: String) {
    var policy = HandshakePolicy()
    policy.hosts = .loopback(port: 8080)
    check(.request("H16 \(host)", "Host: \(host)\r\n", without: ["Host"], outcome)) { traceServer($0, policy: policy) }
  }

  @Test("H16: an absolute-form target does not hide the Host field from the policy")
  func absoluteForm() {
    var policy = HandshakePolicy()
    policy.hosts = .loopback(port: 81)
    let target = requestText("Host: attacker.test:81\r\n", without: ["Host"]).replacingPrefix("GET /chat", "GET http://localhost:81/chat")
    #expect(traceServer([Array(target.utf8)], policy: policy).failure?.hasPrefix("host at ") == true)
  }

  @Test(
    "LN-95: a server for this machine trusts its pages by any port, and no look-alike",
    arguments: [
      (nil, "open"), ("http://localhost:3000", "open"), ("http://localhost", "open"), ("https://localhost:8443", "open"),
      ("http://127.0.0.1", "open"), ("http://127.9.9.9:1", "open"), ("http://[::1]:8080", "open"), ("http://[::1]", "open"),
      ("HTTP://LOCALHOST", "open"), ("file://", "open"), ("null", "origin"), ("https://evil.example", "origin"),
      ("http://127.0.0.1.evil.example", "origin"), ("http://localhost.evil.example", "origin"), ("http://evil.localhost", "origin"),
      ("http://notlocalhost", "origin"), ("http://localhost.", "origin"), ("http://127.1", "origin"), ("http://0x7f.1", "origin"),
      ("http://0177.0.0.1", "origin"), ("http://2130706433", "origin"), ("http://[::ffff:127.0.0.1]", "origin"),
      ("http://[::ffff:7f00:1]", "origin"), ("http://0.0.0.0", "origin"), ("http://128.0.0.1", "origin"), ("http://[::2]", "origin"),
      ("http://localhost:8080@evil.example", "origin"), ("http://user@localhost", "origin"), ("http://localhost/", "origin"),
      ("http://localhost?x", "origin"), ("http://localhost#x", "origin"), ("http://localhost http://evil.example", "origin"),
      ("http://localhost,http://evil.example", "origin"), ("http://localhost:0", "origin"), ("http://localhost:65536", "origin"),
      ("localhost", "origin"), ("//localhost", "origin"), ("ws://localhost", "origin"), ("file:///", "origin"), ("FILE://", "origin"),
      ("file://localhost", "origin"), ("chrome-extension://localhost", "origin"), ("http://", "origin"), ("", "origin"),
      ("http://loc\u{0430}lhost", "origin"),
    ] as [(String?, String)])
  func localOrigins(origin: String?, outcome: String) {
    var policy = HandshakePolicy()
    policy.origins = .loopback()
    check(.request(origin ?? "none", origin.map { "Origin: \($0)\r\n" } ?? "", outcome)) { traceServer($0, policy: policy) }
  }

  @Test(
    "LN-95: what is listed is trusted too, octet by octet",
    arguments: [
      ("https://dash.example", "open"), ("http://localhost:3000", "open"), ("null", "open"), ("https://dash.example:443", "origin"),
      ("https://dash.example.evil.example", "origin"), ("https://DASH.example", "origin"), ("http://dash.example", "origin"),
      ("https://evil.example", "origin"),
    ])
  func listedOrLocal(origin: String, outcome: String) {
    var policy = HandshakePolicy()
    policy.origins = .loopback(orListed: ["https://dash.example", "null"])
    check(.request(origin, "Origin: \(origin)\r\n", outcome)) { traceServer($0, policy: policy) }
  }

  @Test(
    "several Origin fields are refused, whatever is trusted",
    arguments: [HandshakePolicy.Origins.loopback(), .any, .listed(["http://localhost"])])
  func severalOrigins(origins: HandshakePolicy.Origins) {
    var policy = HandshakePolicy()
    policy.origins = origins
    check(.request("two", "Origin: http://localhost\r\n‸Origin: http://localhost\r\n", "origin")) { traceServer($0, policy: policy) }
  }

  @Test(
    "LN-95: a refusal says in one line what was refused, escaped, and how to allow an origin",
    arguments: [
      ("Host: h.test:81\r\nOrigin: null\r\n", "origin: the Origin \"null\" is not one this server trusts (list it in origins), at octet "),
      (
        "Host: h.test:81\r\nOrigin: a\u{9B}\tb\r\n",
        "origin: the Origin \"a\\xC2\\x9B\\tb\" is not one this server trusts (list it in origins)"
      ),
      (
        "Host: h.test:81\r\nOrigin: \(String(repeating: "x", count: 200))\r\n",
        "origin: the Origin \"\(String(repeating: "x", count: 128)) … (72 more octets)\" is not"
      ), ("Host: evil.example:8080\r\n", "host: the Host \"evil.example:8080\" is not a loopback name with this server's port, at octet "),
    ])
  func refusalText(fields: String, line: String) {
    var policy = HandshakePolicy()
    policy.origins = .loopback()
    policy.originAdvice = "list it in origins"
    if fields.contains("evil") { policy.hosts = .loopback(port: 8080) }
    let refusal = traceServer([Array(requestText(fields, without: ["Host"]).utf8)], policy: policy).failure ?? ""
    #expect(refusal.contains(" HTTP/1.1 403 Forbidden\r\n"))
    let content = refusal.split(separator: "\r\n\r\n").last ?? ""
    #expect(content.hasPrefix(line), "\(content)")
    #expect(content.hasSuffix("\n") && content.count { $0.isNewline } == 1)
  }

  @Test(
    "LN-94: a server may answer whatever is not version 13 with 426",
    arguments: [nil, "", "013", "13, 8", "12", "13\r\nSec-WebSocket-Version: 13"])
  func anyVersion(value: String?) {
    var policy = HandshakePolicy()
    policy.answersAnyVersionWith426 = true
    let line = value.map { "Sec-WebSocket-Version: \($0)\r\n" } ?? ""
    let row = HandshakeRow.request("version", line, without: ["Sec-WebSocket-Version"], "version-unsupported", status: 426)
    check(row) { traceServer($0, policy: policy) }
    let refusal = traceServer([row.octets], policy: policy).failure ?? ""
    #expect(refusal.contains(" HTTP/1.1 426 ") && refusal.contains("\r\nSec-WebSocket-Version: 13\r\n"))
  }

  @Test("nothing is checked when the policy is off")
  func off() {
    var policy = HandshakePolicy()
    policy.hosts = .loopback(port: 1)
    policy.isEnforced = false
    check(.request("off", "Origin: null\r\nOrigin: x\r\n")) { traceServer($0, policy: policy) }
  }
}
