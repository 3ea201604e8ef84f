import LuaTesting

extension LuaState {
  /// Begins to connect as the global `ws`, with callbacks that note what they are told in `log`, and call those in `fields` afterwards.
  ///
  /// - Parameters:
  ///   - fields: Of the table of callbacks and options, in Lua.
  ///   - name: The global, for several connections in one state. What is noted then begins with it.
  func connect(_ url: String, _ fields: String = "", as name: String = "ws") throws {
    try set("url", to: Array(url.utf8))
    try run(
      """
      log = log or {}
      local own = { \(fields) }
      local all = {}
      for key, value in pairs(own) do all[key] = value end
      for _, event in ipairs { "open", "message", "error", "close" } do
        all["on_" .. event] = function(id, ...)
          local words = { \(name == "ws" ? "" : "'\(name)', ")event, ... }
          if id ~= \(name) then words[#words + 1] = "of another connection" end
          if event == "message" then
            words[#words] = nil
            if #words[#words] > 200 then words[#words] = #words[#words] .. " octets" end
          end
          log[#log + 1] = table.concat(words, " ")
          local callback = own["on_" .. event]
          if callback then callback(id, ...) end
        end
      end
      \(name) = net.ws:connect(url, all)
      """)
  }

  /// Pumps until the connection `name` has ended.
  func pumpUntilClosed(_ name: String = "ws") throws {
    let prefix = name == "ws" ? "close " : "\(name) close "
    try pump { try history.contains { $0.hasPrefix(prefix) } }
  }

  /// Connects, and pumps until the end; returns what was noted.
  func outcome(_ url: String, _ fields: String = "") throws -> [String] {
    try run("log = {}")
    try connect(url, fields)
    try pumpUntilClosed()
    return try history
  }
}
