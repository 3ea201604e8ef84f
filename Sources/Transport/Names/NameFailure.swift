internal import CSockets

/// Why the addresses of a host name are not known.
public struct NameFailure: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// The name was not looked up because it is none.
    case malformed(NameFault)
    /// There is no such name.
    case notFound
    /// The name, or the address that was given as one, has no address of this family.
    case noAddress(AddressFamily)
    /// The name servers could not be reached or ask to try again later.
    case noNameServer
    /// The name servers answered that they cannot tell.
    case nameServerFailure
    /// The system could not look the name up, with this error number (errno).
    case system(errorNumber: Int32)
    /// The system's resolver failed with a code of its own.
    case other(code: Int32)
    /// No answer came within the time that the caller allowed.
    case deadlineExceeded(Duration)
    /// This many look-ups are under way on the loop already.
    case tooManyLookups(Int)
  }

  /// The host as the caller wrote it.
  public let host: String
  /// What went wrong.
  public let reason: Reason

  /// Creates a failure.
  public init(_ host: String, _ reason: Reason) {
    self.host = host
    self.reason = reason
  }

  /// The error number (errno) that fits best; 0 when none does.
  var errorNumber: Int32 {
    switch reason {
    case .system(let number): number
    case .deadlineExceeded: CS_ETIMEDOUT
    case .malformed, .notFound, .noAddress, .noNameServer, .nameServerFailure, .other, .tooManyLookups: 0
    }
  }

  /// Whether the same would come of another attempt.
  var isPermanent: Bool {
    switch reason {
    case .malformed, .notFound, .noAddress: true
    case .noNameServer, .nameServerFailure, .system, .other, .deadlineExceeded, .tooManyLookups: false
    }
  }

  /// The host, and what is wrong with it.
  var words: String { "\(Self.quoted(host)) \(predicate)" }

  private var predicate: String {
    switch reason {
    case .malformed(let fault): fault.words
    case .notFound: "does not exist"
    case .noAddress(let family): "has no \(family.words) address"
    case .noNameServer: "got no answer from the name servers (EAI_AGAIN)"
    case .nameServerFailure: "made the name servers report a failure (EAI_FAIL)"
    case .system(let number): "could not be looked up: \(TransportError.text(ofErrorNumber: number))"
    case .other(let code): "could not be looked up: the system's resolver reports its error \(code)"
    case .deadlineExceeded(let limit): "got no answer within \(limit)"
    case .tooManyLookups(let count): "was not looked up: \(count) look-ups are under way already"
    }
  }

  /// What to do about it; empty when the error number says it.
  var advice: String {
    switch reason {
    case .malformed(let fault): fault.advice
    case .notFound: "Check the spelling, or try an address"
    case .noAddress(.any): "Try another host"
    case .noAddress: "Allow the other address family, or try another host"
    case .noNameServer, .deadlineExceeded: "Check the network and the name servers of this machine, or try an address"
    case .nameServerFailure: "Try again later, or try an address"
    case .tooManyLookups: "Wait for some of them to end"
    case .system, .other: ""
    }
  }

  /// A text of a caller as it may be shown: in quotes, without what a terminal would act upon, and not endless.
  static func quoted(_ host: String) -> String {
    let octets = host.utf8.prefix(255).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
    return "\"\(String(decoding: octets, as: UTF8.self))\""
  }
}
