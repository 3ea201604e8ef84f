/// The parameters of permessage-deflate as they stand in an offer or an answer (RFC 7692 §7.1).
public struct PerMessageDeflateParameters: Sendable, Hashable, CustomStringConvertible {
  /// A name and its value without quotes, or `nil` if there is none.
  public typealias Pair = (name: String, value: String?)

  /// The names that are defined.
  public enum Name: String, Sendable, Hashable, CaseIterable {
    /// A flag.
    case serverNoContextTakeover = "server_no_context_takeover"
    /// A flag.
    case clientNoContextTakeover = "client_no_context_takeover"
    /// A number, 8…15.
    case serverMaxWindowBits = "server_max_window_bits"
    /// A number, 8…15, which an offer may leave out.
    case clientMaxWindowBits = "client_max_window_bits"
  }

  /// The flag `server_no_context_takeover`.
  public var serverNoContextTakeover = false
  /// The flag `client_no_context_takeover`.
  public var clientNoContextTakeover = false
  /// The value of `server_max_window_bits`, 8…15.
  public var serverMaxWindowBits: Int?
  /// Whether `client_max_window_bits` is there, with or without a value.
  public var hasClientMaxWindowBits = false
  /// The value of `client_max_window_bits`, 8…15.
  public var clientMaxWindowBits: Int?

  /// Creates an empty list.
  public init() {}

  /// Reads a list.
  ///
  /// - Throws: The first rule that is broken: an unknown or repeated name, a value where none belongs, or no number 8…15 where one does.
  public init(_ pairs: [Pair]) throws(PerMessageDeflateError) {
    var seen: Set<Name> = []
    for pair in pairs {
      guard let name = Name(rawValue: pair.name) else { throw .unknownParameter }
      guard seen.insert(name).inserted else { throw .repeatedParameter(name) }
      switch name {
      case .serverNoContextTakeover, .clientNoContextTakeover:
        guard pair.value == nil else { throw .unexpectedValue(name) }
        if name == .serverNoContextTakeover { serverNoContextTakeover = true } else { clientNoContextTakeover = true }
      case .serverMaxWindowBits:
        guard let value = pair.value else { throw .missingValue(name) }
        serverMaxWindowBits = try Self.windowBits(value, of: name)
      case .clientMaxWindowBits:
        hasClientMaxWindowBits = true
        if let value = pair.value { clientMaxWindowBits = try Self.windowBits(value, of: name) }
      }
    }
  }

  /// The extension with its parameters, as it stands in `Sec-WebSocket-Extensions`.
  public var description: String {
    ([PerMessageDeflate.name] + pairs.map { pair in pair.value.map { "\(pair.name)=\($0)" } ?? pair.name }).joined(separator: "; ")
  }

  /// The parameters that are there, in the order of their definition.
  public var pairs: [Pair] {
    var pairs: [Pair] = []
    if serverNoContextTakeover { pairs.append((Name.serverNoContextTakeover.rawValue, nil)) }
    if clientNoContextTakeover { pairs.append((Name.clientNoContextTakeover.rawValue, nil)) }
    if let serverMaxWindowBits { pairs.append((Name.serverMaxWindowBits.rawValue, "\(serverMaxWindowBits)")) }
    if hasClientMaxWindowBits { pairs.append((Name.clientMaxWindowBits.rawValue, clientMaxWindowBits.map { "\($0)" })) }
    return pairs
  }

  /// A decimal number without a leading zero (RFC 7692 §7.1.2).
  private static func windowBits(_ text: String, of name: Name) throws(PerMessageDeflateError) -> Int {
    guard let bits = PerMessageDeflate.windowBits.first(where: { String($0) == text }) else { throw .invalidValue(name) }
    return bits
  }
}

/// Why parameters of permessage-deflate are not acceptable.
public enum PerMessageDeflateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A parameter that is not defined (RFC 7692 §7.1).
  case unknownParameter
  /// A parameter that stands there twice (RFC 7692 §7.1).
  case repeatedParameter(PerMessageDeflateParameters.Name)
  /// A flag with a value.
  case unexpectedValue(PerMessageDeflateParameters.Name)
  /// No value where one is required.
  case missingValue(PerMessageDeflateParameters.Name)
  /// A value that is not a number from 8 to 15 without a leading zero.
  case invalidValue(PerMessageDeflateParameters.Name)
  /// The answer has a parameter, or the extension itself, that was not offered.
  case notOffered(PerMessageDeflateParameters.Name?)
  /// The answer lacks a parameter that the offer makes a condition.
  case notAnswered(PerMessageDeflateParameters.Name)
  /// The answer has a larger window than the offer.
  case windowTooLarge(PerMessageDeflateParameters.Name)

  /// What is wrong, without received text.
  public var description: String {
    switch self {
    case .unknownParameter: "permessage-deflate has a parameter that is not defined"
    case .repeatedParameter(let name): "\(name.rawValue) stands there twice"
    case .unexpectedValue(let name): "\(name.rawValue) has a value"
    case .missingValue(let name): "\(name.rawValue) has no value"
    case .invalidValue(let name): "the value of \(name.rawValue) is not a number from 8 to 15"
    case .notOffered(let name): "\(name?.rawValue ?? PerMessageDeflate.name) was not offered"
    case .notAnswered(let name): "\(name.rawValue) was offered and is not answered"
    case .windowTooLarge(let name): "\(name.rawValue) is larger than offered"
    }
  }
}
