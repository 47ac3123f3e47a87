-- The types of the memory provider, as CloudFormation would describe them, and their handlers.
-- Between them they have what real types make hard.

local STRING, INTEGER, BOOLEAN = { type = "string" }, { type = "integer" }, { type = "boolean" }
local TAGS = { type = "array", insertionOrder = false, items = { type = "object",
  properties = { Key = STRING, Value = STRING } } }
local WORDS = { type = "array", insertionOrder = false, items = STRING }

local types = {}

--- Found by the tag of its op id alone; created in two steps; waited for.
types["Memory::Thing"] = {
  rule = "poll", visible_s = 5,
  schema = {
    typeName = "Memory::Thing", primaryIdentifier = { "/properties/Id" },
      additionalProperties = false,
    properties = { Id = STRING, Arn = STRING, Version = INTEGER, Name = STRING, Size = INTEGER,
      Color = STRING,
      Slot = STRING, Parent = STRING, Base = STRING, Words = WORDS, Password = STRING,
      Policy = STRING, Loose = STRING, Shape = STRING, Image = STRING, Tags = TAGS,
      Rules = { type = "array", insertionOrder = false, items = STRING }, Flag = BOOLEAN },
    readOnlyProperties = { "/properties/Id", "/properties/Arn", "/properties/Version" },
    createOnlyProperties = { "/properties/Color", "/properties/Base", "/properties/Slot",
      "/properties/Image" },
    conditionalCreateOnlyProperties = { "/properties/Shape" },
    writeOnlyProperties = { "/properties/Password" },
    tagging = { taggable = true, tagProperty = "/properties/Tags" },
  },
  handler = { exclusive = { "Slot" }, defaults = { Flag = false }, secret = { "Password" },
    shares = { Rules = { type = "Memory::Rule", item = function(want, have)
      return want.Owner == have.Id and want.Text or nil
    end } } },
  --- What the create cannot take and a second call sets.
  later = { "Policy" },
}

--- Goes by a name that only one can have.
types["Memory::Named"] = {
  rule = "name",
  schema = {
    typeName = "Memory::Named", primaryIdentifier = { "/properties/Name" },
      additionalProperties = false,
    properties = { Name = { type = "string", maxLength = 40 }, Arn = STRING, Size = INTEGER,
      Color = STRING, Parent = STRING, Tags = TAGS },
    readOnlyProperties = { "/properties/Arn" },
    createOnlyProperties = { "/properties/Name", "/properties/Color" },
    tagging = { taggable = true, tagProperty = "/properties/Tags" },
  },
  handler = {},
}

--- Goes by a name; its tags are read apart from the rest, as a parameter's are.
types["Memory::Entry"] = {
  rule = "name", apart = true,
  schema = {
    typeName = "Memory::Entry", primaryIdentifier = { "/properties/Name" },
      additionalProperties = false,
    properties = { Name = { type = "string", maxLength = 40 }, Value = STRING, Parent = STRING,
      Tags = TAGS },
    createOnlyProperties = { "/properties/Name" },
    tagging = { taggable = true, tagProperty = "/properties/Tags" },
  },
  handler = {},
}

--- Its create takes a token.
types["Memory::Token"] = {
  rule = "token",
  schema = {
    typeName = "Memory::Token", primaryIdentifier = { "/properties/Id" },
      additionalProperties = false,
    properties = { Id = STRING, Size = INTEGER, Color = STRING, Parent = STRING, Base = STRING,
      Secret = STRING, Tags = TAGS },
    readOnlyProperties = { "/properties/Id" },
    createOnlyProperties = { "/properties/Color", "/properties/Base" },
    tagging = { taggable = true, tagProperty = "/properties/Tags" },
  },
  handler = {},
}

--- Cannot be made without its secret.
types["Memory::Safe"] = {
  rule = "token",
  schema = {
    typeName = "Memory::Safe", primaryIdentifier = { "/properties/Id" },
      additionalProperties = false,
    properties = { Id = STRING, Size = INTEGER, Color = STRING, Parent = STRING, Secret = STRING,
      Tags = TAGS },
    readOnlyProperties = { "/properties/Id" }, createOnlyProperties = { "/properties/Color" },
    writeOnlyProperties = { "/properties/Secret" }, required = { "Secret" },
    tagging = { taggable = true, tagProperty = "/properties/Tags" },
  },
  handler = { secret = { "Secret" } },
}

--- Holds what nobody can declare again.
types["Memory::Disk"] = {
  rule = "token",
  schema = {
    typeName = "Memory::Disk", primaryIdentifier = { "/properties/Id" },
      additionalProperties = false,
    properties = { Id = STRING, Size = INTEGER, Color = STRING, Tags = TAGS },
    readOnlyProperties = { "/properties/Id" },
    createOnlyProperties = { "/properties/Color" },
    tagging = { taggable = true, tagProperty = "/properties/Tags" },
  },
  handler = { holds_data = true },
}

--- Joins two others: no tags, no identifier of its own, a note that can change.
types["Memory::Pair"] = {
  rule = "parent",
  schema = {
    typeName = "Memory::Pair", primaryIdentifier = { "/properties/Left", "/properties/Right" },
      additionalProperties = false,
    properties = { Left = STRING, Right = STRING, Note = STRING },
    createOnlyProperties = { "/properties/Left", "/properties/Right" },
    required = { "Left", "Right" }, tagging = { taggable = false },
  },
  handler = { exclusive = { "Left" } },
}

--- One of the rules of a thing, as a resource of its own.
types["Memory::Rule"] = {
  rule = "parent",
  schema = {
    typeName = "Memory::Rule", primaryIdentifier = { "/properties/Owner", "/properties/Text" },
      additionalProperties = false,
    properties = { Owner = STRING, Text = STRING },
    createOnlyProperties = { "/properties/Owner", "/properties/Text" },
    required = { "Owner", "Text" }, tagging = { taggable = false },
  },
  handler = {},
}

return types
