internal import COpenSSL
internal import WireBytes

/// One connection's session of OpenSSL.
///
/// Invariants of the unsafe code: the C session is freed with this object and used by nobody else; what it sends goes to the stream that
/// owns this object, which lives through every call; input is lent during ``reading(_:_:)`` only.
@safe final class TLSSession {
  private let pointer: OpaquePointer

  /// What a call had to say.
  enum Outcome { case done, wantsInput, ended, failed }

  /// Nil without memory.
  init?(_ context: TLSContext, owner: TLSStream) {
    let session = unsafe co_session_create(
      context.pointer,
      { owner, octets, count in
        guard let owner = unsafe owner else { return }
        let sent = unsafe UnsafeBufferPointer(start: octets, count: count)
        unsafe Unmanaged<TLSStream>.fromOpaque(owner).takeUnretainedValue().sessionSent(Array(sent))
      }, Unmanaged.passUnretained(owner).toOpaque())
    guard let session = unsafe session else { return nil }
    unsafe pointer = unsafe session
  }

  deinit { unsafe co_session_destroy(pointer) }

  /// Has the certificate of the server verified for `name`; false without memory.
  func expect(_ name: TLSPeerName) -> Bool {
    switch name {
    case .name(let name): unsafe co_session_expect_name(pointer, name) == 0
    case .address(let address): unsafe co_session_expect_address(pointer, address) == 0
    }
  }

  /// Lends `octets` as input to the calls in `body`, and returns how many of them at the end were not used.
  func reading(_ octets: UnsafeBufferPointer<UInt8>, _ body: () -> Void) -> Int {
    unsafe co_session_lend_input(pointer, octets.baseAddress, octets.count)
    body()
    return unsafe co_session_take_input_back(pointer)
  }

  func handshake() -> Outcome { outcome(unsafe Int(co_session_handshake(pointer))) }

  /// Fills `buffer` with as much as there is.
  ///
  /// - Returns: How much that is, and what comes next: `done` when the buffer is full.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, next: Outcome) {
    var count = 0
    while count < buffer.count, let start = buffer.baseAddress {
      let result = unsafe co_session_read(pointer, start + count, buffer.count - count)
      guard result > 0 else { return (count, outcome(result)) }
      count += result
    }
    return (count, .done)
  }

  /// Sends a record with the beginning of `octets`; the number of octets in it, nil when the session has failed.
  func write(_ octets: UnsafeBufferPointer<UInt8>) -> Int? {
    let result = unsafe co_session_write(pointer, octets.baseAddress, octets.count)
    return result > 0 ? result : nil
  }

  /// Sends close_notify.
  func end() { unsafe co_session_end(pointer) }

  /// The agreed version, as "TLSv1.3".
  var version: String { unsafe constantText(co_session_version(pointer)) }

  /// Why the last call failed.
  var failure: TLSFailure {
    let failure = unsafe co_session_failure(pointer)
    switch unsafe failure.kind {
    case CO_FAILURE_REJECTED: return rejection
    case CO_FAILURE_NO_CERTIFICATE: return .noClientCertificate
    case CO_FAILURE_VERSION: return .noCommonVersion
    case CO_FAILURE_NO_COMMON_CIPHER: return .noCommonCipherSuite
    case CO_FAILURE_ALERT:
      let alert = unsafe TLSAlert(number: failure.alert)
      return alert.isAboutOurCertificate ? .ourCertificateRefused(alert) : .alert(alert)
    default: return .protocolViolation(unsafe constantText(failure.reason))
    }
  }

  /// The first octets that arrived, unless they could be TLS: a record of a handshake or an alert (RFC 8446 section 5.1).
  var firstOctetsThatAreNotTLS: [UInt8]? {
    var count = 0
    let start = unsafe co_session_first_input(pointer, &count)
    let octets = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = octets.first else { return nil }
    let isTLS = (0x15...0x16).contains(first) && (count < 2 || octets[1] == 3)
    return isTLS ? nil : octets
  }

  private func outcome(_ result: Int) -> Outcome {
    switch result {
    case 0...: .done
    case Int(CO_WANTS_INPUT): .wantsInput
    case Int(CO_ENDED): .ended
    default: .failed
    }
  }

  private var rejection: TLSFailure {
    guard let pointer = unsafe co_session_rejection(pointer) else { return .outOfMemory }
    var rejection = unsafe pointer.pointee
    let reason = unsafe constantText(rejection.reason)
    let time = unsafe withUnsafeBytes(of: &rejection.time) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let issuer = unsafe Self.escaped(&rejection.issuer)
    let problem: TLSCertificateRejection.Problem
    switch unsafe rejection.kind {
    case CO_REJECTION_EXPIRED: problem = .expired(since: time)
    case CO_REJECTION_NOT_YET_VALID: problem = .notYetValid(until: time)
    case CO_REJECTION_SELF_SIGNED: problem = .selfSigned
    case CO_REJECTION_UNTRUSTED_ROOT: problem = .untrustedRoot(issuer: issuer)
    case CO_REJECTION_UNKNOWN_ISSUER: problem = .unknownIssuer(issuer: issuer)
    case CO_REJECTION_WRONG_NAME:
      let count = unsafe Int(rejection.name_count)
      let names = (0..<Int32(clamping: min(count, Int(CO_NAMES)))).map { index in
        var name = unsafe co_rejection_name(pointer, index).pointee
        return Self.escaped(&name)
      }
      problem = .wrongName(expected: "", names: names, count: count, commonName: unsafe Self.escaped(&rejection.common_name))
    default: problem = .other(reason)
    }
    return .certificateRejected(TLSCertificateRejection(problem, depth: unsafe Int(rejection.depth)))
  }

  /// Text that the peer chose, escaped.
  private static func escaped(_ text: inout co_text) -> String {
    let count = Int(text.count)
    return unsafe withUnsafeBytes(of: &text.octets) { unsafe EscapedText.ascii($0.prefix(count)) }
  }
}
