extension HTTPParseError {
  /// What is wrong, as a class that tests and reports name.
  public enum Code: String, Sendable, CaseIterable {
    /// The request line is not `method SP request-target SP HTTP-version`.
    case requestLine = "request-line"
    /// The method is not a token.
    case method
    /// The request target has none of the four forms, or not one its method allows.
    case target
    /// The version is not `HTTP/` DIGIT `.` DIGIT.
    case version
    /// The version is well formed but its major number is not 1.
    case versionUnsupported = "version-unsupported"
    /// The first octets of a response are not `HTTP/`.
    case notHTTP = "not-http"
    /// The status line is not `HTTP-version SP status-code [ SP reason-phrase ]`.
    case statusLine = "status-line"
    /// The status code is not three digits from 100 to 999.
    case statusCode = "status-code"
    /// A field line has no colon.
    case fieldLine = "field-line"
    /// A field name is empty or not a token.
    case fieldName = "field-name"
    /// A field value holds a control octet.
    case fieldValue = "field-value"
    /// White space stands between a field name and its colon.
    case spaceBeforeColon = "space-before-colon"
    /// The first field line begins with white space.
    case leadingWhitespace = "leading-whitespace"
    /// A field line of a request is folded.
    case obsFold = "obs-fold"
    /// A line ends in LF without CR.
    case bareLF = "bare-lf"
    /// A CR is not followed by LF.
    case bareCR = "bare-cr"
    /// A request of HTTP/1.1 has no Host field.
    case hostMissing = "host-missing"
    /// A request has two Host fields.
    case hostDuplicate = "host-duplicate"
    /// The value of the Host field is not `uri-host [ ":" port ]`.
    case hostInvalid = "host-invalid"
    /// The request line is longer than allowed.
    case limitRequestLine = "limit-request-line"
    /// The status line is longer than allowed.
    case limitStatusLine = "limit-status-line"
    /// A field line is longer than allowed.
    case limitField = "limit-field"
    /// There are more field lines than allowed.
    case limitFields = "limit-fields"
    /// The field section is longer than allowed.
    case limitSection = "limit-section"
    /// The input ended inside a head.
    case unexpectedEOF = "unexpected-eof"
  }
}

extension HTTPParseError.Code {
  /// The rule that was broken.
  public var section: String {
    switch self {
    case .requestLine: "RFC 9112 §3"
    case .method: "RFC 9112 §3.1"
    case .target: "RFC 9112 §3.2"
    case .version, .notHTTP: "RFC 9112 §2.3"
    case .versionUnsupported: "RFC 9110 §2.5"
    case .statusLine, .statusCode: "RFC 9112 §4"
    case .fieldLine: "RFC 9112 §5"
    case .fieldName, .spaceBeforeColon: "RFC 9112 §5.1"
    case .fieldValue: "RFC 9110 §5.5"
    case .obsFold: "RFC 9112 §5.2"
    case .leadingWhitespace, .bareLF, .bareCR: "RFC 9112 §2.2"
    case .hostMissing, .hostDuplicate, .hostInvalid: "RFC 9112 §3.2"
    case .limitRequestLine: "RFC 9112 §3"
    case .limitStatusLine: "RFC 9112 §4"
    case .limitField, .limitFields, .limitSection: "RFC 9110 §5.4"
    case .unexpectedEOF: "RFC 9112 §8"
    }
  }

  /// The status code a server answers with; for faults of a response, what a gateway answers with (502).
  public var status: Int {
    switch self {
    case .requestLine, .method, .target, .version, .fieldLine, .fieldName, .fieldValue, .spaceBeforeColon, .leadingWhitespace, .obsFold,
      .bareLF, .bareCR, .hostMissing, .hostDuplicate, .hostInvalid, .unexpectedEOF:
      400
    case .limitRequestLine: 414
    case .limitField, .limitFields, .limitSection: 431
    case .versionUnsupported: 505
    case .notHTTP, .statusLine, .statusCode, .limitStatusLine: 502
    }
  }

  /// Whose doing the fault is.
  public var blame: Blame {
    switch self {
    case .requestLine, .method, .target, .version, .versionUnsupported, .notHTTP, .statusLine, .statusCode, .fieldLine, .fieldName,
      .fieldValue, .spaceBeforeColon, .leadingWhitespace, .obsFold, .bareLF, .bareCR, .hostMissing, .hostDuplicate, .hostInvalid,
      .unexpectedEOF:
      .peerViolation
    case .limitRequestLine, .limitStatusLine, .limitField, .limitFields, .limitSection: .peerExceededLimit
    }
  }

  /// What happened, in words.
  var words: String {
    switch self {
    case .requestLine: "the request line is not a method, a target and a version with one space between"
    case .method: "the method is not a token"
    case .target: "the request target is not valid for its method"
    case .version: "the version is not of the form HTTP/1.1"
    case .versionUnsupported: "the major version of HTTP is not 1"
    case .notHTTP: "the answer does not begin with HTTP/"
    case .statusLine: "the status line is not a version, a status code and a reason phrase"
    case .statusCode: "the status code is not three digits from 100 to 999"
    case .fieldLine: "a field line has no colon"
    case .fieldName: "a field name is not a token"
    case .fieldValue: "a field value holds a control octet"
    case .spaceBeforeColon: "white space stands between a field name and its colon"
    case .leadingWhitespace: "white space stands before the first field"
    case .obsFold: "a field line is folded"
    case .bareLF: "a line feed is not preceded by a carriage return"
    case .bareCR: "a carriage return is not followed by a line feed"
    case .hostMissing: "the request has no Host field"
    case .hostDuplicate: "the request has more than one Host field"
    case .hostInvalid: "the Host field is not a host and an optional port"
    case .limitRequestLine: "the request line is too long"
    case .limitStatusLine: "the status line is too long"
    case .limitField: "a field line is too long"
    case .limitFields: "there are too many field lines"
    case .limitSection: "the field section is too long"
    case .unexpectedEOF: "the input ended inside a message head"
    }
  }
}
