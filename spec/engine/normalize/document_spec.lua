local document = require "engine.normalize.document"
local value = require "engine.value"

local function same(a, b)
  assert.is_true(document(a.Policy, b.Policy))
end

local function differs(a, b)
  assert.is_false(document(a.Policy, b.Policy))
end

describe("a document", function()
  local function statement(fields)
    return { Version = "2012-10-17", Statement = { fields } }
  end
  local base = { Effect = "Allow", Action = { "sts:AssumeRole" },
    Principal = { AWS = "123456789012" } }

  it("takes the same policy in other words for the same", function()
    for _, other in ipairs {
      { Effect = "Allow", Action = "STS:AssumeRole",
        Principal = { AWS = { "arn:aws:iam::123456789012:root" } } },
      { Sid = "x", Effect = "Allow", Action = { "sts:AssumeRole" },
        Principal = { AWS = "123456789012" } },
      { Sid = "", Effect = "Allow", Action = { "sts:assumerole", "sts:AssumeRole" }, Condition = {},
        Principal = { AWS = "123456789012" } },
    } do
      same({ Policy = statement(base) }, { Policy = statement(other) })
    end
    same({ Policy = { Version = "2012-10-17", Statement = base } }, { Policy = statement(base) })
    same({ Policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
      .. '"Principal":{"AWS":["123456789012"]},'
      .. '"Action":"sts:AssumeRole"}]}' }, { Policy = statement(base) })
    same({ Policy = statement(base) },
      { Policy = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B"
      .. "%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22123456789012%22%7D%2C"
      .. "%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D" })
    local a = { Effect = "Allow", Action = { "s3:Get", "s3:Put" }, Resource = "*",
      Condition = { StringEquals = { ["aws:x"] = "1" }, Bool = { ["aws:Y"] = true } } }
    local b = { Effect = "Allow", Action = { "s3:Put", "s3:Get" }, Resource = { "*" },
      Condition = { StringEquals = { ["aws:X"] = { "1" } }, Bool = { ["aws:y"] = { "true" } } } }
    same({ Policy = statement { Sid = "", Effect = "Allow" } },
      { Policy = statement { Sid = "x", Effect = "Allow" } })
    differs({ Policy = statement { Sid = "y", Effect = "Allow" } },
      { Policy = statement { Sid = "x", Effect = "Allow" } })
    same({ Policy = { Statement = { base, a } } }, { Policy = { Statement = { b, base } } })
    same({ Policy = statement { Effect = "Allow", Principal = "*", Action = "s3:*" } },
      { Policy = statement { Effect = "Allow", Principal = { AWS = "*" }, Action = "s3:*" } })
  end)

  it("sees what means something else", function()
    for _, other in ipairs {
      { Effect = "Deny", Action = { "sts:AssumeRole" }, Principal = { AWS = "123456789012" } },
      { Effect = "Allow", Action = { "sts:TagSession" }, Principal = { AWS = "123456789012" } },
      { Effect = "Allow", Action = { "sts:AssumeRole" }, Principal = { Service = "123456789012" } },
      { Effect = "Allow", Action = { "sts:AssumeRole" }, Principal = { AWS = "123456789012" },
        Condition = { Bool = { x = true } } },
    } do
      differs({ Policy = statement(base) }, { Policy = statement(other) })
    end
    differs({ Policy = statement(base) }, { Policy = { Statement = { base } } })
    differs({ Policy = { Statement = { base, base } } },
      { Policy = { Statement = { base } } })
    local other = { Effect = "Deny", Action = "s3:*", Resource = "*" }
    differs({ Policy = { Statement = { base, base } } },
      { Policy = { Statement = { base, other } } })
    differs({ Policy = { Id = "a", Statement = { base } } },
      { Policy = { Id = "b", Statement = { base } } })
    same({ Policy = { Id = "a", Statement = { base } } }, { Policy = { Statement = { base } } })
    differs({ Policy = "{broken" }, { Policy = statement(base) })
  end)

  it("compares other documents member by member, exactly", function()
    same({ Policy = { a = { 1, true } } }, { Policy = '{"a":["1",true]}' })
    differs({ Policy = { a = 1 } }, { Policy = { a = 1, b = 2 } })
    differs({ Policy = { a = { b = 1 } } }, { Policy = { a = { b = 2 } } })
    differs({ Policy = { a = 1, b = 2 } }, { Policy = { a = 1 } })
    differs({ Policy = { "a" } }, { Policy = { a = "a" } })
    same({ Policy = value.list {} }, { Policy = {} })
  end)
end)
