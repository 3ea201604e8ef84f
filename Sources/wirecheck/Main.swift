import ArgumentParser
import CProcess

/// Maps every way a command can end to the documented exit codes.
@main
enum Main {
  static func main() {
    cp_return_large_blocks()
    do {
      var command = try Wirecheck.parseAsRoot()
      try command.run()
      if let failure = Console.outputFailure { throw failure }
    } catch let failure as UsageFailure {
      Console.standardError("Error: \(failure.description)")
      terminate(failure.code)
    } catch {
      let code = Wirecheck.exitCode(for: error)
      guard code != .success else { Wirecheck.exit(withError: error) }
      let message = Wirecheck.fullMessage(for: error)
      if !message.isEmpty { Console.standardError(message) }
      terminate(code == .validationFailure ? 2 : code.rawValue)
    }
  }

  private static func terminate(_ code: Int32) -> Never { Wirecheck.exit(withError: ExitCode(code)) }
}

/// What keeps a command from running, with its exit code and what to do about it.
struct UsageFailure: Error, CustomStringConvertible {
  let description: String
  var code: Int32 = 2
}
