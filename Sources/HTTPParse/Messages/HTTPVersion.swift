/// A version of HTTP, RFC 9110 §2.5.
public struct HTTPVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
  /// The first digit.
  public let major: UInt8
  /// The second digit.
  public let minor: UInt8

  /// HTTP/1.0.
  public static let http10 = HTTPVersion(major: 1, minor: 0)
  /// HTTP/1.1.
  public static let http11 = HTTPVersion(major: 1, minor: 1)

  /// Whether `left` is older than `right`.
  public static func < (left: HTTPVersion, right: HTTPVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// The version as it stands in a start line.
  public var description: String { "HTTP/\(major).\(minor)" }
}
