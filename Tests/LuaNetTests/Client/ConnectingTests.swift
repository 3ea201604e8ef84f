import LuaTesting
import Testing
import WSProtocol

@Suite("A connection of a script", .timeLimit(.minutes(10)))
struct ConnectingTests {
  @Test("it opens, is answered, and closes", arguments: LuaState.Driver.allCases)
  func echo(driver: LuaState.Driver) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    try lua.connect(peer.url, "on_open = function(id) assert(net.ws:send(id, 'hi')) end")
    #expect(try lua.value("math.type(ws)") == "integer")
    try lua.pump(until: "#log == 2")
    try lua.run("net.ws:close(ws)")
    try lua.pumpUntilClosed()
    #expect(try lua.history == ["open", "message hi", "close 1000 "])
    #expect(try lua.value("net.pending()") == "0")
    #expect(peer.texts == ["hi"])
    #expect(lua.errors.isEmpty)
  }
}
