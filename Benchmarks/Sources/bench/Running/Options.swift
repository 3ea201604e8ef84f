/// The arguments.
struct Options {
  var peers = ""
  var python = ""
  var compiler = "unknown compiler"
  var only: [String] = []
  var json: String?
  var markdown: String?
  var isQuick = false
  var isList = false

  /// Reads the arguments; returns what is wrong with them.
  mutating func read(_ arguments: ArraySlice<String>) -> String? {
    var rest = arguments
    while let option = rest.popFirst() {
      switch option {
      case "--quick": isQuick = true
      case "--list": isList = true
      case "--built-for-avx2": break
      case "--peers", "--python", "--compiler", "--only", "--json", "--markdown":
        guard let value = rest.popFirst() else { return "\(option) needs a value" }
        switch option {
        case "--peers": peers = value
        case "--python": python = value
        case "--compiler": compiler = value
        case "--json": json = value
        case "--markdown": markdown = value
        default:
          guard GroupPlan.all.contains(where: { $0.name == value }) else { return "no group is named '\(value)'; see --list" }
          only.append(value)
        }
      default: return "unknown argument '\(option)'"
      }
    }
    return nil
  }
}
