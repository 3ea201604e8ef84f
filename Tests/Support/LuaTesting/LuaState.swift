internal import CLuaBridge
internal import CLuaTesting
// Brings the functions that C calls.
internal import LuaNet

/// What a script raised.
public struct LuaError: Error, CustomStringConvertible {
  /// The text of the error.
  public let description: String
}

/// A Lua state with a context of LuaNet; its table `net` is a global, and is that of the scope whose number is the global `scope`.
@safe public final class LuaState {
  /// Who runs the network.
  public enum Driver: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
    /// The pump.
    case inline
    /// A thread.
    case threaded

    /// The name.
    public var description: String { rawValue }
  }

  /// Gets the texts of the hooks.
  private final class Sink {
    var errors: [String] = []
    var logs: [String] = []
  }

  private let state: OpaquePointer
  private let sink = Sink()
  private var isClosed = false
  /// The scope of the global `net`; 0 when it is the module's.
  public private(set) var scope: Int64 = 0
  /// How long ``pump(until:)`` goes on.
  public static let patience = Duration.seconds(60)

  /// Creates a state for a host.
  public init(_ driver: Driver) throws {
    guard let state = unsafe lt_new() else { throw LuaError(description: "no memory for a state") }
    unsafe self.state = unsafe state
    var config = unsafe luanet_config()
    unsafe config.driver = driver == .inline ? LUANET_INLINE : LUANET_THREAD
    unsafe config.user = Unmanaged.passUnretained(sink).toOpaque()
    unsafe config.on_error = { user, text, length in unsafe LuaState.sink(user)?.errors.append(LuaState.string(text, length)) }
    unsafe config.on_log = { user, text, length in unsafe LuaState.sink(user)?.logs.append(LuaState.string(text, length)) }
    guard unsafe luanet_attach(lua, &config) == 0 else { throw LuaError(description: "no context") }
    scope = try openScope("net")
    try openScope("host_net")
    try run("scope = \(scope)")
  }

  /// Creates a state whose global `net` is the module's, as `require` gives it.
  public init() throws {
    guard let state = unsafe lt_new() else { throw LuaError(description: "no memory for a state") }
    unsafe self.state = unsafe state
    guard unsafe lt_require(state, "net"), unsafe lt_require(state, "host_net") else { throw LuaError(description: "no module") }
  }

  deinit { close() }

  /// Closes the state.
  ///
  /// - Returns: How many octets of Lua's are left.
  @discardableResult
  public func close() -> Int64 {
    if isClosed { return 0 }
    isClosed = true
    return unsafe lt_close(state)
  }

  /// The state, for the functions of a host.
  public var lua: OpaquePointer { unsafe lt_lua(state) }
  /// What callbacks raised, so far.
  public var errors: [String] { sink.errors }
  /// What the host was told, so far.
  public var logs: [String] { sink.logs }
  /// The number of values on the stack.
  public var top: Int { unsafe Int(lt_top(state)) }

  /// Opens a scope whose table becomes the global `name`.
  @discardableResult
  public func openScope(_ name: String) throws -> Int64 {
    let scope = unsafe lt_open_scope(state, name)
    guard scope != 0 else { throw LuaError(description: "no scope") }
    return scope
  }

  /// Unloads the script of a scope; default: that of the global `net`.
  public func closeScope(_ scope: Int64? = nil) { unsafe luanet_scope_close(lua, scope ?? self.scope) }

  // MARK: Running

  /// Runs `source`, and returns its first result as text.
  @discardableResult
  public func run(_ source: String) throws -> String {
    var source = source
    var text = [CChar](repeating: 0, count: 1 << 16)
    var length = 0
    let capacity = text.count
    let ran = source.withUTF8 { octets in
      unsafe octets.withMemoryRebound(to: CChar.self) { source in
        unsafe text.withUnsafeMutableBufferPointer { text in
          unsafe lt_run(state, source.baseAddress, source.count, text.baseAddress, capacity, &length)
        }
      }
    }
    let result = String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard ran else { throw LuaError(description: result) }
    return result
  }

  /// The value of an expression, as text.
  public func value(_ expression: String) throws -> String { try run("return \(expression)") }

  /// Whether an expression is true.
  public func holds(_ expression: String) throws -> Bool { try run("return (\(expression)) and 'yes' or 'no'") == "yes" }

  /// What running `source` raises; nil when it raises nothing.
  public func failure(_ source: String) -> String? {
    do {
      try run(source)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Sets a global to a string of any octets.
  public func set(_ name: String, to octets: [UInt8]) throws {
    let isSet = unsafe octets.withUnsafeBytes { octets in
      unsafe lt_set(state, name, octets.baseAddress?.assumingMemoryBound(to: CChar.self), octets.count)
    }
    guard isSet else { throw LuaError(description: "no memory") }
  }

  // MARK: Pumping

  /// Delivers what waits.
  ///
  /// - Returns: How many callbacks were called.
  @discardableResult
  public func pump(events: Int64 = 0, microseconds: Int64 = 0) -> Int64 { unsafe luanet_pump(lua, events, microseconds) }

  /// How many events wait.
  public var pending: Int64 { unsafe luanet_pending(lua) }

  /// Pumps until an expression is true; throws when that takes too long.
  public func pump(until expression: String) throws {
    let clock = ContinuousClock()
    let end = clock.now + Self.patience
    while try !holds(expression) {
      guard clock.now < end else { throw LuaError(description: "'\(expression)' did not come true; errors: \(errors), logs: \(logs)") }
      try run("host_net.poll(0.02)")
    }
  }

  // MARK: Memory

  /// Has `times` allocations fail after `allocations` more; Lua collects garbage when one fails, and tries once more.
  public func failAllocation(after allocations: Int64, times: Int64) { unsafe lt_fail(state, allocations, times) }
  /// Has no allocation fail.
  public func stopFailing() { unsafe lt_fail(state, -1, 0) }
  /// The number of allocations so far.
  public var allocations: Int64 { unsafe lt_allocations(state) }
  /// The octets Lua holds.
  public var bytes: Int64 { unsafe lt_bytes(state) }

  private static func sink(_ user: UnsafeMutableRawPointer?) -> Sink? {
    unsafe user.map { unsafe Unmanaged<Sink>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func string(_ text: UnsafePointer<CChar>?, _ length: Int) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
  }
}
