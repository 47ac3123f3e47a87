local suites = require "spec.support.suites"
local yaml = require "native.yaml"

describe("yaml and the public test suite", function()
  local function set(text)
    local names = {}
    for name in text:gmatch "%S+" do names[name] = true end
    return names
  end

  -- Valid YAML 1.2 that libyaml refuses.
  local BY_LIBYAML = set [[
    2JQS 2LFX 2SXE 4ABK 4MUZ/00 4MUZ/01 4MUZ/02 5MUD 5T43 6BCT 6CA3 6LVF 6M2F 7Z25 96NN/00 96NN/01
    DK3J DK95/00 DK95/03 FRK4 HM87/00 K3WX M7A3 NHX8 NKF9 QT73 R4YG S3PD UKK6/00 UT92 W4TN Y79Y/001
    Y79Y/010
  ]]
  -- Keys that are no text.
  local KEYS = set "6BFJ 6PBE 9MMW LX3P Q9WF RZP5"
  -- Read otherwise by libyaml: [?x], and a text that ends within a line.
  local OTHERWISE = set "HM87/01 JEF9/02 L24T/01"

  --- A node against the suite's JSON, which has YAML 1.2's idea of numbers.
  local function agree(name, node, value)
    if node.kind ~= "scalar" then
      assert.is_table(value, name)
      for key, child in pairs(node.value) do agree(name, child, value[key]) end
      for key in pairs(value) do assert.is_truthy(node.value[key], name) end
    elseif type(value) == "number" then
      assert.are.equal(value, tonumber((node.text:gsub("^0o", "0x"))), name)
    elseif type(value) == "string" then
      assert.are.equal(value, node.text, name)
    elseif type(value) == "boolean" then
      assert.are.equal(value, node.value, name)
    else
      assert.is_nil(node.value, name)
    end
  end

  local SIGNS = { plain = ":", single = "'", double = '"', literal = "|", folded = ">" }
  local ESCAPES =
    { ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\b"] = "\\b" }

  --- One event in the suite's own notation; `open` holds how the lists and maps around it end.
  local function notation(event, open)
    local properties = (event.anchor and " &" .. event.anchor or "")
      .. (event.tag and " <" .. event.tag .. ">" or "")
    if event.kind == "document" then return "+DOC" .. (event.explicit and " ---" or "") end
    if event.kind == "document end" then return "-DOC" .. (event.explicit and " ..." or "") end
    if event.kind == "alias" then return "=ALI *" .. event.anchor end
    if event.kind == "end" then return table.remove(open) end
    if event.kind == "scalar" then
      local value = event.value:gsub("[\\\n\t\r\b]", ESCAPES)
      return "=VAL" .. properties .. " " .. SIGNS[event.style] .. value
    end
    local map = event.kind == "map"
    open[#open + 1] = map and "-MAP" or "-SEQ"
    local flow = event.style == "flow" and (map and " {}" or " []") or ""
    return (map and "+MAP" or "+SEQ") .. flow .. properties
  end

  local function in_notation(events)
    local lines, open = { "+STR" }, {}
    for _, event in ipairs(events) do lines[#lines + 1] = notation(event, open) end
    lines[#lines + 1] = "-STR\n"
    return table.concat(lines, "\n")
  end

  local list =
    io.popen("cd " .. suites.folder .. "yaml-test-suite 2>/dev/null && find . -name in.yaml | sort")
  local names = {}
  for path in list:lines() do names[#names + 1] = path:match "^%./(.*)/in%.yaml$" end
  list:close()

  local function each_valid(check)
    if #names == 0 then return pending(suites.absent "yaml-test-suite") end
    for _, name in ipairs(names) do
      local base = "yaml-test-suite/" .. name .. "/"
      local text = suites.read(base .. "in.yaml")
      if suites.read(base .. "error") then
        for _, read in pairs(yaml) do read(text) end -- some of it libyaml takes
      else
        check(name, text, base)
      end
    end
  end

  it("says of each text what the suite says of it, or refuses it as libyaml does", function()
    each_valid(function(name, text, base)
      local events, failure = yaml.events(text)
      if BY_LIBYAML[name] then return assert.is_nil(events, name) end
      assert.is_nil(failure, name)
      local want = suites.read(base .. "test.event")
      if not OTHERWISE[name] then assert.are.equal(want, in_notation(events), name) end
    end)
  end)

  it("makes of it what is meant", function()
    each_valid(function(name, text, base)
      local documents, failure = yaml.decode(text)
      yaml.load(text)
      if BY_LIBYAML[name] or KEYS[name] then return assert.is_nil(documents, name) end
      assert.is_nil(failure, name)
      local fine, value = pcall(suites.json, base .. "in.json")
      local alone = fine and value ~= nil and #documents == 1
      if alone and not OTHERWISE[name] then agree(name, documents[1], value) end
    end)
  end)
end)
