-- One run of a rule set: the parameters that it has asked for, the results that its conditions
-- have assigned (by slot), and how much work it may still do. AWS's rule sets end by themselves;
-- a damaged one ends here.
local run = {}
run.__index = run

local MAX_STEPS <const>, MAX_TEXT_BYTES <const>, MAX_BYTES <const> = 100000, 65536, 1048576

---@param program table
---@param values table<string, any>
---@return table
function run.new(program, values)
  return setmetatable({ program = program, values = values, known = {}, asked = {}, steps = 0,
    bytes = 0 }, run)
end

---The value of a parameter; the first time it is noted that the run has asked.
---@param name string
---@return any
function run:ask(name)
  if not self.known[name] then
    self.known[name], self.asked[#self.asked + 1] = true, name
  end
  return self.values[name]
end

function run:step()
  self.steps = self.steps + 1
  if self.steps > MAX_STEPS then self.program:fault "it takes too many steps" end
end

---Counts a text that is worked on.
---@param bytes integer
function run:charge(bytes)
  self.bytes = self.bytes + bytes
  if bytes > MAX_TEXT_BYTES or self.bytes > MAX_BYTES then
    self.program:fault "its texts grow too long"
  end
end

return run
