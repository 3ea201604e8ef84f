import LuaTesting
import Testing
import WSProtocol

/// The callback that sends back what came.
let echo = "on_message = function(client, msg) srv:send(client, msg) end"

@Suite("A server that echoes", .timeLimit(.minutes(10)))
struct EchoTests {
  @Test("a client connects, is answered, and leaves", arguments: LuaState.Driver.allCases)
  func echo(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve(LuaNetTests.echo))
    try lua.pump { client.isOpen }
    client.send("hello")
    try lua.pump { client.texts == ["hello"] }
    client.close(CloseCode(rawValue: 4001), "enough")
    try lua.pump { client.closure != nil }
    try lua.pump(until: "#log == 3")
    #expect(try lua.history == ["open 1", "message 1 hello", "close 1 4001 enough"])
    try lua.run("srv:close()")
    #expect(try lua.value("net.pending()") == "0")
    #expect(lua.errors.isEmpty)
  }
}
