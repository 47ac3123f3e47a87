-- cloudformation.lua takes over a live CloudFormation stack: its own template, and what is there.
local aws = require "aws"
local failure = require "engine.failure"
local json = require "json"
local take_over = require "main.take_over"
local tasks = require "engine.tasks"
local value = require "engine.value"

local cloudformation = {}

--- What CloudFormation has: the template, values of parameters, and physical ids by logical ones.
local function ask(client, name)
  local template = client:call("GetTemplate", { StackName = name, TemplateStage = "Original" })
  local stack = client:call("DescribeStacks", { StackName = name }).Stacks[1]
  local resources = client:all("ListStackResources", { StackName = name })
  local physical = {} -- false: it is there, under an id that CloudFormation does not tell
  for _, one in ipairs(resources.StackResourceSummaries or {}) do
    local id = one.PhysicalResourceId
    if one.ResourceStatus ~= "DELETE_COMPLETE" then
      physical[one.LogicalResourceId] = id ~= nil and id ~= "" and id or false
    end
  end
  return { name = stack.StackName, body = template.TemplateBody,
    parameters = stack.Parameters or {},
    summary = client:call("GetTemplateSummary", { StackName = name }), physical = physical }
end

--- The values that the stack was made with where they are others than the defaults, as a file of
--- parameters; nil where there is none. What has NoEcho is said to nobody.
local function parameters_of(found)
  local given, declared = {}, {}
  for _, one in ipairs(found.summary.Parameters or {}) do declared[one.ParameterKey] = one end
  for _, one in ipairs(found.parameters) do
    local own = declared[one.ParameterKey] or {}
    if not own.NoEcho and own.DefaultValue ~= one.ParameterValue then
      given[one.ParameterKey] = one.ParameterValue
    end
  end
  return next(given) and json.encode(given) .. "\n" or nil
end

local identify

--- An attribute of another resource of the stack, as far as it can be known.
local function attribute_of(run, name, attribute)
  local resource, physical = run.graph.resources[name], run.physical[name]
  if attribute == "Ref" or not resource then return physical or nil end
  local provider = run.providers.get(resource.provider)
  local identifier = identify(run, name)
  if not identifier then return nil end
  local own = provider.schema(resource.type).identifier
  if #own == 1 and own[1] == attribute then return identifier end
  local have = provider.read(resource.type, resource.place, { identifier },
    { [identifier] = { [attribute] = true } })[identifier]
  return have and have[attribute] or nil
end

local function known(run, resource)
  local want = {}
  for property, v in pairs(resource.want) do
    local resolved = value.resolve(v,
      function(name, attribute) return attribute_of(run, name, attribute) end,
      function() return nil end)
    if not value.contains_deferred(resolved) then want[property] = resolved end
  end
  return want
end

--- Asked once for each, whoever asks.
function identify(run, name)
  local asked = run.asked[name]
  if not asked then
    asked = tasks.signal()
    run.asked[name] = asked
    asked:fire(tasks.try(function()
      local resource, physical = run.graph.resources[name], run.physical[name]
      if physical == nil then return nil end -- CloudFormation has not made it
      return run.providers.get(resource.provider).identify(resource.type, resource.place,
        { physical = physical or nil, want = known(run, resource) })
    end))
  end
  local ok, result = asked:wait()
  if not ok then error(result, 0) end
  return result
end

--- The identifiers, by name, of all that is there.
local function identify_all(mrun, graph, physical)
  local run = { providers = mrun.providers, graph = graph, physical = physical, asked = {} }
  local functions, adopt = {}, {}
  for i, name in ipairs(graph.order) do
    functions[i] = function() adopt[name] = identify(run, name) end
  end
  tasks.all(functions)
  return adopt
end

local function path_of(mrun, name, body)
  return mrun.options.out or name .. (body:find "^%s*{" and ".json" or ".yml")
end

local function differing(made)
  local count = 0
  for _, change in ipairs(made.changes) do
    if change.action ~= "adopt" or #change.properties > 0 then count = count + 1 end
  end
  return count
end

local function told(mrun, name, made, files)
  local plan = ("mrun plan %s%s"):format(files.template,
    files.params and (" --params-file %s"):format(files.params) or "")
  if mrun.options.json then
    mrun.json { stack = made.stack, template = files.template, params_file = files.params,
      adopted = made.totals.adopt, differences = differing(made) }
  else
    mrun.print(("%d resources of %s belong to the stack %s now; %d differ from the template.\n")
      :format(made.totals.adopt, name, made.stack, differing(made)))
  end
  mrun.note(("Nothing was changed: %s shows what is left to do.\n"):format(plan))
  mrun.note "CloudFormation still has its stack: give every resource there DeletionPolicy: Retain "
  mrun.note "before you delete it.\n"
end

local function write(mrun, found, new)
  local files = { template = path_of(mrun, found.name, found.body) }
  take_over.must_be_new(mrun, files.template)
  local params = parameters_of(found)
  if params and not mrun.options.params_file then
    files.params = files.template:gsub("%.%w+$", "") .. ".params.json"
    take_over.must_be_new(mrun, files.params)
    new:write(files.params, params)
    mrun.options.params_file = files.params
  end
  new:write(files.template, found.body)
  return files
end

---Writes the template of a CloudFormation stack, and takes what it has made into a stack of mrun's.
---@param mrun table
---@param name string of the CloudFormation stack
---@return integer exit code
function cloudformation.adopt_cloudformation(mrun, name)
  local client = aws.client("cloudformation", { region = mrun.options.region,
    profile = mrun.options.profile, data = mrun.data() })
  local found = mrun.task(function() return ask(client, name) end)
  if next(found.physical) == nil then
    failure.raise { what = ("the CloudFormation stack %s has no resources"):format(found.name),
      next = "look at its name, the region and the account" }
  end
  local new <close> = take_over.new_files()
  local files = write(mrun, found, new)
  local stack = mrun.load(files.template)
  local adopt = mrun.task(function() return identify_all(mrun, stack.graph, found.physical) end)
  local made = take_over.all(mrun, stack, adopt)
  new:keep()
  told(mrun, found.name, made, files)
  return 0
end

return cloudformation
