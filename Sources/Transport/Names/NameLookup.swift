internal import CSockets

/// Finds the addresses of a checked name, blocking its thread; the port is that of the addresses.
///
/// A ``Resolver`` calls it on helper threads, several at once.
public typealias NameLookup =
  @Sendable (_ name: String, _ port: UInt16, _ family: AddressFamily) throws(NameFailure) -> [SocketAddress]

/// Asks the system: its hosts file, its name servers, whatever it is set up for.
@safe func systemLookup(_ name: String, _ port: UInt16, _ family: AddressFamily) throws(NameFailure) -> [SocketAddress] {
  // The most addresses taken of one name; more than anybody would try.
  var found = [cs_address](repeating: cs_address(), count: 256)
  var detail: Int32 = 0
  let wanted: Int32 =
    switch family {
    case .any: 0
    case .ipv4: 4
    case .ipv6: 6
    }
  let count = unsafe cs_lookup(name, wanted, &found, Int32(found.count), &detail)
  guard count < 0 else {
    return found.prefix(Int(count)).map { raw in
      var raw = raw
      raw.port = port
      return SocketAddress(raw)
    }
  }
  let reason: NameFailure.Reason =
    switch Int(count) {
    case CS_NAME_NOT_FOUND: .notFound
    case CS_NAME_NO_ADDRESS: .noAddress(family)
    case CS_NAME_TRY_AGAIN: .noNameServer
    case CS_NAME_SERVER_FAILED: .nameServerFailure
    case CS_NAME_SYSTEM: .system(errorNumber: detail)
    default: .other(code: detail)
    }
  throw NameFailure(name, reason)
}
