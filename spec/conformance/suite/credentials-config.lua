-- The user's files, and what follows from them: one file of cases for each subject.
local endpoints = require "credentials_config.endpoints"
local login = require "credentials_config.login"
local profiles = require "credentials_config.profiles"
local recursion = require "credentials_config.recursion"
local roles = require "credentials_config.roles"

local SUBJECTS <const> = {
  { "profile-parser-tests.json", profiles.parser },
  { "profile-parser-kotlin.json", profiles.parser },
  { "file-location-tests.json", profiles.location },
  { "assume-role-tests.json", roles },
  { "ecs-tests.json", endpoints.ecs },
  { "imds-endpoint-tests.json", endpoints.imds },
  { "endpoint-url-tests.json", endpoints.url },
  { "login-provider-tests.json", login },
  { "recursion-detection.json", recursion },
}

return {
  bar = 0.95,
  cases = function(data, suite)
    local folder = data:below "credentials-config"
    for _, subject in ipairs(SUBJECTS) do subject[2](folder, subject[1], suite) end
  end,
}
