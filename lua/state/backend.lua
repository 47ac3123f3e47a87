-- Where the files of one stack live, behind one interface: a folder, or a bucket of S3.
--
-- What is written is safe when the function returns. A backend in a network waits by yielding, so
-- all of this runs inside a task; the folder never waits.
local failure = require "engine.failure"
local folder = require "state.backend.folder"

---@class state.backend
---@field where string  for messages
---@field keeps_versions boolean  whether each state is kept in the history too
---@field at fun(self, name: string): string  the address of a file, for messages
---@field snapshot fun(self): table|nil, string|nil
---  the state, and the journal that it does not have in it yet
---@field read fun(self, name: string): string|nil
---@field replace fun(self, name: string, bytes: string): boolean
---  false where somebody else has written it since it was read here
---@field remove fun(self, name: string)
---@field continue fun(self, good_bytes: integer|nil): boolean
---  goes on with the journal after these bytes, nil: with a new one; whether it wants a header
---@field append fun(self, lines: string, synced: boolean)
---@field position fun(self): string|nil  up to where the journal has come, for the next state
---@field archive fun(self, name: string)  moves the journal to the history
---@field keep fun(self, name: string, bytes: string)  puts a file into the history
---@field history fun(self): string[]  the names there, in no order
---@field read_history fun(self, names: string[]): string[]
---@field take fun(self, card: table): state.lock|nil, table|nil  the card of who has the lock
---@field unlock fun(self, card: table): table|nil  breaks the lock; the card of who had it

---@class state.lock
---@field release fun(self)
---@field renew (fun(self))|nil  where a lock ends by itself; raises where it is somebody else's
---@field renew_in_ms (fun(self): number)|nil  when to do so

local S3 <const> = "state.backend.s3"

local backend = {}

-- Asked for only where it is used: the client of S3 is not small.
local function kind_of(location)
  return location.kind == "s3" and require(S3) or folder
end

---@param location state.location
---@param stack string
---@param options table  of state.open; read_state(bytes) gives a state
---@return state.backend
function backend.open(location, stack, options)
  return kind_of(location).open(location, stack, options)
end

---The stacks that hold something at a location, sorted.
---@param location state.location
---@param options table|nil
---@return string[]
function backend.stacks(location, options)
  return kind_of(location).stacks(location, options)
end

---A failure where a file that only the holder of the lock writes was written by somebody else.
---@param self state.backend
---@param name string
function backend.raise_moved(self, name)
  failure.raise { what = ("somebody else has written %s since it was read"):format(name),
    where = self:at(name), code = "StateMoved", next = "run the same command again" }
end

return backend
