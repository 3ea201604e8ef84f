internal import COpenSSL

/// What the TLS connections of one client share: trusted certificates, a certificate of our own.
///
/// Files are read once, when it is created. Threads may share it.
public final class TLSClientContext: Sendable {
  let shared: TLSContext

  /// Reads the files that `configuration` names.
  ///
  /// - Throws: ``TransportError`` with a ``TLSFailure`` that names the file.
  public init(_ configuration: TLSClientConfiguration) throws(TransportError) {
    shared = try TLSContext(CO_CLIENT, configuration.versions)
    if let identity = configuration.identity { try shared.use(identity) }
    if configuration.trust != .insecure { try shared.verify(configuration.trust) }
  }
}

/// What the TLS connections of one server share: its certificate, whose clients it trusts.
///
/// Files are read once, when it is created. Threads may share it. Sessions are not resumed, so that nothing is kept of them.
public final class TLSServerContext: Sendable {
  let shared: TLSContext

  /// Reads the files that `configuration` names.
  ///
  /// - Throws: ``TransportError`` with a ``TLSFailure`` that names the file.
  public init(_ configuration: TLSServerConfiguration) throws(TransportError) {
    shared = try TLSContext(CO_SERVER, configuration.versions)
    try shared.use(configuration.identity)
    if let trust = configuration.clientTrust { try shared.verify(trust) }
  }
}

/// A context of OpenSSL, which counts its references with atomic operations and is only read once it is set up.
@safe final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ role: co_role, _ versions: ClosedRange<TLSVersion>) throws(TransportError) {
    let minimum = co_version(UInt32(versions.lowerBound.rawValue))
    guard let pointer = unsafe co_context_create(role, minimum, co_version(UInt32(versions.upperBound.rawValue))) else {
      throw TransportError(.configureTLS, .tls(.outOfMemory))
    }
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe co_context_destroy(pointer) }

  func verify(_ trust: TLSTrust) throws(TransportError) {
    switch trust {
    case .insecure: return unsafe co_context_demand_certificate(pointer)
    case .system: try unsafe check(co_context_trust_system(pointer), "the system's certificates")
    case .file(let path):
      try checkPath(path)
      try unsafe check(co_context_trust_file(pointer, path), path)
    }
    unsafe co_context_verify(pointer)
  }

  func use(_ identity: TLSIdentity) throws(TransportError) {
    try checkPath(identity.certificateFile)
    try checkPath(identity.keyFile)
    try unsafe check(co_context_use_certificates(pointer, identity.certificateFile), identity.certificateFile)
    try unsafe check(co_context_use_key(pointer, identity.keyFile), identity.keyFile, certificateFile: identity.certificateFile)
  }

  /// A NUL would end the path early for the C library.
  private func checkPath(_ path: String) throws(TransportError) {
    if path.utf8.contains(0) { throw TransportError(.configureTLS, .tls(.unusableFile(path: path, reason: "a path has no NUL"))) }
  }

  private func check(_ result: co_setup_result, _ path: String, certificateFile: String = "") throws(TransportError) {
    let failure: TLSFailure
    switch unsafe result.status {
    case CO_SETUP_OK: return
    case CO_SETUP_UNREADABLE: failure = .unreadableFile(path: path, errorNumber: unsafe result.error_number)
    case CO_SETUP_NO_CERTIFICATE: failure = .noCertificate(path: path)
    case CO_SETUP_NO_KEY: failure = .noPrivateKey(path: path)
    case CO_SETUP_ENCRYPTED_KEY: failure = .encryptedKey(path: path)
    case CO_SETUP_KEY_MISMATCH: failure = .keyMismatch(keyPath: path, certificatePath: certificateFile)
    default: failure = .unusableFile(path: path, reason: unsafe constantText(result.reason))
    }
    throw TransportError(.configureTLS, .tls(failure))
  }
}

/// A constant text of OpenSSL's.
func constantText(_ constant: UnsafePointer<CChar>?) -> String {
  if let constant = unsafe constant { unsafe String(cString: constant) } else { "unknown error" }
}
