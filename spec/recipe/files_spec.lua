local support = require "spec.recipe.support"

local function load(files, overrides)
  return support.load(support.host(files, overrides), "web/site.lua")
end

local function fails(files, words, overrides)
  local ok, why = pcall(load, files, overrides)
  assert(not ok)
  support.says(tostring(why), words)
end

local function site(text, more)
  local files = { ["web/site.lua"] = 'local aws = provider "aws" ' .. text }
  for path, content in pairs(more or {}) do files[path] = content end
  return files
end

describe("files beside a recipe", function()
  it("are read by a path relative to its folder, in modules too", function()
    local evaluated = load(site(
      'aws.Spec.Thing "A" { Name = file "conf/./x/../a.txt", Parent = require "lib.net" }',
      { ["web/conf/a.txt"] = "a", ["web/lib/net.lua"] = 'return file "conf/a.txt" .. (...)' }))
    assert.are.equal("a", evaluated.resources[1].properties.Name)
    assert.are.equal("alib.net", evaluated.resources[1].properties.Parent)
  end)

  it("are all that can be read", function()
    for _, path in ipairs { "/etc/passwd", "../secret", "a/../../secret", "..", ".", "a\\0b" } do
      fails(site(('file "%s"'):format(path)), { "outside the recipe's folder", "site.lua:1" })
    end
    fails(site('require "../x"'), { "outside" })
    fails(site('file ""'), { "takes a name" })
    fails(site('file "none.txt"'), { "none.txt", "No such file", "site.lua:1" })
  end)

  it("are not left through a symbolic link", function()
    local overrides = { realpath = function(path)
      return path == "web/link" and "/etc/passwd" or "/home/" .. path
    end }
    fails(site('file "link"', { ["web/link"] = "root" }), { "outside the recipe's folder" },
      overrides)
  end)

  it("are no pipes and no devices, which may never end", function()
    fails(site 'file "a.pipe"', { "web/a.pipe is a pipe or a device", "site.lua:1" })
    fails(site 'require "pipe"', { "web/pipe.lua is a pipe or a device" })
  end)

  it("are found for a recipe in the current folder", function()
    local host = support.host { ["site.lua"] = 'output { X = file "a.txt" }', ["a.txt"] = "a" }
    assert.are.equal("a", support.load(host, "site.lua").outputs[1].value)
  end)

  it("are loaded once as modules, from name.lua or name/init.lua", function()
    local evaluated = load(site([[local a, b = require "m", require "m"
      output { Same = a == b, Other = require "n" }]],
      { ["web/m.lua"] = "return {}", ["web/n/init.lua"] = "return 'n'" }))
    assert.are.equal("n", evaluated.outputs[1].value)
    assert.are.equal(true, evaluated.outputs[2].value)
  end)

  it("are refused as modules that are not there, broken, or require themselves", function()
    fails(site 'require "os"', { 'no module "os"', "os.lua and os/init.lua" })
    fails(site('require "m"', { ["web/m.lua"] = "\nreturn +" }), { "syntax error", "web/m.lua:2" })
    fails(site('require "m"', { ["web/m.lua"] = '\nerror "mine"' }), { "mine", "web/m.lua:2" })
    fails(site('require "m"', { ["web/m.lua"] = 'return (require "m")' }), { "requires itself" })
  end)

  it("must be there, the recipe first of all", function()
    fails({}, { "web/site.lua" })
  end)
end)
