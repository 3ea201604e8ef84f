/// All that one script has open; on the host's thread only.
final class Scope {
  #if DEBUG
    private let mark = Census.Mark()
  #endif

  let id: Int64
  /// For messages.
  let name: String
  /// The connections it opened whose last event was not delivered.
  var lines: [Int64: Line] = [:]
  /// The servers it opened, until they are closed and the last event of their clients was delivered.
  var listeners: [Int64: Listener] = [:]

  init(id: Int64, name: String) {
    self.id = id
    self.name = name
  }
}
