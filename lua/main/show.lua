-- show.lua prints plans, differences, outcomes and states: as text for people, as one document for
-- programs; and what goes on while an apply runs.
local report = require "engine.report"

local REDRAW_MS <const> = 200

local show = {}

local function facts(mrun) return { api_calls = mrun.api_calls() } end

---@param mrun table
---@param made table a plan
function show.show_plan(mrun, made)
  if mrun.options.json then
    mrun.json(report.plan_document(made, facts(mrun)))
  else
    mrun.print(report.plan(made, mrun.console.out, facts(mrun)))
  end
end

---The plan that is about to be applied: with --json it goes to the person who has to answer.
---@param mrun table
---@param made table a plan
function show.show_before_asking(mrun, made)
  if not mrun.options.json then return mrun.show_plan(made) end
  if not mrun.options.yes then mrun.note(report.plan(made, mrun.console.err, facts(mrun))) end
end

---@param mrun table
---@param made table a plan
function show.show_diff(mrun, made)
  if mrun.options.json then return mrun.json(report.diff_document(made, facts(mrun))) end
  local body, last = report.diff(made, mrun.console.out, facts(mrun))
  mrun.print(body)
  mrun.note(last)
end

---@param mrun table
---@param made table a plan
---@param outcome table of engine.apply
---@return integer exit code
function show.show_outcome(mrun, made, outcome)
  if mrun.options.json then
    mrun.json(report.apply_document(made, outcome, facts(mrun)))
  else
    mrun.print(report.apply(made, outcome, mrun.console.out, facts(mrun)))
  end
  if outcome.interrupted then return 3 end
  return outcome.failed and 1 or 0
end

---@param mrun table
---@param found table of engine.drift
---@return boolean whether there is some
function show.show_drift(mrun, found)
  if mrun.options.json then
    mrun.json(report.drift_document(found, facts(mrun)))
  else
    mrun.print(report.drift(found, mrun.console.out, facts(mrun)))
  end
  return #found.changes > 0
end

---@param mrun table
---@param found table of engine.drift
---@param updated integer how many rows of the state are others now
function show.show_refreshed(mrun, found, updated)
  if mrun.options.json then
    local document = report.drift_document(found, facts(mrun))
    document.updated = updated
    return mrun.json(document)
  end
  for _, one in ipairs(found.changes) do
    local line = one.gone and ("%s is gone; its row stays for the next plan\n"):format(one.name)
    if line then mrun.note(line) end
  end
  mrun.print(("Refreshed: %d of %d rows of the state were out of date. %d API calls.\n")
    :format(updated, found.same + #found.changes, mrun.api_calls()))
end

---@param mrun table
---@param stack mrun.stack
function show.show_state(mrun, stack)
  if mrun.options.json then
    mrun.json(report.show_document(stack.state))
  else
    mrun.print(report.show(stack.state, mrun.console.out))
  end
end

---One value as a shell wants it.
function show.plain(_, value) return report.bare(value) end

---Tells of the engine's events until the function that it returns is called.
---@param mrun table
---@return fun() stop
function show.show_progress(mrun)
  local view, drawn, drawn_ms = report.progress(mrun.console.err), 0, 0
  local live = mrun.console.err.terminal

  local function draw(lines, now_ms)
    local block = live and view:live(now_ms) or {}
    if #lines == 0 and #block == 0 and drawn == 0 then return end
    mrun.note(report.redraw(drawn, lines, block))
    drawn, drawn_ms = #block, now_ms
  end

  mrun.listen(function(event)
    local now_ms = mrun.ports.now()
    local lines = view:event(event, now_ms)
    if live or #lines > 0 then draw(lines, now_ms) end
  end, function()
    local now_ms = mrun.ports.now()
    if live and now_ms - drawn_ms >= REDRAW_MS then draw({}, now_ms) end
  end)
  return function()
    mrun.listen(nil, nil)
    if drawn > 0 then mrun.note(report.redraw(drawn, {}, {})) end
  end
end

return show
