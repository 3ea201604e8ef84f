import ArgumentParser
import Connections
import HTTPParse
import Transport
import WSHandshake

/// The options that say how the target is reached.
struct ConnectionOptions: ParsableArguments {
  @Option(
    name: .customLong("tls-ca"),
    help: ArgumentHelp("PEM file of the authorities to trust for wss, instead of the system's.", valueName: "file"))
  var tlsCA: String?

  @Flag(help: "Accept any certificate for wss. The report says so.")
  var insecure = false

  @Option(name: .customLong("tls-cert"), help: ArgumentHelp("PEM file of the certificate to show a server that asks.", valueName: "file"))
  var tlsCertificate: String?

  @Option(name: .customLong("tls-key"), help: ArgumentHelp("PEM file of the key of --tls-cert.", valueName: "file"))
  var tlsKey: String?

  @Option(
    help: ArgumentHelp(
      "A further field of every opening handshake, such as 'Cookie: id=7'; may be given several times. Reports leave its value out.",
      valueName: "name: value"))
  var header: [String] = []

  @Option(
    help: ArgumentHelp(
      "The name to ask for, in the Host field and in TLS, where it is not that of the URL, which says where to connect.",
      valueName: "host[:port]"))
  var host: String?

  @Option(help: ArgumentHelp("An HTTP proxy that opens the connections: http://[USER:PASSWORD@]HOST:PORT.", valueName: "url"))
  var proxy: String?

  @Option(
    name: .customLong("ip"), help: ArgumentHelp("Use addresses of this version of IP only: 4 or 6.", valueName: "version"),
    transform: Self.family)
  var family: AddressFamily = .any

  @Sendable private static func family(_ word: String) throws -> AddressFamily {
    switch word {
    case "4": return .ipv4
    case "6": return .ipv6
    default: throw ValidationError("write 4 or 6")
    }
  }
}

extension ConnectionOptions {
  /// What to ask for in every opening handshake.
  func offer(for url: WireURL) throws -> ClientOffer {
    let fields = try header.map(Self.field)
    do throws(HandshakeError) {
      var offer = try ClientOffer(url: url)
      if let host { offer.host = host }
      for field in fields {
        if field.isNamed("Origin") { offer.origin = String(decoding: field.value, as: UTF8.self) } else { offer.fields.append(field) }
      }
      // Whatever cannot be sent is refused here.
      _ = try ClientHandshake(offer, nonce: [UInt8](repeating: 0, count: 16))
      return offer
    } catch {
      throw UsageFailure(description: "the opening handshake cannot be sent: \(error.reason)")
    }
  }

  /// The way to the server of `url`.
  ///
  /// - Parameter name: The Host field: whose certificate is expected.
  func route(to url: WireURL, host name: String) throws -> Route {
    var route = Route(host: "\(url.host)", port: url.effectivePort ?? 80)
    route.family = family
    route.proxy = try proxy.map(Self.proxyTarget)
    let tlsOptions: [(String, Bool)] = [
      ("--tls-ca", tlsCA != nil), ("--insecure", insecure), ("--tls-cert", tlsCertificate != nil), ("--tls-key", tlsKey != nil),
    ]
    guard url.scheme == "wss" else {
      if let (option, _) = tlsOptions.first(where: \.1) {
        throw UsageFailure(description: "\(option) is for TLS, and a ws: URL has none: write wss://, or leave it out")
      }
      return route
    }
    guard !(insecure && tlsCA != nil) else { throw UsageFailure(description: "--insecure trusts any certificate: leave out --tls-ca") }
    guard (tlsCertificate == nil) == (tlsKey == nil) else { throw UsageFailure(description: "--tls-cert and --tls-key go together") }
    var configuration = TLSClientConfiguration()
    if insecure { configuration.trust = .insecure }
    if let tlsCA { configuration.trust = .file(path: tlsCA) }
    if let tlsCertificate, let tlsKey { configuration.identity = TLSIdentity(certificateFile: tlsCertificate, keyFile: tlsKey) }
    do throws(TransportError) {
      route.tls = try TLSClientContext(configuration)
    } catch {
      throw UsageFailure(description: "\(error)")
    }
    route.tlsName = try? "\(Authority(hostField: Array(name.utf8)).host)"
    return route
  }

  /// What is left out of reports, in words.
  var redactions: [String] {
    (header.isEmpty ? [] : ["the values of the fields given with --header"])
      + (proxy.flatMap { try? WireURL($0) }?.userinfo == nil ? [] : ["the user information of --proxy"])
  }

  /// The words of the command line that a rerun needs, without secrets.
  var rerunWords: [String] {
    var words: [String] = []
    func add(_ option: String, _ value: String?) {
      if let value { words += [option, value] }
    }
    add("--tls-ca", tlsCA)
    if insecure { words.append("--insecure") }
    add("--tls-cert", tlsCertificate)
    add("--tls-key", tlsKey)
    for text in header { add("--header", "\(text.prefix { $0 != ":" }): [redacted]") }
    add("--host", host)
    add("--proxy", proxy.flatMap { try? "\(WireURL($0))" })
    switch family {
    case .any: break
    case .ipv4: add("--ip", "4")
    case .ipv6: add("--ip", "6")
    }
    return words
  }

  /// What a reader must know of the way to the server of `url`.
  func notes(for url: WireURL) -> [String] {
    var notes: [String] = []
    if insecure { notes.append("the server's certificate was not verified (--insecure)") }
    if let host { notes.append("the server was asked for \(host), not for the URL's host (--host)") }
    if let proxy, let shown = try? WireURL(proxy) { notes.append("all connections went through the proxy \(shown) (--proxy)") }
    return notes
  }

  private static func field(_ text: String) throws -> FieldLine {
    guard let colon = text.firstIndex(of: ":") else {
      // Not what was written instead, which may be a secret.
      throw UsageFailure(description: "--header: there is no colon in it: write 'NAME: VALUE'")
    }
    do throws(HTTPParseError) {
      let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return try FieldLine(name: String(text[..<colon]), value: String(value))
    } catch {
      throw UsageFailure(description: "--header \(text.prefix { $0 != ":" }): \(error.summary)")
    }
  }

  private static func proxyTarget(_ text: String) throws -> ProxyTarget {
    let form = "write http://[USER:PASSWORD@]HOST:PORT"
    let url: WireURL
    do throws(WireURLError) {
      url = try WireURL(text)
    } catch {
      throw UsageFailure(description: "--proxy: the URL is not valid: \(error); \(form)")
    }
    guard url.scheme == "http", url.requestTarget == "/", url.fragment == nil else {
      throw UsageFailure(description: "--proxy: the proxy is reached over plain HTTP, and has no path: \(form)")
    }
    var target = ProxyTarget(host: "\(url.host)", port: url.port ?? 8080)
    guard url.userinfo == nil || url.credentials != nil else {
      throw UsageFailure(description: "--proxy: the user or the password is not UTF-8: \(form)")
    }
    target.credentials = url.credentials.map { ProxyCredentials(user: $0.user, password: $0.password) }
    return target
  }
}
