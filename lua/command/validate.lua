-- mrun validate: evaluates a recipe and checks it against the schemas; nothing is asked of AWS
-- but what the recipe's own look-ups ask. Parameters from the parameter store stay open.
return {
  summary = "check a recipe or template without looking at what is live",
  usage = "mrun validate RECIPE",
  options = {},
  lint = true, offline = true,
  run = function(mrun)
    local stack = mrun.load(mrun.recipe())
    for _, warning in ipairs(stack.warnings) do mrun.note(warning .. "\n") end
    if mrun.options.json then
      mrun.json { stack = stack.name, resources = #stack.evaluated.resources,
        warnings = stack.warnings }
    else
      local count = #stack.evaluated.resources
      mrun.print(("%s is valid: %d resource%s.\n"):format(stack.path, count,
        count == 1 and "" or "s"))
    end
    return 0
  end,
}
