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
    /// A Content-Length is not digits, or more than can be counted.
    case contentLength = "content-length"
    /// There are several Content-Length values.
    case contentLengthConflict = "content-length-conflict"
    /// A request has both Content-Length and Transfer-Encoding.
    case lengthAndCoding = "length-and-coding"
    /// The transfer codings are malformed, or chunked is not once and last among them.
    case transferCoding = "transfer-coding"
    /// A transfer coding is valid but not one this package undoes.
    case transferCodingUnsupported = "transfer-coding-unsupported"
    /// A request of HTTP/1.0 has Transfer-Encoding.
    case transferEncodingInHTTP10 = "te-http10"
    /// A chunk size is not hexadecimal digits.
    case chunkSize = "chunk-size"
    /// A chunk size has more than 16 digits or is more than can be counted.
    case chunkSizeOverflow = "chunk-size-overflow"
    /// A chunk extension is malformed.
    case chunkExtension = "chunk-extension"
    /// A chunk size line or the data of a chunk does not end in CRLF.
    case chunkTerminator = "chunk-terminator"
    /// Octets of a response came when no request was outstanding.
    case unsolicitedResponse = "unsolicited-response"
    /// A server switched to a protocol that was not offered.
    case unexpectedUpgrade = "unexpected-upgrade"
    /// The trailer section is longer or has more lines than allowed.
    case limitTrailers = "limit-trailers"
    /// Chunk extensions are longer than allowed.
    case limitChunkExtension = "limit-chunk-ext"
    /// A list has more elements than allowed.
    case limitList = "limit-list"
    /// There are more interim responses than allowed.
    case limitInterim = "limit-interim"
    /// The content is longer than allowed.
    case limitContent = "limit-content"
    /// The input ended inside a message.
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
    case .contentLength, .contentLengthConflict, .lengthAndCoding: "RFC 9112 §6.3"
    case .transferCoding, .transferCodingUnsupported, .transferEncodingInHTTP10: "RFC 9112 §6.1"
    case .chunkSize, .chunkSizeOverflow, .chunkTerminator: "RFC 9112 §7.1"
    case .chunkExtension, .limitChunkExtension: "RFC 9112 §7.1.1"
    case .limitTrailers: "RFC 9112 §7.1.2"
    case .unsolicitedResponse: "RFC 9112 §9.2"
    case .unexpectedUpgrade: "RFC 9110 §7.8"
    case .limitList: "RFC 9110 §5.6.1"
    case .limitInterim: "RFC 9110 §15.2"
    case .limitContent: "RFC 9110 §15.5.14"
    }
  }

  /// The status code a server answers with; for faults of a response, what a gateway answers with (502).
  public var status: Int {
    switch self {
    case .requestLine, .method, .target, .version, .fieldLine, .fieldName, .fieldValue, .spaceBeforeColon, .leadingWhitespace, .obsFold,
      .bareLF, .bareCR, .hostMissing, .hostDuplicate, .hostInvalid, .unexpectedEOF,
      .contentLength, .contentLengthConflict, .lengthAndCoding, .transferCoding, .transferEncodingInHTTP10, .chunkSize, .chunkSizeOverflow,
      .chunkExtension, .chunkTerminator, .limitChunkExtension, .limitList:
      400
    case .limitContent: 413
    case .transferCodingUnsupported: 501
    case .limitRequestLine: 414
    case .limitField, .limitFields, .limitSection, .limitTrailers: 431
    case .versionUnsupported: 505
    case .notHTTP, .statusLine, .statusCode, .limitStatusLine, .limitInterim, .unsolicitedResponse, .unexpectedUpgrade: 502
    }
  }

  /// Whose doing the fault is.
  public var blame: Blame {
    switch self {
    case .requestLine, .method, .target, .version, .versionUnsupported, .notHTTP, .statusLine, .statusCode, .fieldLine, .fieldName,
      .fieldValue, .spaceBeforeColon, .leadingWhitespace, .obsFold, .bareLF, .bareCR, .hostMissing, .hostDuplicate, .hostInvalid,
      .unexpectedEOF, .contentLength, .contentLengthConflict, .lengthAndCoding, .transferCoding, .transferCodingUnsupported,
      .transferEncodingInHTTP10, .chunkSize, .chunkSizeOverflow, .chunkExtension, .chunkTerminator, .unsolicitedResponse,
      .unexpectedUpgrade:
      .peerViolation
    case .limitRequestLine, .limitStatusLine, .limitField, .limitFields, .limitSection, .limitTrailers, .limitChunkExtension, .limitList,
      .limitInterim, .limitContent:
      .peerExceededLimit
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
    case .unexpectedEOF: "the input ended inside a message"
    case .contentLength: "the Content-Length is not a number of octets"
    case .contentLengthConflict: "there is more than one Content-Length"
    case .lengthAndCoding: "the request has both Content-Length and Transfer-Encoding"
    case .transferCoding: "the transfer codings do not end in chunked, once"
    case .transferCodingUnsupported: "the transfer coding is not supported"
    case .transferEncodingInHTTP10: "a request of HTTP/1.0 has Transfer-Encoding"
    case .chunkSize: "a chunk size is not hexadecimal digits"
    case .chunkSizeOverflow: "a chunk size is too large"
    case .chunkExtension: "a chunk extension is malformed"
    case .chunkTerminator: "a chunk size or chunk data is not followed by CRLF"
    case .unsolicitedResponse: "octets came that answer no request"
    case .unexpectedUpgrade: "the server switched to a protocol that was not offered"
    case .limitTrailers: "the trailer section is too long"
    case .limitChunkExtension: "chunk extensions are too long"
    case .limitList: "a list has too many elements"
    case .limitInterim: "there are too many interim responses"
    case .limitContent: "the content is too long"
    }
  }
}
