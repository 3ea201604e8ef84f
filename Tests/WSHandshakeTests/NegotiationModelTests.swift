import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake
import WSProtocol

/// The text of RFC 7692 §7.1 once more, slowly, over parameters as they are written; shares no code with what it judges.
enum NegotiationModel {
  typealias Parameters = [String: String?]

  static let flags = ["server_no_context_takeover", "client_no_context_takeover"]

  /// What a parameter's value says of a window: the outer `nil` without the parameter, the inner one without a value.
  static func bits(_ parameters: Parameters, _ name: String) -> Int?? {
    guard let value = parameters[name] else { return .none }
    return .some(value.flatMap { Int($0) })
  }

  /// Whether a server may give this answer to this offer.
  static func isLegal(answer: Parameters, to offer: Parameters) -> Bool {
    // §7.1.1.1: a server that accepts the request says so. §7.1.1.2: the client's flag may be answered in any case.
    if offer.keys.contains(flags[0]), !answer.keys.contains(flags[0]) { return false }
    // §7.1.2.1: the value is repeated or lowered; it may come unasked.
    let serverAnswer = bits(answer, "server_max_window_bits")
    if case .some(.none) = serverAnswer { return false }
    if case .some(.some(let asked)) = bits(offer, "server_max_window_bits") {
      guard case .some(.some(let given)) = serverAnswer, given <= asked else { return false }
    }
    // §7.1.2.2: never unasked, always with a value, no larger than the client's.
    switch (bits(offer, "client_max_window_bits"), bits(answer, "client_max_window_bits")) {
    case (_, .none): return true
    case (.none, .some), (.some, .some(.none)): return false
    case (.some(.none), .some(.some)): return true
    case (.some(.some(let asked)), .some(.some(let given))): return given <= asked
    }
  }

  /// What a legal answer to an offer amounts to for the client, which keeps to its own hints as well.
  static func meaning(of answer: Parameters, to offer: Parameters) -> PerMessageDeflate {
    PerMessageDeflate(
      serverNoContextTakeover: answer.keys.contains(flags[0]),
      clientNoContextTakeover: answer.keys.contains(flags[1]) || offer.keys.contains(flags[1]),
      serverMaxWindowBits: (bits(answer, "server_max_window_bits") ?? nil) ?? 15,
      clientMaxWindowBits: (bits(answer, "client_max_window_bits") ?? nil) ?? (bits(offer, "client_max_window_bits") ?? nil) ?? 15)
  }

  /// All combinations of the four parameters, the windows from a few sizes, both ends among them.
  static let all: [Parameters] = {
    let sizes: [String?] = ["8", "9", "12", "15"]
    var all: [Parameters] = []
    for server in [false, true] {
      for client in [false, true] {
        for serverBits in [.none] + sizes.map({ Optional.some($0) }) {
          for clientBits in [.none, .some(nil)] + sizes.map({ Optional.some($0) }) {
            var parameters: Parameters = [:]
            if server { parameters[flags[0]] = .some(nil) }
            if client { parameters[flags[1]] = .some(nil) }
            if let serverBits { parameters["server_max_window_bits"] = .some(serverBits) }
            if let clientBits { parameters["client_max_window_bits"] = .some(clientBits) }
            all.append(parameters)
          }
        }
      }
    }
    return all
  }()

  static func pairs(_ parameters: Parameters) -> [PerMessageDeflateParameters.Pair] {
    parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }

  static func text(_ parameters: Parameters) -> String {
    (["permessage-deflate"] + pairs(parameters).map { pair in pair.value.map { "\(pair.name)=\($0)" } ?? pair.name }).joined(
      separator: "; ")
  }

  static func parameters(_ read: PerMessageDeflateParameters) -> Parameters {
    Dictionary(uniqueKeysWithValues: read.pairs.map { ($0.name, $0.value) })
  }
}

@Suite("Negotiation of permessage-deflate against a model of RFC 7692 §7.1")
struct NegotiationModelTests {
  private static let sizes = [8, 9, 12, 15]

  @Test(
    "D15: a server's answers are legal, as its policy wants them, and read by the client as the server means them", arguments: sizes, sizes)
  func answers(serverBits: Int, clientBits: Int) throws {
    #expect(NegotiationModel.all.count == 120)
    for flags in 0..<4 {
      var policy = PerMessageDeflatePolicy()
      policy.serverNoContextTakeover = flags & 1 != 0
      policy.clientNoContextTakeover = flags & 2 != 0
      policy.serverMaxWindowBits = serverBits
      policy.clientMaxWindowBits = clientBits
      for offer in NegotiationModel.all {
        let row = "\(policy) to \(NegotiationModel.text(offer))"
        let chosen = policy.choose(among: [NegotiationModel.pairs(offer)])
        let serverOffer = NegotiationModel.bits(offer, "server_max_window_bits") ?? nil
        let clientOffer = NegotiationModel.bits(offer, "client_max_window_bits")
        // `server_max_window_bits` needs a value in an offer (§7.1.2.1); 8 is declined by decision.
        #expect((chosen == nil) == (serverOffer == 8), "\(row)")
        guard let chosen else { continue }
        let answer = NegotiationModel.parameters(chosen.answer)
        #expect(NegotiationModel.isLegal(answer: answer, to: offer), "\(row)")
        let agreed = chosen.agreed
        #expect(
          agreed.serverNoContextTakeover == (policy.serverNoContextTakeover || offer.keys.contains("server_no_context_takeover")), "\(row)")
        #expect(
          agreed.clientNoContextTakeover == (policy.clientNoContextTakeover || offer.keys.contains("client_no_context_takeover")), "\(row)")
        #expect(agreed.serverMaxWindowBits == min(max(serverBits, 9), serverOffer ?? 15), "\(row)")
        #expect(agreed.clientMaxWindowBits == (clientOffer.map { min(clientBits, $0 ?? 15) } ?? 15), "\(row)")
        #expect(NegotiationModel.meaning(of: answer, to: offer) == agreed, "\(row)")
        let client = PerMessageDeflateOffer(try PerMessageDeflateParameters(NegotiationModel.pairs(offer)))
        #expect(try PerMessageDeflate(answer: chosen.answer.pairs, to: [client]) == agreed, "\(row)")
      }
    }
  }

  @Test("D15: a client accepts the legal answers to its offer, with their meaning, and no other")
  func client() throws {
    var legal = 0
    for offer in NegotiationModel.all {
      let client = PerMessageDeflateOffer(try PerMessageDeflateParameters(NegotiationModel.pairs(offer)))
      #expect(NegotiationModel.parameters(client.parameters) == offer)
      for answer in NegotiationModel.all {
        let read = try? PerMessageDeflate(answer: NegotiationModel.pairs(answer), to: [client])
        let isLegal = NegotiationModel.isLegal(answer: answer, to: offer)
        if isLegal { legal += 1 }
        #expect(
          read == (isLegal ? NegotiationModel.meaning(of: answer, to: offer) : nil),
          "\(NegotiationModel.text(answer)) to \(NegotiationModel.text(offer))")
      }
    }
    #expect(legal > 1_000)
  }

  @Test("D15: both handshakes agree on every combination of parameters, as text, and on the preferred of two offers")
  func handshakes() throws {
    for (index, offer) in NegotiationModel.all.enumerated() {
      var policy = HandshakePolicy()
      var compression = PerMessageDeflatePolicy()
      compression.serverNoContextTakeover = index % 2 == 0
      compression.clientNoContextTakeover = index % 3 == 0
      compression.clientMaxWindowBits = 10
      policy.compression = compression
      var asked = ClientOffer(host: "h.test", target: "/")
      let first = PerMessageDeflateOffer(try PerMessageDeflateParameters(NegotiationModel.pairs(offer)))
      asked.compression = [first, PerMessageDeflateOffer(PerMessageDeflateParameters())]
      #expect(asked.compression.map(\.parameters.pairs.count) == [offer.count, 0])
      var client = try ClientHandshake(asked, nonce: exampleNonce)
      var server = ServerHandshake(policy: policy)
      guard case .accepted(_, let response, let there, _) = server.receive(client.requestOctets.span),
        case .established(let here, _) = try client.receive(response.span), let agreed = there.compression
      else {
        Issue.record("no agreement on \(NegotiationModel.text(offer))")
        continue
      }
      // The client cannot tell which of its offers was meant, and keeps to what it promised in the first that fits.
      #expect(here.extensions == there.extensions)
      #expect(here.compression?.serverNoContextTakeover == agreed.serverNoContextTakeover)
      #expect(here.compression?.serverMaxWindowBits == agreed.serverMaxWindowBits)
      #expect(here.compression.map { $0.clientMaxWindowBits <= agreed.clientMaxWindowBits } == true)
      #expect(here.compression.map { $0.clientNoContextTakeover || !agreed.clientNoContextTakeover } == true)
      let declinesFirst = NegotiationModel.bits(offer, "server_max_window_bits") == .some(.some(8))
      #expect(agreed == compression.choose(among: [declinesFirst ? [] : NegotiationModel.pairs(offer)])?.agreed)
    }
  }
}
