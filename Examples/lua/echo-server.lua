-- An echo server for programs of this machine: lua5.4 echo-server.lua [PORT]
local net = require "net"

local server, reason
server, reason = net.ws_server:listen(tonumber(arg[1] or 9001), {
  on_message = function(client, message) server:send(client, message) end,
  on_error = function(client, why) print("client " .. client .. ": " .. why) end,
})
if not server then
  print("cannot listen: " .. reason)
  os.exit(1)
end

print("listening on ws://127.0.0.1:" .. server.port .. "/")
io.stdout:flush()
net.run()
