import ArgumentParser
import Connections
import HTTPParse
import Transport
import WSHandshake

/// The target of a test: where to connect, what to ask for, and how to show it.
struct TargetURL {
  let url: WireURL
  let offer: ClientOffer
  let route: Route
  private let options: ConnectionOptions

  /// Reads a URL; the options are those of the command line, or none.
  init(_ text: String, options: ConnectionOptions? = nil) throws {
    let options = try options ?? ConnectionOptions.parse([])
    self.options = options
    url = try Self.url(text)
    offer = try options.offer(for: url)
    route = try options.route(to: url, host: offer.host)
  }

  /// What is left out of reports, in words.
  var redactions: [String] {
    var parts: [String] = []
    if url.query != nil { parts.append("the query of the URL") }
    if url.userinfo != nil { parts.append("the user information of the URL") }
    return parts + options.redactions
  }

  /// The words of the command line that a rerun needs, without secrets.
  var rerunOptions: [String] { options.rerunWords }

  /// What a reader must know of the way to the target.
  var notes: [String] { options.notes(for: url) }

  private static func url(_ text: String) throws -> WireURL {
    let url: WireURL
    do throws(WireURLError) {
      url = try WireURL(text)
    } catch {
      throw UsageFailure(description: "the URL is not valid: \(error)")
    }
    switch url.scheme {
    case "ws", "wss": return url
    case "http", "https":
      throw UsageFailure(
        description: "\(url.scheme): is not in this version: only WebSocket servers are tested, as ws://HOST:PORT/PATH or wss://HOST/PATH")
    default: throw UsageFailure(description: "a WebSocket URL begins with ws:// or wss://, not with \(url.scheme):")
    }
  }
}
