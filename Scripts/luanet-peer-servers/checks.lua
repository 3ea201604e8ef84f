-- The checks of Scripts/luanet-peers: lua5.4 checks.lua NAME PLAIN-PORT TLS-PORT CA-FILE

local net = require "net"
local name, plain, secure, ca = ...
local failures = 0

-- Connects, sends `sent` one by one, each after the answer to the one before, and compares all that was heard with `wanted`.
local function check(title, url, options, sent, wanted)
  local heard, number = {}, 0
  local function answer(id)
    number = number + 1
    local message = sent[number]
    if message == nil then net.ws:close(id) return end
    local text, is_binary = message, false
    if type(message) == "table" then text, is_binary = message[1], true end
    assert(net.ws:send(id, text, is_binary))
  end
  local callbacks = {
    on_open = answer,
    on_message = function(id, text, is_binary)
      heard[#heard + 1] = (is_binary and "binary " or "text ") .. (#text > 100 and #text .. " octets" or text)
      if type(sent[number]) == "table" and text ~= sent[number][1] then heard[#heard] = "other octets than were sent" end
      answer(id)
    end,
    on_error = function(_, text) heard[#heard + 1] = "error " .. text:match "^[a-z_]+" end,
    on_close = function(_, code, reason) heard[#heard + 1] = "close " .. code .. " " .. reason end,
  }
  for key, value in pairs(options) do callbacks[key] = value end
  net.ws:connect(url, callbacks)
  net.run()
  local got, should = table.concat(heard, ", "), table.concat(wanted, ", ")
  if got ~= should then failures = failures + 1 end
  print(("%-4s %-10s %s%s"):format(got == should and "ok" or "FAIL", name, title, got == should and "" or ": " .. got .. " for " .. should))
end

local octets = {}
for i = 0, 255 do octets[#octets + 1] = string.char(i) end
local all = table.concat(octets)
local ws, wss = "ws://127.0.0.1:" .. plain .. "/ws", "wss://localhost:" .. secure .. "/ws"

for _, way in ipairs { { "ws", ws, {} }, { "wss", wss, { ca_file = ca } } } do
  local scheme, url, options = table.unpack(way)
  local function named(title) return scheme .. ": " .. title end
  check(named "text, empty and not", url, options, { "hello", "", "\u{2713}" }, { "text hello", "text ", "text \u{2713}", "close 1000 " })
  check(named "every octet as binary", url, options, { { all }, { "" } }, { "binary 256 octets", "binary ", "close 1000 " })
  for _, length in ipairs { 125, 126, 65535, 65536, 1 << 20, 16 << 20 } do
    local payload = all:rep(length // 256 + 1):sub(1, length)
    check(named(length .. " octets"), url, options, { { payload } }, { "binary " .. length .. " octets", "close 1000 " })
  end
  check(named "a code and a reason", url, options, { "close 4001 bye \u{2713}" }, { "close 4001 bye \u{2713}" })
  check(named "1001 without a reason", url, options, { "close 1001 " }, { "close 1001 " })
  check(named "a ping", url, options, { "ping" }, { "text ponged", "close 1000 " })
  check(named "a drop", url, options, { "drop" }, { "close 1006 " })
  if name == "websockets" then check(named "fragments", url, options, { "fragments" }, { "text one two three", "close 1000 " }) end
end
check("a subprotocol", ws, { protocols = { "other", "chat" } }, { "x" }, { "text x", "close 1000 " })
check("wss: an issuer that is not trusted", wss, {}, { "x" }, { "error tls", "close 1006 " })
check("wss: insecure", wss, { insecure = true }, { "x" }, { "text x", "close 1000 " })
check("ws to the port of wss", "ws://127.0.0.1:" .. secure .. "/ws", { timeout = 3 }, { "x" }, { "error closed", "close 1006 " })
if name == "aiohttp" then
  check("another path", "ws://127.0.0.1:" .. plain .. "/elsewhere", {}, { "x" }, { "error http", "close 1006 " })
end
os.exit(failures == 0 and 0 or 1)
