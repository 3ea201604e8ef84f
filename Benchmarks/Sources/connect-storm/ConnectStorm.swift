import Connections
import Foundation
import Transport

/// Dials very often in every way that fails, and prints what of the system is held before, during and after.
@main
struct ConnectStorm {
  static func main() throws {
    var count = 10_000
    var only = ""
    var certificates = ""
    var arguments = CommandLine.arguments.dropFirst()
    while let option = arguments.popFirst() {
      guard let value = arguments.popFirst() else { stop("\(option) is unknown or needs a value") }
      switch option {
      case "--count": count = max(Int(value) ?? 0, 1)
      case "--only": only = value
      case "--certificates": certificates = value
      default: stop("unknown argument '\(option)'")
      }
    }
    guard !certificates.isEmpty else { stop("--certificates is needed") }

    let loop = try Loop()
    let kinds = try Kind.all(on: loop, certificates: certificates).filter { only.isEmpty || $0.name.contains(only) }
    guard !kinds.isEmpty else { stop("no kind is named so") }
    print("connect-storm: \(count) dials of each kind, \(Storm.width) at once, on one loop together with the servers;")
    print("before, most and after are what the process holds; the warm-up of \(warmUp(count)) dials comes before")
    print(row("kind", "CPU each", "descriptors", "threads", "memory, KiB", "as expected"))
    var isFine = true
    for kind in kinds {
      let outcome = try Storm(kind, on: loop).run(count: count, warmUp: warmUp(count))
      func figures(_ part: KeyPath<ProcessFigures, Int>, per unit: Int = 1) -> String {
        [outcome.before, outcome.most, outcome.after].map { "\($0[keyPath: part] / unit)" }.joined(separator: " ")
      }
      isFine = isFine && outcome.isFlat && outcome.unexpected.isEmpty
      print(
        row(
          kind.name, "\(outcome.cpuPerDial / .microseconds(1) as Double)".prefix { $0 != "." } + " µs", figures(\.descriptors),
          figures(\.threads), figures(\.residentBytes, per: 1024),
          "\(count - outcome.unexpected.count)" + (outcome.isFlat ? "" : ", NOT FLAT")))
      for text in outcome.unexpected.prefix(3) { print("  unexpected: \(text)") }
    }
    if !isFine { stop("something stayed, or failed in another way than it should", code: 1) }
  }

  private static func warmUp(_ count: Int) -> Int { max(count / 5, 1) }

  private static func row(_ cells: String...) -> String {
    zip(cells, [38, 9, 16, 10, 22, 0]).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }.joined(separator: " ")
  }

  private static func stop(_ text: String, code: Int32 = 2) -> Never {
    FileHandle.standardError.write(Data("connect-storm: \(text)\n".utf8))
    exit(code)
  }
}
