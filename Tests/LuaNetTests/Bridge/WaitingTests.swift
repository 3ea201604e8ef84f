import LuaTesting
import Testing

@Suite("Waiting", .timeLimit(.minutes(10)))
struct WaitingTests {
  @Test("the module's table has the functions of waiting, and nothing is pending")
  func module() throws {
    let lua = try LuaState()
    #expect(try lua.value("net.poll()") == "0")
    #expect(try lua.value("net.pending()") == "0")
    #expect(try lua.value("net.run()") == "nil")
    #expect(try lua.value("net == host_net") == "true")
  }

  @Test("a pump with nothing to do calls nothing and leaves the stack alone", arguments: LuaState.Driver.allCases)
  func nothing(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let top = lua.top
    #expect(lua.pump() == 0)
    #expect(lua.top == top)
    lua.closeScope()
    #expect(try lua.value("net.poll(0)") == "0")
  }

  @Test(
    "L03: seconds that are no number of seconds are refused by name",
    arguments: ["-1", "0/0", "1/0", "'1'", "{}", "true"])
  func seconds(value: String) throws {
    let lua = try LuaState()
    let failure = try #require(lua.failure("net.poll(\(value))"))
    #expect(failure.contains("net.poll: seconds must be a number of seconds, 0 or more, not "))
  }
}
