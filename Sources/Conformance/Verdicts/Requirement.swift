/// How binding a requirement is (RFC 2119), or that a case is about hardening.
public enum RequirementLevel: String, Sendable, Hashable, CaseIterable, Codable {
  /// An absolute requirement.
  case must
  /// May be departed from for good reason.
  case should
  /// Truly optional.
  case may
  /// Not a requirement of the RFC: robustness against hostile or heavy use.
  case hardening
}

/// Where a requirement stands and how binding it is.
public struct Requirement: Sendable, Hashable, Codable {
  /// The number of the RFC.
  public let rfc: Int
  /// The section, such as `5.5.1`.
  public let section: String
  /// How binding it is.
  public let level: RequirementLevel

  /// Creates a requirement.
  public init(rfc: Int = 6455, section: String, level: RequirementLevel = .must) {
    self.rfc = rfc
    self.section = section
    self.level = level
  }

  /// The citation, such as `RFC 6455 §5.5.1`.
  public var citation: String { "RFC \(rfc) §\(section)" }

  /// The address of the section on the RFC editor's site.
  public var address: String { "https://www.rfc-editor.org/rfc/rfc\(rfc)#section-\(section)" }
}
