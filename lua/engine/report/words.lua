--- The marks, the colours and the words of what happens to a resource.
local words = {}

---@class ActionWords
---@field mark string
---@field color string
---@field todo string in the totals of a plan
---@field done string in the lines of an apply
---@field doing string

---@type table<string, ActionWords>
words.actions = {
  create = { mark = "+", color = "green", todo = "to create", done = "created",
    doing = "creating" },
  update = { mark = "~", color = "yellow", todo = "to update", done = "updated",
    doing = "updating" },
  replace = { mark = "-/+", color = "magenta", todo = "to replace", done = "replaced",
    doing = "replacing" },
  delete = { mark = "-", color = "red", todo = "to delete", done = "deleted", doing = "deleting" },
  adopt = { mark = "=", color = "cyan", todo = "to adopt", done = "adopted", doing = "adopting" },
  forget = { mark = ".", color = "cyan", todo = "to forget", done = "forgotten",
    doing = "forgetting" },
  wait = { mark = " ", color = "dim", todo = "to wait for", done = "ready", doing = "waiting" },
}

--- What a totals line always says, and what it says only where there is some.
words.ALWAYS = { "create", "update", "replace", "delete" }
words.SOMETIMES = { "adopt", "forget" }

---@param action string
---@return ActionWords
function words.of(action)
  return words.actions[action] or { mark = "?", color = "dim", todo = "to " .. action,
    done = action, doing = action }
end

return words
