/// Heads of requests and responses, each with its transcript: the words every parser has to find in it.
struct Heads {
  private(set) var wire: [UInt8] = []
  private(set) var ends: [Int] = []
  private(set) var transcript: [UInt8] = []

  mutating func append(request method: String, _ target: String, _ fields: [(String, String)]) {
    add("\(method) \(target) HTTP/1.1", fields, transcript: "\(method) \(target) 1")
  }

  mutating func append(response status: Int, _ reason: String, _ fields: [(String, String)]) {
    add("HTTP/1.1 \(status) \(reason)", fields, transcript: "1\(status) \(reason)\n")
  }

  private mutating func add(_ line: String, _ fields: [(String, String)], transcript words: String) {
    wire += Array((line + "\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n").utf8)
    ends.append(wire.count)
    transcript += Array((words + fields.map { "\($0):\($1)\n" }.joined()).utf8)
  }

  /// A page requested by a browser; a cookie fills it up to 700 octets.
  static let browser = filled(to: 700) { cookie in
    var heads = Heads()
    heads.append(
      request: "GET", "/articles/2026/sans-io-parsers.html?page=2&sort=newest",
      [
        ("Host", "www.example.org"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept-Language", "en-GB,en;q=0.7,de;q=0.3"), ("Accept-Encoding", "gzip, deflate, br"),
        ("Referer", "https://www.example.org/articles/2026/index.html"), ("Connection", "keep-alive"),
        ("Cookie", "session=\(cookie)"), ("Upgrade-Insecure-Requests", "1"), ("Cache-Control", "max-age=0"),
      ])
    return heads
  }

  /// The least a request can be: 35 octets.
  static let minimal: Heads = {
    var heads = Heads()
    heads.append(request: "GET", "/a", [("Host", "example.org")])
    return heads
  }()

  /// An opening handshake of a WebSocket client, 230 octets.
  static let upgrade = filled(to: 230) { filler in
    var heads = Heads()
    heads.append(
      request: "GET", "/chat?room=\(filler)",
      [
        ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEA=="), ("Sec-WebSocket-Version", "13"), ("Origin", "https://example.com"),
      ])
    return heads
  }

  /// A response of 439 octets, without its content.
  static let response = filled(to: 439) { filler in
    var heads = Heads()
    heads.append(
      response: 200, "OK",
      [
        ("Date", "Tue, 03 Nov 2026 10:20:30 GMT"), ("Server", "example/2.4"), ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", "18342"), ("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT"), ("ETag", "\"5f2-\(filler)\""),
        ("Cache-Control", "public, max-age=600"), ("Vary", "Accept-Encoding"), ("X-Content-Type-Options", "nosniff"),
        ("Strict-Transport-Security", "max-age=31536000"),
      ])
    return heads
  }

  /// 512 requests, no two alike.
  static let varied: Heads = {
    var generator = Generator(seed: 5)
    var heads = Heads()
    for _ in 0..<512 { heads.appendVaried(&generator) }
    return heads
  }()

  private mutating func appendVaried(_ generator: inout Generator) {
    let letters = "abcdefghijklmnopqrstuvwxyz"
    let digits = "0123456789"
    var optional: [(String, String)] = [
      (
        "User-Agent",
        "\(generator.word(4...9, from: letters))/\(generator.word(1...2, from: digits)).0 (\(generator.word(10...60, from: letters + " ;")))"
      ),
      ("Accept", ["*/*", "application/json", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"].randomElement(using: &generator) ?? "*/*"),
      ("Accept-Language", "\(generator.word(2...2, from: letters));q=0.\(generator.word(1...1, from: digits))"),
      ("Accept-Encoding", "gzip, deflate, br"), ("Connection", "keep-alive"),
      ("Referer", "https://\(generator.word(5...12, from: letters)).example/\(generator.word(5...40, from: letters + "/"))"),
      ("Cookie", "id=\(generator.word(20...120, from: letters + digits)); theme=\(generator.word(4...8, from: letters))"),
      ("If-None-Match", "\"\(generator.word(8...32, from: digits + "abcdef"))\""),
      ("Authorization", "Bearer \(generator.word(24...90, from: letters + digits + "-_"))"),
      ("Origin", "https://\(generator.word(5...12, from: letters)).example"), ("Cache-Control", "no-cache"), ("DNT", "1"),
      ("X-Request-Id", generator.word(16...36, from: digits + "abcdef-")),
      ("X-Forwarded-For", "192.0.2.\(generator.word(1...2, from: "123456789"))"),
    ]
    optional.shuffle(using: &generator)
    let fields =
      [("Host", "\(generator.word(3...14, from: letters)).example.net")] + optional.prefix(Int.random(in: 4...11, using: &generator))
    // A value must not begin or end with a space, for parsers disagree about whether that belongs to it.
    let trimmed = fields.map { ($0.0, $0.1.hasSuffix(" ") ? String($0.1.dropLast()) + "x" : $0.1) }
    let method = ["GET", "GET", "GET", "GET", "HEAD", "DELETE", "OPTIONS"].randomElement(using: &generator) ?? "GET"
    append(
      request: method,
      "/\(generator.word(1...50, from: letters + "/-"))?\(generator.word(1...12, from: letters))=\(generator.word(0...30, from: digits))",
      trimmed)
  }

  /// The head that `make` gives for a filler which makes it `count` octets long.
  private static func filled(to count: Int, _ make: (String) -> Heads) -> Heads {
    let bare = make("").wire.count
    precondition(bare <= count, "the head has \(bare) octets without filler")
    return make(String((0..<(count - bare)).map { Array("0123456789abcdef")[$0 * 7 % 16] }))
  }
}
