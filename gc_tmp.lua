local mode, count = ...
local fs = require "native.fs"
local pack = require "native.pack"
local protocol = require "aws.protocol"
local data = assert(pack.open())
local record = data:service "dynamodb"
local made = { service = record, operation = data:operation("dynamodb", "Query"), params = {}, protocol = protocol.of(record) }
local text = assert(fs.read "/tmp/wt/json.tmp/b/items")
local function work() return (made.protocol.result(made, { status = 200, headers = {}, body = text })) end
work()
collectgarbage() collectgarbage()
io.write(mode, " base KB ", collectgarbage "count")
do local d = work() local c = collectgarbage() io.write(" with doc ", collectgarbage "count") end
collectgarbage()
if mode == "stop" then collectgarbage "stop"
elseif mode == "gen" then collectgarbage "generational"
elseif tonumber(mode) then collectgarbage("incremental", tonumber(mode), 0, 0)
elseif mode == "each" then collectgarbage "stop"
end
local most = 0
local began = os.clock()
for _ = 1, count do work() if mode == "each" then collectgarbage() end most = math.max(most, collectgarbage "count") end
print((" %.1f us, max KB %.0f"):format((os.clock() - began) / count * 1e6, most))
