-- mrun state: looks at the state itself, and mends it.
local failure = require "engine.failure"
local report = require "engine.report"

local USAGE <const> = "mrun state list | show NAME | mv OLD NEW | rm NAME | pull | push FILE"
  .. " | history | rebuild [RECIPE] | unlock | rekey"

local function words(mrun, least, most)
  local count = #mrun.args - 1
  if count >= least and count <= (most or least) then return table.unpack(mrun.args, 2) end
  failure.raise { kind = "usage", next = "say " .. USAGE,
    what = ("mrun state %s takes %s"):format(mrun.args[1], least == (most or least)
      and report.count(least, "word") or ("at most %s"):format(report.count(most, "word"))) }
end

local function say(mrun, document, text)
  if mrun.options.json then mrun.json(document) else mrun.print(text) end
  return 0
end

local act = {}

function act.list(mrun)
  words(mrun, 0)
  local state = mrun.looked_at(nil).state
  local document = report.state_document(state)
  return say(mrun, document, report.state_list(document, mrun.console.out))
end

function act.show(mrun)
  local name = words(mrun, 1)
  local state = mrun.looked_at(nil).state
  local row = state.resources[name]
  if not row then
    failure.raise { what = ("the state has no resource %s"):format(name), where = state.path,
      next = "mrun state list names them" }
  end
  local alone = { stack = state.stack, id = state.id, serial = state.serial,
    resources = { [name] = row }, outputs = {} }
  return say(mrun, report.row_document(row), report.show(alone, mrun.console.out))
end

local function edited(mrun, what, ...)
  local stack = mrun.existing(nil)
  mrun.edit_state(stack, ...)
  local state = mrun.load_state(stack)
  return say(mrun, { stack = stack.name, id = state.id, serial = state.serial }, what .. "\n")
end

function act.mv(mrun)
  local old, new = words(mrun, 2)
  return edited(mrun, ("%s is %s from now on; declare it so."):format(old, new), "mv", old, new)
end

function act.rm(mrun)
  local name = words(mrun, 1)
  return edited(mrun, ("%s is forgotten; it stays where it is, with its tags."):format(name),
    "rm", name)
end

function act.pull(mrun)
  words(mrun, 0)
  mrun.print(mrun.pull_state(mrun.existing(nil)))
  return 0
end

function act.push(mrun)
  local path = words(mrun, 1)
  local stack = mrun.existing(nil, true)
  mrun.push_state(stack, path, mrun.options.force)
  local state = mrun.load_state(stack)
  return say(mrun, { stack = stack.name, id = state.id, serial = state.serial },
    ("The state is %s now (serial %d)."):format(path, state.serial) .. "\n")
end

function act.history(mrun)
  words(mrun, 0)
  return mrun.command("history").show(mrun, nil)
end

function act.rebuild(mrun)
  local path = words(mrun, 0, 1)
  local stack = path and mrun.load(path) or mrun.existing(nil, true)
  local state = mrun.rebuild_state(stack, mrun.options.stack_id)
  local document = report.state_document(state)
  return say(mrun, document, report.state_list(document, mrun.console.out))
end

function act.unlock(mrun)
  words(mrun, 0)
  local stack = mrun.existing(nil)
  local card = mrun.unlock_state(stack)
  local text = card and ("The lock of %s on %s (%s) is ended.\n"):format(card.who or "someone",
    card.host or "?", card.reason or "mrun") or "Nobody held the lock.\n"
  return say(mrun, { stack = stack.name, held = card and {
    who = card.who, host = card.host, pid = card.pid, command = card.reason, since = card.since,
  } or nil }, text)
end

function act.rekey(mrun)
  words(mrun, 0)
  local stack = mrun.existing(nil)
  local files = mrun.rekey_state(stack)
  return say(mrun, { stack = stack.name, files = files },
    ("The stack %s has new keys; %s sealed anew.\n"):format(stack.name,
      report.count(files, "file")))
end

return {
  summary = "look at the state itself, and mend it",
  usage = USAGE,
  options = {
    { name = "stack-id", value = "ID", help = "rebuild: the stack of this id is yours" },
    { name = "force", help = "push: also an older state, or another stack's" },
  },
  run = function(mrun)
    local done = act[mrun.args[1] or ""]
    if done then return done(mrun) end
    failure.raise { kind = "usage", next = "say " .. USAGE, what = mrun.args[1]
      and ("mrun state cannot %s"):format(mrun.args[1]) or "what is to be done with the state?" }
  end,
}
