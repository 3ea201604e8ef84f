/// A request target, RFC 9112 §3.2.
public struct RequestTarget: Sendable, Equatable {
  /// The four forms.
  public enum Form: Sendable, Equatable {
    /// A path and an optional query.
    case origin
    /// A whole URL; it names the host, and the Host field is to be ignored.
    indirect case absolute(WireURL)
    /// A host and a port, for CONNECT.
    indirect case authority(Authority)
    /// `*`, for OPTIONS.
    case asterisk
  }

  /// The octets as received; indices begin at its `startIndex`.
  public let octets: ArraySlice<UInt8>
  /// The form and, where there is one, the host it names.
  public let form: Form

  /// Parses a request target as it would stand in a request with the given method.
  ///
  /// - Throws: `target`; the offset counts in `octets`.
  public init(_ octets: [UInt8], method: String) throws(HTTPParseError) { try self.init(octets, method: method, isRaw: false) }

  /// A target that was parsed before.
  init(octets: ArraySlice<UInt8>, form: Form) {
    self.octets = octets
    self.form = form
  }

  /// Parses a target; with `isRaw` one in origin-form is taken as it is (``HTTPLeniencies/rawTarget``).
  init(_ octets: [UInt8], method: String, isRaw: Bool) throws(HTTPParseError) {
    do throws(TargetFault) {
      self = try RequestTarget(octets[...], method: Array(method.utf8)[...], isRaw: isRaw)
    } catch {
      throw HTTPParseError(.target, at: error.index, octet: octets.indices.contains(error.index) ? octets[error.index] : nil)
    }
  }

  /// The target as text; a valid target is ASCII.
  public var text: String { String(decoding: octets, as: UTF8.self) }

  /// The form of a target without fault, of a request line whose method and target are these.
  static func form(_ octets: ArraySlice<UInt8>, method: ArraySlice<UInt8>) -> Form {
    (try? RequestTarget(octets, method: method, isRaw: true).form) ?? .origin
  }

  /// The index of the first octet at which `octets` is no target for `method`, or `nil`.
  static func faultIndex(_ octets: ArraySlice<UInt8>, method: ArraySlice<UInt8>, isRaw: Bool) -> Int? {
    do throws(TargetFault) {
      _ = try RequestTarget(octets, method: method, isRaw: isRaw)
      return nil
    } catch {
      return error.index
    }
  }

  private init(_ octets: ArraySlice<UInt8>, method: ArraySlice<UInt8>, isRaw: Bool) throws(TargetFault) {
    self.octets = octets
    let start = octets.startIndex
    let isConnect = method.elementsEqual("CONNECT".utf8)
    do throws(WireURLError) {
      if isConnect {
        let authority = try Authority(octets)
        guard authority.port != nil else { throw WireURLError(.port, at: octets.count, in: octets) }
        form = .authority(authority)
      } else if octets.first == 0x2F {
        var parser = URLParser(octets)
        if !isRaw { try parser.skip(OctetClass.query, else: .path, until: []) }
        form = .origin
      } else if octets.elementsEqual([0x2A]), method.elementsEqual("OPTIONS".utf8) {
        form = .asterisk
      } else {
        let url = try WireURL(octets)
        if url.userinfo != nil { throw WireURLError(.userinfo, at: url.scheme.utf8.count + 3, in: octets) }
        if url.fragment != nil { throw WireURLError(.fragment, at: octets.firstIndex(of: 0x23).map { $0 - start } ?? 0, in: octets) }
        form = .absolute(url)
      }
    } catch {
      throw TargetFault(index: start + error.offset)
    }
  }
}

private struct TargetFault: Error {
  let index: Int
}
