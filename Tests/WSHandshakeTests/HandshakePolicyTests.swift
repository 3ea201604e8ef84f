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

  @Test("nothing is checked when the policy is off")
  func off() {
    var policy = HandshakePolicy()
    policy.hosts = .loopback(port: 1)
    policy.isEnforced = false
    check(.request("off", "Origin: null\r\nOrigin: x\r\n")) { traceServer($0, policy: policy) }
  }
}
