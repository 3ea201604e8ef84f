import ArgumentParser
import Conformance
import ConformanceReport
import ConformanceRunner

struct CasesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cases", abstract: "Show the conformance cases.", subcommands: [CasesListCommand.self, CasesShowCommand.self])
}

struct CasesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the cases: id, Autobahn's id, section, title.")

  @Argument(help: "Ids or globs. Default: all.")
  var cases: [String] = []

  @Option(help: "What standard output gets: text or json.")
  var format: OutputFormat = .text

  func run() throws {
    let selected = try RunOptions.select(cases)
    switch format {
    case .json: Console.write(JSONReport.encode(selected) + [0x0A], to: 1)
    case .text:
      let width = selected.map(\.id.count).max() ?? 0
      for entry in selected {
        let id = entry.id + String(repeating: " ", count: width - entry.id.count)
        let alias = (entry.autobahnID ?? "–") + String(repeating: " ", count: 8 - (entry.autobahnID ?? "–").count)
        Console.standardOutput("\(id)  \(alias) §\(entry.requirement.section)  \(entry.title)")
      }
    }
  }
}

struct CasesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one case in full.")

  @Argument(help: "An id, ours or Autobahn's.")
  var id: String

  @Option(help: "What standard output gets: text or json.")
  var format: OutputFormat = .text

  func run() throws {
    let selected = try RunOptions.select([id])
    guard let entry = selected.first, selected.count == 1 else {
      throw UsageFailure(description: "'\(id)' selects \(selected.count) cases; give one id: wirecheck cases list '\(id)' lists them")
    }
    switch format {
    case .json: Console.write(JSONReport.encode([entry]) + [0x0A], to: 1)
    case .text:
      let alias = entry.autobahnID.map { " (Autobahn \($0))" } ?? ""
      Console.standardOutput("\(entry.id)\(alias)\n\(entry.title)\n\n\(entry.purpose)")
      Console.standardOutput("\(entry.requirement.level.rawValue.uppercased()), \(entry.requirement.citation)")
      Console.standardOutput(entry.requirement.address)
      Console.standardOutput("\nsteps:")
      for line in entry.programWords { Console.standardOutput("  \(line)") }
      Console.standardOutput("acceptable:")
      for line in entry.expectationWords { Console.standardOutput("  \(line)") }
    }
  }
}
