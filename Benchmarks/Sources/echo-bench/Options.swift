/// The arguments.
struct Options {
  var directory = ""
  var setting = "unknown"
  var idle = 10_000
  var json: String?
  var markdown: String?
  var isQuick = false

  /// Reads the arguments; returns what is wrong with them.
  mutating func read(_ arguments: ArraySlice<String>) -> String? {
    var rest = arguments
    while let option = rest.popFirst() {
      if option == "--quick" {
        isQuick = true
        continue
      }
      guard let value = rest.popFirst() else { return "\(option) is unknown or needs a value" }
      switch option {
      case "--directory": directory = value
      case "--setting": setting = value
      case "--json": json = value
      case "--markdown": markdown = value
      case "--idle":
        guard let count = Int(value), count > 0 else { return "--idle needs a number of connections" }
        idle = count
      default: return "unknown argument '\(option)'"
      }
    }
    return directory.isEmpty ? "--directory is needed" : nil
  }
}
