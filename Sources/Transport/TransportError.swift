internal import CSockets

/// A failed operation of the I/O layer: what was tried, where, why it failed, and what to do next.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried.
  public enum Operation: String, Hashable, Sendable {
    /// Making a socket.
    case createSocket = "create a socket for"
    /// Changing an option of a socket.
    case configure = "configure the socket of"
    /// Taking a local address.
    case bind = "bind to"
    /// Offering a local address to clients.
    case listen = "listen on"
    /// Taking a connection from a listener.
    case accept = "accept a connection on"
    /// Opening a connection.
    case connect = "connect to"
    /// Reading certificates and keys.
    case configureTLS = "set up TLS"
    /// Agreeing on TLS over a connection.
    case handshake = "make a TLS connection to"
    /// Reading from a connection.
    case receive = "receive from"
    /// Writing to a connection.
    case send = "send to"
    /// Finding the addresses of a host.
    case resolve = "resolve a host name"
    /// Watching descriptors, or waiting for them.
    case poll = "wait for input and output"
    /// Starting a thread of our own.
    case startThread = "start a thread"
    /// Obtaining random octets from the system.
    case entropy = "obtain random octets"
  }

  /// Why it failed.
  public enum Cause: Hashable, Sendable {
    /// The system refused, with this error number (errno).
    case system(errorNumber: Int32)
    /// Nothing happened within the time that the caller allowed.
    case deadlineExceeded(Duration)
    /// The socket was connected to itself, which can happen on an ephemeral port that nothing listens on.
    case connectedToItself
    /// The addresses of a host name are not known.
    case name(NameFailure)
    /// No address of a host was reached.
    case noAddressConnected(ConnectFailure)
    /// The caller does not allow connections to this address.
    case addressNotAllowed
    /// TLS refused, or the peer's.
    case tls(TLSFailure)
    /// The caller ran a loop from inside one of the loop's callbacks.
    case nestedTurn
    /// The caller ran a loop that was stopped.
    case loopStopped
  }

  /// What was tried.
  public let operation: Operation
  /// Why it failed.
  public let cause: Cause
  /// The address concerned, if there is one.
  public let address: SocketAddress?

  /// Creates an error from its parts.
  public init(_ operation: Operation, _ cause: Cause, address: SocketAddress? = nil) {
    self.operation = operation
    self.cause = cause
    self.address = address
  }

  /// The error number (errno) that fits best; 0 when none does.
  public var errorNumber: Int32 {
    switch cause {
    case .system(let number): number
    case .deadlineExceeded: CS_ETIMEDOUT
    case .connectedToItself: CS_ECONNREFUSED
    case .name(let failure): failure.errorNumber
    case .noAddressConnected(let failure): failure.errorNumber
    case .addressNotAllowed: CS_EACCES
    case .tls(let failure): failure.errorNumber
    case .nestedTurn, .loopStopped: 0
    }
  }

  /// The symbolic name of ``errorNumber``, for example "ECONNREFUSED"; empty when it is 0.
  public var errorName: String { errorNumber == 0 ? "" : unsafe String(cString: cs_error_name(errorNumber)) }

  /// Whether another socket holds the local address; may be found at bind or only at listen.
  public var isAddressInUse: Bool { cause == .system(errorNumber: CS_EADDRINUSE) }

  /// Whether a TLS connection ended without the alert that says so (close_notify).
  public var isTruncation: Bool { cause == .tls(.truncated) }

  /// Whether the same would come of another attempt, because what is wrong is a name, a certificate or a configuration.
  package var isPermanent: Bool {
    switch cause {
    case .addressNotAllowed, .nestedTurn, .loopStopped: true
    case .name(let failure): failure.isPermanent
    case .tls(let failure): failure.isPermanent
    case .system, .deadlineExceeded, .connectedToItself, .noAddressConnected: false
    }
  }

  /// The whole message in one line: operation, address, reason, advice.
  public var description: String {
    let place = place.map { " \($0)" } ?? ""
    return "cannot \(operation.rawValue)\(place): \(reason)" + (advice.isEmpty ? "" : ". \(advice)")
  }

  /// The text and the symbolic name of an error number.
  static func text(ofErrorNumber number: Int32) -> String {
    let text = unsafe String(cString: cs_error_text(number))
    return "\(text.prefix(1).lowercased())\(text.dropFirst()) (\(unsafe String(cString: cs_error_name(number))) \(number))"
  }

  private var place: String? {
    if case .noAddressConnected(let failure) = cause { return failure.place }
    return address?.description
  }

  var reason: String {
    switch cause {
    case .system(let number): return Self.text(ofErrorNumber: number)
    case .deadlineExceeded(let limit): return "no answer within \(limit)"
    case .connectedToItself: return "nothing listens there, the socket reached itself"
    case .name(let failure): return failure.words
    case .noAddressConnected(let failure): return failure.words
    case .addressNotAllowed: return "connections to this address are not allowed"
    case .tls(let failure): return failure.description
    case .nestedTurn: return "the loop is already running a turn"
    case .loopStopped: return "the loop was stopped"
    }
  }

  var advice: String {
    switch cause {
    case .tls(let failure): return failure.advice
    case .nestedTurn: return "Do not run a loop from inside one of its callbacks"
    case .name(let failure) where !failure.advice.isEmpty: return failure.advice
    case .noAddressConnected(let failure): return failure.advice
    case .addressNotAllowed: return "Choose another address, or change what is allowed"
    case .system, .deadlineExceeded, .connectedToItself, .loopStopped, .name: break
    }
    switch errorNumber {
    case CS_ECONNREFUSED: return "Is the server running, and on this port?"
    case CS_ETIMEDOUT: return "Check the address and firewalls on the way, or allow more time"
    case CS_EADDRINUSE: return "Another program uses this port: stop it, choose another port, or use port 0 for any free one"
    case CS_EACCES where operation == .bind: return "Low ports are reserved: choose one above 1023"
    case CS_EADDRNOTAVAIL where operation == .connect && address?.isIPv6 == true:
      return "This machine has no IPv6 address that reaches it, or no local port is free: use an IPv4 address, or close connections"
    case CS_EADDRNOTAVAIL where operation == .connect: return "No local port is free: close connections or wait a minute"
    case CS_EADDRNOTAVAIL: return "This machine has no such address: use 127.0.0.1, ::1 or an address of one of its interfaces"
    case CS_EAFNOSUPPORT where address?.isIPv6 == true: return "This machine has no IPv6: use an IPv4 address"
    case CS_EMFILE, CS_ENFILE: return "Close connections or raise the limit of open files (ulimit -n)"
    case CS_ENETUNREACH, CS_EHOSTUNREACH: return "Check the address and the network of this machine"
    case CS_ECONNRESET, CS_EPIPE: return "The peer dropped the connection: its log may say why"
    default: return ""
    }
  }
}

/// Returns `result`, or throws the error that a negative result stands for.
@discardableResult
func checked(
  _ result: Int32, _ operation: TransportError.Operation, address: SocketAddress? = nil
) throws(TransportError) -> Int32 {
  guard result >= 0 else { throw TransportError(operation, .system(errorNumber: -result), address: address) }
  return result
}
