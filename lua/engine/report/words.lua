--- The marks, the colours and the words of what happens to a resource.
local words = {}

---@class ActionWords
---@field mark string
---@field color string
---@field ahead string in the totals of a plan
---@field done string in the lines of an apply
---@field doing string

---@type table<string, ActionWords>
words.actions = {
  create = { mark = "+", color = "green", ahead = "to create", done = "created",
    doing = "creating" },
  update = { mark = "~", color = "yellow", ahead = "to update", done = "updated",
    doing = "updating" },
  replace = { mark = "-/+", color = "magenta", ahead = "to replace", done = "replaced",
    doing = "replacing" },
  delete = { mark = "-", color = "red", ahead = "to delete", done = "deleted", doing = "deleting" },
  adopt = { mark = "=", color = "cyan", ahead = "to adopt", done = "adopted", doing = "adopting" },
  forget = { mark = ".", color = "cyan", ahead = "to forget", done = "forgotten",
    doing = "forgetting" },
  move = { mark = ">", color = "cyan", ahead = "to move", done = "moved", doing = "moving" },
  wait = { mark = " ", color = "dim", ahead = "to wait for", done = "ready", doing = "waiting" },
}

--- What a totals line always says, and what it says only where there is some.
words.ALWAYS = { "create", "update", "replace", "delete" }
words.SOMETIMES = { "adopt", "forget" }

---@param action string
---@return ActionWords
function words.of(action)
  return words.actions[action] or { mark = "?", color = "dim", ahead = "to " .. action,
    done = action, doing = action }
end

return words
