import HTTPParse
import Transport
import WSHandshake

/// The target of a test: where to connect, what to ask for, and how to show it.
struct TargetURL {
  let url: WireURL
  let offer: ClientOffer
  let addresses: [SocketAddress]

  init(_ text: String) throws {
    do throws(WireURLError) {
      url = try WireURL(text)
    } catch {
      throw UsageFailure(description: "the URL is not valid: \(error)")
    }
    switch url.scheme {
    case "ws": break
    case "wss":
      throw UsageFailure(
        description: "wss: is not in this version: TLS comes with a later one; test the server without TLS, over ws:, until then")
    case "http", "https":
      throw UsageFailure(description: "\(url.scheme): is not in this version: only WebSocket servers are tested, as ws://HOST:PORT/PATH")
    default: throw UsageFailure(description: "a WebSocket URL begins with ws://, not with \(url.scheme):")
    }
    do throws(HandshakeError) {
      offer = try ClientOffer(url: url)
    } catch {
      throw UsageFailure(description: "the URL cannot be tested: \(error.reason)")
    }
    do throws(TransportError) {
      addresses = try SocketAddress.candidates(host: "\(url.host)", port: url.effectivePort ?? 80)
    } catch {
      throw UsageFailure(description: "\(error)")
    }
  }

  /// What is left out of reports, in words.
  var redactions: [String] {
    (url.query == nil ? [] : ["the query of the URL"]) + (url.userinfo == nil ? [] : ["the user information of the URL"])
  }
}
