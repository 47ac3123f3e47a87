local config = require "aws.config"

local function load(files, profile, env)
  env = env or {}
  return config.load({
    env = function(name) return env[name] or (name == "HOME" and "/home/me" or nil) end,
    read_file = function(path)
      if files[path] then return files[path] end
      return nil, { code = "ENOENT" }
    end,
  }, profile)
end

local CONFIG <const>, CREDENTIALS <const> = "/home/me/.aws/config", "/home/me/.aws/credentials"

local function profiles(text, credentials)
  return load({ [CONFIG] = text, [CREDENTIALS] = credentials }).profiles
end

local function fault(text)
  local ok, err = pcall(profiles, text)
  assert.is_false(ok)
  return tostring(err)
end

describe("the shared config files", function()
  it("hold settings by profile, with comments, line ends and any case of a name", function()
    assert.same({ default = { region = "eu-west-1" }, web = { output = "json", x = "a;b#c" } },
      profiles("# c\r\n[default]\r\nRegion = eu-west-1 ; c\r\n\n[profile web] # c\n"
        .. "output=json\n ; c\nx = a;b#c\n"))
  end)

  it("leave out sections that are no profile, but not their errors", function()
    assert.same({}, profiles("[web]\nx = 1\n[profile in valid]\ny = 2\n[plugins]\nz = 3\n"))
    assert.same({ web = { x = "1" } }, profiles("", "[web]\nx = 1\n[profile y]\nz = 1\n"))
    assert.same({ ["my web"] = { x = "1" } }, profiles('[profile "my web"]\nx = 1\n'))
  end)

  it("join a profile's parts and both files, the credentials file last", function()
    assert.same({ web = { a = "1", b = "3", c = "4" }, other = {} }, profiles(
      "[profile web]\na = 1\nb = 2\n[profile other]\n[profile web]\nb = 9",
      "[web]\nb = 3\nc = 4\n"))
  end)

  it("know a profile of several words, whose keys stand in the credentials file", function()
    assert.same({ ["my web"] = { a = "1", b = "2" } },
      profiles('[profile "my web"]\na = 1\n', "[my web]\nb = 2\n[your web]\nc = 3\n"))
  end)

  it("prefer [profile default] to [default]", function()
    assert.same({ default = { a = "2" } }, profiles("[default]\na = 1\n[profile default]\na = 2"))
    assert.same({ default = { a = "2" } }, profiles("[profile default]\na = 2\n[default]\nb = 1"))
  end)

  it("name the file and line of what cannot be read", function()
    for text, expected in pairs {
      ["[profile a"] = "does not end with ]",
      ["a = 1"] = "before the first section",
      ["[profile a]\nword"] = "there is no =",
      ["[profile a]\n= 1"] = "has no name",
      ["[profile a]\n  b"] = "there is no =",
      ["[profile a]\ns3 =\n  word"] = "no = in this nested setting",
    } do
      local message = fault(text)
      assert.matches(expected, message, 1, true)
      assert.matches(CONFIG .. ":%d", message)
    end
  end)

  it("may be indented, have colons, and text behind a heading, as for the CLI", function()
    assert.same({ default = { region = "eu-west-3", output = "json" }, b = { x = "1=2" } },
      profiles("[default] here\n  region = eu-west-3\n  output: json\n  [profile b]\nx: 1=2\n"))
    assert.same({ a = { s3 = "\naddressing_style = path\nb = 1", y = "2\n3" } }, profiles(
      "[profile a]\n  s3 =\n    addressing_style = path\n    b = 1\n  y = 2\n   3\n"))
  end)

  it("are read in time that grows with their length alone", function()
    local spaces = (" "):rep(1000000)
    assert.same({ a = { x = "1" .. spaces .. "2" } },
      profiles("[profile a]\nx = 1" .. spaces .. "2" .. spaces .. "\n"))
  end)

  it("are refused where nobody can have written them, and soon", function()
    assert.matches("too many lines", fault(("\n"):rep(200000)), 1, true)
    assert.matches("too long", fault("#" .. ("x"):rep(5000000)), 1, true)
    local lines = profiles("[profile a]\nx = 1" .. ("\n " .. ("y"):rep(40)):rep(90000))
    assert.equal(1 + 41 * 90000, #lines.a.x)
  end)

  it("know each file's own profiles", function()
    local found = load { [CONFIG] = "[default]\na = 1\n", [CREDENTIALS] = "[default]\na = 2\n" }
    assert.same({ a = "1" }, found.files.config.default)
    assert.same({ a = "2" }, found.files.credentials.default)
    assert.same({ a = "2" }, found:profile())
  end)

  it("give the last of two settings, with the lines that continue it", function()
    assert.same({ a = { x = "2" } }, profiles("[profile a]\nx = 1\n  more\nx = 2\n"))
    assert.same({ a = { x = "1\nmore" } }, profiles("[profile a]\nx = 1\nx = 1\n  more\n"))
  end)

  it("give nested settings of a service", function()
    local found = load {
      [CONFIG] = "[default]\nservices = local\n[services local]\nec2 =\n"
        .. "  endpoint_url = http://localhost:1\nelastic_beanstalk =\n  endpoint_url = http://b\n",
    }
    assert.same({ endpoint_url = "http://localhost:1" }, found:service "ec2")
    assert.same({ endpoint_url = "http://b" }, found:service "elastic_beanstalk")
    assert.same({}, found:service "s3")
  end)

  it("are found where the environment says", function()
    local found = load({ ["/x/c"] = "[profile a]\nregion = r", ["/home/me/k"] = "[a]\nk = v" }, nil,
      { AWS_CONFIG_FILE = "/x/c", AWS_SHARED_CREDENTIALS_FILE = "~/k", AWS_PROFILE = "a" })
    assert.same({ region = "r", k = "v" }, found:profile())
    assert.equal("a", found.profile_name)
    assert.is_false(found.explicit)
  end)

  it("refuse a profile that is not there and list those that are", function()
    local ok, err = pcall(load, { [CONFIG] = "[profile web]\n[default]\n" }, "wbe")
    assert.is_false(ok)
    assert.matches("no AWS profile wbe", tostring(err), 1, true)
    assert.matches("default, web", tostring(err), 1, true)
    assert.equal("default", load({}).profile_name)
  end)

  it("take true and false and nothing else for a flag", function()
    local found = load({ [CONFIG] = "[default]\na = TRUE\nb = maybe\n" }, nil, { V = "false" })
    assert.is_true(found:flag "a")
    assert.is_false(found:flag("a", "V"))
    assert.is_nil(found:flag "c")
    assert.has_error(function() found:flag "b" end)
  end)
end)
