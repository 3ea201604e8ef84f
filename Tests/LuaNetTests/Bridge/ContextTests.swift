import CLuaBridge
import Foundation
import LuaTesting
import Testing
import Transport
import WSProtocol

@testable import LuaNet

@Suite("Contexts", .timeLimit(.minutes(10)))
struct ContextTests {
  @Test("a state that a host attached has the module as well, with a scope of its own", arguments: LuaState.Driver.allCases)
  func module(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    #expect(unsafe luanet_attach(lua.lua, nil) == 0)
    try lua.run("module = luaopen_net()")
    #expect(try lua.holds("module == luaopen_net() and module ~= net"))
    lua.closeScope()
    try lua.run("srv = assert(module.ws_server:listen(0, {}))")
    #expect(try lua.value("module.pending()") == "1")
  }

  @Test(
    "what a script keeps after its context was detached is closed, and a new context is independent", arguments: LuaState.Driver.allCases)
  func detach(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run("called = 0; srv = net.ws_server:listen(0, {}); old = net; detach(); detach()")
    #expect(unsafe luanet_wake_fd(lua.lua) == -1)
    #expect(lua.pump() == 0)
    #expect(lua.pending == 0)
    #expect(try lua.value("old.poll(0.01)") == "0")
    #expect(try lua.value("old.pending()") == "0")
    #expect(try lua.holds("old.run() == nil and old.stop() == nil"))
    #expect(lua.failure("old.ws_server:listen(0, {})")?.contains("context is closed") == true)
    #expect(try lua.holds("not srv:is_open() and srv:client_count() == 0 and not srv:send(1, '') and srv:close() == nil"))
    try lua.run("net = luaopen_net(); srv = assert(net.ws_server:listen(0, {}))")
    #expect(try lua.holds("srv:is_open() and net.pending() == 1"))
    #expect(lua.failure("old.ws_server:listen(0, {})")?.contains("context is closed") == true)
    #expect(try lua.value("net.pending()") == "1")
  }

  @Test("detaching lets go of the callbacks, whoever keeps the functions", arguments: LuaState.Driver.allCases)
  func callbacks(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      kept = setmetatable({}, { __mode = "v" })
      do
        local big = {}
        kept[1] = big
        srv = net.ws_server:listen(0, { on_open = function() return big end })
      end
      local overwritten = {}
      collectgarbage()
      """)
    #expect(try lua.holds("kept[1] ~= nil"))
    try lua.run("detach(); collectgarbage(); collectgarbage()")
    #expect(try lua.holds("kept[1] == nil and net ~= nil and srv ~= nil"))
  }

  @Test("a finalizer cannot open a context, which a closing state would never end")
  func finalizer() throws {
    let lua = try LuaState()
    try lua.run(
      """
      detach()
      setmetatable({}, { __gc = function() opened, message = pcall(luaopen_net) end })
      collectgarbage()
      """)
    #expect(try lua.value("opened") == "false")
    #expect(try lua.value("message").contains("a finalizer cannot open it"))
    #expect(try lua.holds("luaopen_net().poll() == 0"))
  }

  @Test("a pump delivers what waited when it began, and is woken for the rest", arguments: [false, true])
  func remaining(isThreaded: Bool) throws {
    let context = try Context(isThreaded: isThreaded)
    context.queue.push(.log("first"))
    context.beginPump()
    #expect(context.next()?.content == Array("first".utf8))
    context.queue.push(.log("second"))
    #expect(context.next() == nil)
    context.endPump()
    #expect(context.queued == 1)
    if isThreaded {
      var entry = pollfd(fd: context.wakeDescriptor, events: Int16(POLLIN), revents: 0)
      #expect(unsafe Foundation.poll(&entry, 1, 0) == 1)
    }
    context.beginPump()
    #expect(context.next()?.content == Array("second".utf8))
    #expect(context.next() == nil)
    context.endPump()
    if isThreaded {
      var entry = pollfd(fd: context.wakeDescriptor, events: Int16(POLLIN), revents: 0)
      #expect(unsafe Foundation.poll(&entry, 1, 0) == 0)
    }
    context.close()
  }

  @Test("LN-9: events of all connections are delivered in the order in which they came")
  func order() throws {
    let context = try Context(isThreaded: true)
    let scope = Scope(id: 1, name: "")
    let lines = (0..<50).map { Line(id: Int64($0), owner: .scope(scope, callbacks: 1)) }
    for line in lines { context.queue.push(.line(line, .opened)) }
    for number in 0..<500 {
      context.queue.push(.line(lines[number * 7 % 50], .message(Message(.text, Array("\(number)".utf8)))))
    }
    var seen: [String] = []
    context.beginPump()
    while let delivery = context.next() {
      if delivery.callback == .message { seen.append(String(decoding: delivery.content, as: UTF8.self)) }
    }
    context.endPump()
    #expect(seen == (0..<500).map { "\($0)" })
    context.close()
  }
}
