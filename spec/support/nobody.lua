--- In the place of an emulator, for a user whose recipes know files only: nobody is asked anything.
return {
  calls = function() return {} end,
  count = function() return {} end,
  environment = function() return "AWS_EC2_METADATA_DISABLED=true" end,
}
