internal import WireBytes

/// What was wrong with the peer's certificate, or with one of those above it.
public struct TLSCertificateRejection: Hashable, Sendable, CustomStringConvertible {
  /// What was wrong.
  public enum Problem: Hashable, Sendable {
    /// Its time is over, since the time given as text.
    case expired(since: String)
    /// Its time has not come before the time given as text.
    case notYetValid(until: String)
    /// It is for other names and addresses than the one expected: the first eight of them, and how many there are.
    ///
    /// Only subject alternative names count; the common name is given to explain a certificate that has no others.
    case wrongName(expected: String, names: [String], count: Int, commonName: String)
    /// It vouches for itself, and nobody has said that it may.
    case selfSigned
    /// The root that it descends from is not trusted.
    case untrustedRoot(issuer: String)
    /// The certificate of its issuer was neither sent nor is it known.
    case unknownIssuer(issuer: String)
    /// Anything else, in the words of OpenSSL.
    case other(String)
  }

  /// What was wrong.
  public let problem: Problem
  /// Which certificate: 0 for the peer's own, 1 for that of its issuer, and so on.
  public let depth: Int

  /// Creates a rejection from its parts; text that the peer chose is escaped already.
  public init(_ problem: Problem, depth: Int = 0) {
    self.problem = problem
    self.depth = depth
  }

  /// What was wrong with which certificate.
  public var description: String {
    let certificate = depth == 0 ? "the peer's certificate" : "certificate \(depth) above the peer's"
    switch problem {
    case .expired(let time): return "\(certificate) has expired, on \(time)"
    case .notYetValid(let time): return "\(certificate) is not valid yet, not before \(time)"
    case .wrongName(let expected, let names, let count, let commonName):
      return "\(certificate) is not for \"\(expected)\", \(Self.purpose(names, count, commonName))"
    case .selfSigned: return "\(certificate) is self-signed"
    case .untrustedRoot(let issuer): return "\(certificate), the root \"\(issuer)\", is not trusted"
    case .unknownIssuer(let issuer): return "the issuer of \(certificate), \"\(issuer)\", is unknown"
    case .other(let reason): return "\(certificate) was rejected: \(reason)"
    }
  }

  var advice: String {
    switch problem {
    case .expired, .notYetValid: "Renew the certificate, or check the clock of this machine"
    case .wrongName: "Connect to a name that the certificate has, or issue it for this one as a subject alternative name"
    case .selfSigned, .untrustedRoot: "Trust it by a CA file if it is the right one"
    case .unknownIssuer: "Trust its CA by a CA file, or have the peer send the intermediate certificates"
    case .other: ""
    }
  }

  private static func purpose(_ names: [String], _ count: Int, _ commonName: String) -> String {
    guard !names.isEmpty else {
      return "it names no host" + (commonName.isEmpty ? "" : " (its common name \"\(commonName)\" does not count)")
    }
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    return "it is for \(list)" + (count > names.count ? " and \(count - names.count) more" : "")
  }
}
